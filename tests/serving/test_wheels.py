import errno
import os
import shutil
import zipfile
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from adaptive_spacy.serving import wheels
from adaptive_spacy.serving.wheels import (
    find_reason,
    publish,
    read_contents,
    read_import_name,
    require_builders,
)
from tests.lowest import read_lowest

OWN = "adaptive-spacy"


def make_wheel(folder: Path, name: str, content: str, *, year: int = 1980) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(zipfile.ZipInfo("pkg/__init__.py", (year, 1, 1, 0, 0, 0)), content)
    return path


def test_publish_replaces_no_wheel_of_other_content_and_then_none_at_all(tmp_path: Path) -> None:
    there = make_wheel(tmp_path / "out", "b-1-py3-none-any.whl", "one = 1")
    before = there.read_bytes()
    new = [
        make_wheel(tmp_path / "new", "a-1-py3-none-any.whl", "x = 1"),
        # the same name, the same files, the same size
        make_wheel(tmp_path / "new", "b-1-py3-none-any.whl", "one = 2"),
    ]
    with pytest.raises(ValueError, match="is there and holds something else"):
        publish(new, tmp_path / "out", beside=OWN)
    assert os.listdir(tmp_path / "out") == [there.name]
    assert there.read_bytes() == before


def test_publish_takes_the_same_content_with_other_dates_for_the_same(tmp_path: Path) -> None:
    there = make_wheel(tmp_path / "out", "a-1-py3-none-any.whl", "x = 1")
    again = make_wheel(tmp_path / "new", "a-1-py3-none-any.whl", "x = 1", year=2020)
    assert there.read_bytes() != again.read_bytes()
    assert publish([again], tmp_path / "out", beside=OWN) == [there]
    assert there.read_bytes() == again.read_bytes()


def make_wheels(folder: Path, content: str) -> list[Path]:
    """RETURNS (list[Path]): A pipeline's wheel, and adaptive-spacy's own that it needs."""
    return [
        make_wheel(folder, "en_x-1.0-py3-none-any.whl", content),
        make_wheel(folder, "adaptive_spacy-0.1.0-py3-none-any.whl", "own = 1"),
    ]


@pytest.mark.parametrize("content", ["x = 1", "x = 2"])
def test_publish_does_not_replace_what_has_appeared_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    mine = make_wheels(tmp_path / "mine", "x = 1")
    others = make_wheels(tmp_path / "others", content)
    copy, output = shutil.copy, tmp_path / "out"

    def copy_second(source: Path, target: Path) -> None:
        # it has looked, and the other is faster
        monkeypatch.setattr(shutil, "copy", copy)
        publish(others, output, beside=OWN)
        copy(source, target)

    monkeypatch.setattr(shutil, "copy", copy_second)
    if content == "x = 1":
        assert publish(mine, output, beside=OWN) == [output / one.name for one in mine]
    else:
        with pytest.raises(ValueError, match="is there and holds something else"):
            publish(mine, output, beside=OWN)
    assert sorted(os.listdir(output)) == sorted(one.name for one in mine)
    assert read_contents(output / mine[0].name) == read_contents(others[0])


@pytest.mark.parametrize("at", [1, 2])
def test_publish_of_wheels_that_do_not_fit_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    found = make_wheels(tmp_path / "new", "x = 1")
    copy, copies = shutil.copy, list[Path]()

    def fill(source: Path, target: Path) -> None:
        copies.append(target)
        if len(copies) == at:
            raise OSError(errno.ENOSPC, "No space left on device")
        copy(source, target)

    monkeypatch.setattr(shutil, "copy", fill)
    with pytest.raises(OSError, match="No space left"):
        publish(found, tmp_path / "out", beside=OWN)
    assert os.listdir(tmp_path / "out") == []


