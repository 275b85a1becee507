from pathlib import Path

import pytest

from adaptive_spacy.files import replacing


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


def test_what_a_killed_process_left_is_written_over(tmp_path: Path) -> None:
    (tmp_path / ".a.txt.part").write_text("half of something long")
    with replacing(tmp_path / "a.txt") as aside:
        aside.write_text("two")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("a.txt", "two")]


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
