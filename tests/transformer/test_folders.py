"""Folders that a command replaces: what it made itself, and nothing of others."""

from pathlib import Path

import pytest
import srsly

from adaptive_spacy.transformer.pretrained import (
    fetch_transformer,
)


def test_fetch_replaces_what_it_made_and_nothing_else(
    copied_transformer: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    fetch_transformer(str(copied_transformer), output)
    (copied_transformer / "README.md").write_text("another card")
    assert not fetch_transformer(str(copied_transformer), output)["kept"]
    before = {path.name: path.read_bytes() for path in output.iterdir()}
    (copied_transformer / "tokenizer.json").unlink()
    (copied_transformer / "vocab.txt").unlink()
    with pytest.raises(ValueError, match="lacks"):
        fetch_transformer(str(copied_transformer), output)
    assert {path.name: path.read_bytes() for path in output.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "transformer"]


def spoil_with_a_file(output: Path) -> None:
    output.mkdir()
    (output / "train.spacy").write_text("mine")


def spoil_with_a_folder(output: Path) -> None:
    (output / "datasets").mkdir(parents=True)


def spoil_with_a_marker(output: Path) -> None:
    output.mkdir()
    (output / "source.json").write_text('{"source": "x", "files": {}}')


def spoil_with_a_claim(output: Path) -> None:
    output.mkdir()
    (output / "train.spacy").write_text("mine")
    (output / "source.json").write_text('{"files": {"train.spacy": "not its checksum"}}')


SPOILED = [spoil_with_a_file, spoil_with_a_folder, spoil_with_a_marker, spoil_with_a_claim]


@pytest.mark.parametrize("spoil", SPOILED)
def test_fetch_deletes_nothing_of_others(copied_transformer: Path, tmp_path: Path, spoil) -> None:
    output = tmp_path / "assets"
    spoil(output)
    before = sorted(output.iterdir())
    with pytest.raises(ValueError, match=r"which would be lost; name another folder, e\.g\. "):
        fetch_transformer(str(copied_transformer), output)
    assert sorted(output.iterdir()) == before


def test_fetch_leaves_what_was_changed_since(copied_transformer: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    fetch_transformer(str(copied_transformer), output)
    (output / "config.json").write_text("edited by hand")
    with pytest.raises(ValueError, match=r"found config.json, changed since, which would be lost"):
        fetch_transformer(str(copied_transformer), output)
    assert (output / "config.json").read_text() == "edited by hand"


def test_fetch_replaces_what_earlier_versions_made(
    copied_transformer: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    about = fetch_transformer(str(copied_transformer), output)
    about = {key: about[key] for key in ("source", "weights", "licence")}
    srsly.write_json(output / "source.json", about)
    fetch_transformer(str(copied_transformer), output)
    assert "files" in srsly.read_json(output / "source.json")
    srsly.write_json(output / "source.json", about)
    (output / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match=r"found notes\.txt, which would be lost"):
        fetch_transformer(str(copied_transformer), output)


def test_fetch_refuses_links_and_files(copied_transformer: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    (tmp_path / "nowhere").symlink_to(tmp_path / "no-such-folder")
    for name, found in (("file", "a file"), ("link", "a link"), ("nowhere", "a link")):
        with pytest.raises(ValueError, match=f"expected a folder or nothing, found {found}"):
            fetch_transformer(str(copied_transformer), tmp_path / name)
    assert (tmp_path / "file").read_text() == "mine"
    assert (tmp_path / "link").is_symlink()


def test_fetch_keeps_apart_from_its_source(transformer_folder: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    fetch_transformer(str(transformer_folder), made)
    before = sorted(made.iterdir())
    for output in (made, made / "inside", made / ".." / "made", tmp_path):
        with pytest.raises(ValueError, match="expected a folder apart from the source"):
            fetch_transformer(str(made), output)
    assert sorted(made.iterdir()) == before
