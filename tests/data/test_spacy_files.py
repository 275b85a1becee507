from pathlib import Path

import pytest
from spacy.vocab import Vocab

from adaptive_spacy.data.spacy_files import expected_docs, holds_docs, locate, read_docs
from tests.conftest import write_corpus


@pytest.mark.parametrize(
    ("name", "holds", "hint"),
    [
        ("nothing.spacy", False, False),
        ("empty", False, True),
        ("text.conll", False, True),
        ("one.spacy", True, True),
        ("shards", True, True),
        # as convert names the files of a large split
        ("shards.spacy", True, True),
        ("folder.spacy", True, True),
    ],
)
def test_what_holds_docs_and_who_is_told_to_convert(
    tmp_path: Path, name: str, holds: bool, hint: bool
) -> None:
    for folder in ("empty", "shards/deep", "folder.spacy"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "text.conll").write_text("Ada B-PER\n", encoding="utf8")
    for file in ("one.spacy", "shards/deep/000.spacy", "folder.spacy/000.spacy"):
        write_corpus(tmp_path / file, [("Ada", "B-PER")])
    assert holds_docs(tmp_path / name) is holds
    assert ("`adaptive-spacy convert` makes them" in expected_docs(tmp_path / name)) is hint


def test_a_file_wins_over_a_folder_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    assert locate(tmp_path / "train.spacy") == tmp_path / "train"
    (tmp_path / "train.spacy").touch()
    assert locate(str(tmp_path / "train.spacy")) == tmp_path / "train.spacy"


@pytest.mark.parametrize("damage", ["other", "empty", "cut", "nothing"])
def test_a_broken_file_is_named(tmp_path: Path, damage: str) -> None:
    path = write_corpus(tmp_path / "train.spacy", [("Ada lives in Paris .", "B-PER O O B-LOC O")])
    whole = path.read_bytes()
    path.unlink()
    if damage != "nothing":
        path.write_bytes({"other": b"text", "empty": b"", "cut": whole[:-9]}[damage])
    with pytest.raises(ValueError, match=r"train\.spacy: expected a \.spacy file, found ") as error:
        list(read_docs(path, Vocab()))
    assert str(error.value).count("\n") == 0
