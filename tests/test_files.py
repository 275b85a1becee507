import errno
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from adaptive_spacy import files
from adaptive_spacy.files import (
    link_folder,
    recover_folder,
    remove,
    remove_folder,
    replacing,
    replacing_folder,
)


def test_file_takes_its_place_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    for text in ("one", "two"):
        former = path.read_text() if path.exists() else None
        with replacing(path) as aside:
            aside.write_text(text)
            assert (path.read_text() if path.exists() else None) == former
        assert path.read_text() == text
        assert list(path.parent.iterdir()) == [path]


def test_former_file_stays_after_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one")
    with pytest.raises(TypeError), replacing(path) as aside:
        aside.write_text("tw") + "o"
    assert path.read_text() == "one"
    assert list(tmp_path.iterdir()) == [path]


def test_two_writers_do_not_disturb_each_other(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with replacing(path) as one, replacing(path) as other:
        assert one != other
        one.write_text("one")
        other.write_text("other")
    # the outer one ends last
    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [("a.txt", "one")]


def test_killed_removal_leaves_no_half_a_folder(tmp_path: Path) -> None:
    kept, folder = tmp_path / "kept", tmp_path / "former"
    for one in (kept, folder):
        (one / "model-best").mkdir(parents=True)
        (one / "model-best" / "meta.json").write_text("{}")
    die = (
        "import os, sys, pathlib, shutil, adaptive_spacy.files as files\n"
        "def die(path, *, ignore_errors):\n"
        "    os.unlink(path / 'model-best' / 'meta.json'); os.kill(os.getpid(), 9)\n"
        "shutil.rmtree = die\n"
        "files.remove_folder(pathlib.Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", die, str(folder)], check=False)
    assert not folder.exists()
    assert len(list(tmp_path.iterdir())) == 2
    # the next one takes away what is left of it, and nothing else
    folder.mkdir()
    remove_folder(folder)
    assert [one.name for one in tmp_path.rglob("*")] == ["kept", "model-best", "meta.json"]


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    write = (
        "import os, sys, pathlib, adaptive_spacy.files as files\n"
        "with files.replacing(pathlib.Path(sys.argv[1])) as aside:\n"
        "    aside.write_text('half'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", write, str(tmp_path / "a.txt")], check=False)
    (left,) = tmp_path.iterdir()
    with replacing(tmp_path / "b.txt") as aside:
        # what is being written stays, however many write at once
        with replacing(tmp_path / "c.txt") as other:
            other.write_text("three")
        aside.write_text("two")
    assert not left.exists()
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {
        "b.txt": "two",
        "c.txt": "three",
    }


def test_a_name_may_be_as_long_as_names_can_be(tmp_path: Path) -> None:
    path = tmp_path / ("å" * 125 + ".json")
    with replacing(path) as aside:
        aside.write_text("long")
    assert path.read_text() == "long"


def test_a_link_stays_and_its_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(Path("there") / "a.txt")
    for text in ("one", "two"):
        with replacing(tmp_path / "link") as aside:
            aside.write_text(text)
        assert (tmp_path / "there" / "a.txt").read_text() == text
    assert (tmp_path / "link").is_symlink()


def test_a_device_is_written_to_and_a_folder_refused(tmp_path: Path) -> None:
    with replacing(Path(os.devnull)) as aside:
        aside.write_text("text")
    assert not Path(os.devnull).is_file()
    with pytest.raises(ValueError, match="expected a file to write to"), replacing(tmp_path):
        raise AssertionError