@pytest.mark.parametrize("links", [True, False])
def test_publish_puts_what_a_pipeline_needs_in_place_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    found, output = make_wheels(tmp_path / "new", "x = 1"), tmp_path / "out"
    seen: list[set[str]] = []

    def look() -> None:
        seen.append({path.name for path in output.glob("[!.]*.whl")})

    def link(source: Path, target: Path) -> None:
        if not links:
            raise OSError(errno.ENOTSUP, "Operation not supported")
        real_link(source, target)
        look()

    def replace(path: Path, target: Path) -> None:
        real_replace(path, target)
        look()

    real_link, real_replace = os.link, Path.replace
    monkeypatch.setattr(os, "link", link)
    monkeypatch.setattr(Path, "replace", replace)
    assert publish(found, output, beside=OWN) == [output / one.name for one in found]
    assert seen[0] == {found[1].name}
    assert sorted(os.listdir(output)) == sorted(one.name for one in found)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        # the version as the project has it, too: weasel reads 1.10 as a number
        ("en_x-1.1-py3-none-any.whl", r"raise --version .*--vars\.version; 1\.10 as '\"1\.10\"'"),
        ("adaptive_spacy-0.1.0-py3-none-any.whl", "which no --name or --version changes: give an"),
    ],
)
def test_publish_says_what_helps(tmp_path: Path, name: str, remedy: str) -> None:
    make_wheel(tmp_path / "out", name, "one = 1")
    other = make_wheel(tmp_path / "new", name, "one = 2")
    with pytest.raises(ValueError, match=rf"is there and holds .*{remedy}.* or remove it$"):
        publish([other], tmp_path / "out", beside=OWN)


def test_import_name_is_what_the_wheel_says_not_its_file_name(tmp_path: Path) -> None:
    path = make_wheel(tmp_path, "en_myner-1.0-py3-none-any.whl", "")
    for found in (None, "", "one\ntwo\n"):
        if found is not None:
            with zipfile.ZipFile(path, "w") as wheel:
                wheel.writestr("en_MyNER-1.0.dist-info/top_level.txt", found)
        with pytest.raises(
            ValueError, match=r"expected a wheel of one package, which \.?dist-info"
        ):
            read_import_name(path)
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("en_MyNER-1.0.dist-info/top_level.txt", "en_MyNER\n")
    assert read_import_name(path) == "en_MyNER"
    path.write_bytes(b"no wheel")
    with pytest.raises(ValueError, match="build it anew"):
        read_import_name(path)


def test_contents_of_what_is_no_wheel_are_its_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "ab"]
    for path in paths:
        path.write_bytes(path.name.encode())
    one, other = map(read_contents, paths)
    assert one.keys() == other.keys() == {""}
    assert one != other


@pytest.mark.parametrize(("name", "found"), [("build", None), ("setuptools", "65.5.0")])
def test_building_needs_builders(monkeypatch, name: str, found: str | None) -> None:
    require_builders()
    known = wheels.version

    def version(asked: str) -> str:
        if asked == name and found is None:
            raise PackageNotFoundError(name)
        return found if asked == name and found else known(asked)

    monkeypatch.setattr(wheels, "version", version)
    message = rf"package needs {name} \S+ or newer, found {found or 'none'}: pip install"
    with pytest.raises(ValueError, match=message):
        require_builders()


def test_builders_are_those_of_the_extra() -> None:
    lowest = read_lowest()
    assert {name: lowest[name] for name in wheels.BUILDERS} == wheels.BUILDERS


@pytest.mark.parametrize(
    ("stdout", "stderr", "reason"),
    [
        ("running egg_info\nERROR Missing dependencies:\n\twheel\n", "warning: no files", "wheel"),
        ("running egg_info\n", "Traceback:\n  File\nValueError: no name\n", "ValueError: no name"),
        ("", "", "no output"),
    ],
)
def test_reason_of_a_failed_build_is_what_it_says(stdout: str, stderr: str, reason: str) -> None:
    assert find_reason(stdout, stderr).removeprefix("Missing dependencies: ") == reason