def test_link_leads_to_what_is_written(tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    for name, target in (("one", "../a.txt"), ("two", "one"), ("three", "../new/b.txt")):
        (tmp_path / "links" / name).symlink_to(target)
    for name, text in (("one", "1"), ("two", "2"), ("three", "3")):
        with replacing(tmp_path / "links" / name) as aside:
            aside.write_text(text)
    assert (tmp_path / "a.txt").read_text() == "2"
    assert (tmp_path / "new" / "b.txt").read_text() == "3"
    found = sorted((tmp_path / "links").iterdir())
    assert [one.name for one in found if one.is_symlink()] == ["one", "three", "two"]
    assert len(found) == 3


@pytest.fixture(params=["exchanged", "moved"])
def place(request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, on a system that exchanges two names at once or does not."""
    if request.param == "moved":
        monkeypatch.setattr(files, "_is_linux", lambda: False)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old.txt").write_text("old")
    return tmp_path / "model"


def test_folder_takes_its_place_when_it_is_complete(place: Path) -> None:
    with replacing_folder(place) as aside:
        (aside / "new.txt").write_text("new")
        assert [one.name for one in place.iterdir()] == ["old.txt"]
    assert [one.name for one in place.iterdir()] == ["new.txt"]
    assert list(place.parent.iterdir()) == [place]


def test_former_folder_stays_after_an_error(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with pytest.raises(TypeError), replacing_folder(place) as aside:
        (aside / "new.txt").write_text("ne") + "w"  # type: ignore[operator]
    monkeypatch.setattr(files, "_sync_one", full)
    with pytest.raises(OSError, match="No space left"), replacing_folder(place) as aside:
        (aside / "new.txt").write_text("new")
    assert [one.name for one in place.iterdir()] == ["old.txt"]
    assert list(place.parent.iterdir()) == [place]


def test_folder_behind_a_link_is_replaced_there(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "near").symlink_to(tmp_path / "far")
    with replacing_folder(tmp_path / "near") as aside:
        (aside / "a.txt").write_text("a")
    assert (tmp_path / "near").is_symlink()
    assert (tmp_path / "far" / "a.txt").read_text() == "a"
    (tmp_path / "file").write_text("x")
    with pytest.raises(ValueError, match="found a file"), replacing_folder(tmp_path / "file"):
        pass


def test_folder_that_was_moved_out_of_the_way_comes_back(place: Path) -> None:
    place.rename(files._former(place))
    recover_folder(place)
    assert (place / "old.txt").read_text() == "old"
    # the new one had come: the former is of no use
    shutil.copytree(place, files._former(place))
    recover_folder(place)
    assert list(place.parent.iterdir()) == [place]


def test_former_folder_is_not_that_of_a_name_that_begins_alike(place: Path) -> None:
    one, other = (place.with_name(f"{'n' * files.KEPT}-{version}") for version in (1, 2))
    place.rename(files._former(one))
    other.mkdir()
    with replacing_folder(other) as aside:
        (aside / "new.txt").write_text("new")
    recover_folder(one)
    assert (one / "old.txt").read_text() == "old"
    assert (other / "new.txt").read_text() == "new"


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_permissions_stay(place: Path) -> None:
    place.chmod(0o2750)
    file = place / "old.txt"
    file.chmod(0o600)
    with replacing(file) as aside:
        aside.write_text("new")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with replacing_folder(place) as aside:
        (aside / "new.txt").write_text("new")
    assert stat.S_IMODE(place.stat().st_mode) == 0o2750


@pytest.mark.parametrize(
    "path", ["..", "training/..", "training/../..", ".", "", "training/../../mine", "/"]
)
def test_nothing_is_removed_but_what_lies_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    here = tmp_path / "project"
    (here / "training" / "x").mkdir(parents=True)
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(here)
    with pytest.raises(ValueError, match="expected a path below"):
        remove([Path("training/x"), Path(path)])
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["mine", "project", "training", "x"]
    remove([Path("training/../training/x")])
    # with the folder that it left empty, and not with its own
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["mine", "project"]


def test_linked_folder_outlives_the_first(place: Path) -> None:
    link_folder(place, place.with_name("kept"))
    with replacing_folder(place) as aside:
        (aside / "new.txt").write_text("new")
    assert (place.parent / "kept" / "old.txt").read_text() == "old"
