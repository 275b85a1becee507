from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from adaptive_spacy.data.corpus import make_corpus_v1
from adaptive_spacy.data.spacy_files import (
    expected_docs,
    find_test,
    holds_docs,
    is_annotated,
    locate,
    read_corpus_docs,
    read_docs,
)
from tests.conftest import write_corpus


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With .spacy files of all kinds in it."""
    for name in ("empty", "shards/deep", "folder.spacy", "outer/inner.spacy", ".hidden", "links"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "text.conll").write_text("Ada B-PER\n", encoding="utf8")
    for name in ("one", "shards/deep/000", "folder.spacy/000", ".hidden/000"):
        write_corpus(tmp_path / f"{name}.spacy", [("Ada", "B-PER")])
    (tmp_path / "links" / "deep").symlink_to(tmp_path / "shards" / "deep")
    (tmp_path / "broken.spacy").symlink_to(tmp_path / "nothing.spacy")
    return tmp_path


@pytest.mark.parametrize(
    "name",
    # shards.spacy: as convert names the files of a large split
    ["one.spacy", "shards", "shards.spacy", "folder.spacy", "links"],
)
def test_docs_are_found_where_the_reader_finds_them(folder: Path, name: str) -> None:
    assert holds_docs(folder / name)
    assert len(list(make_corpus_v1(folder / name)(spacy.blank("xx")))) == 1
    assert len(list(read_corpus_docs(folder / name, Vocab()))) == 1


def test_docs_of_shards_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for number in (1, 0, 2):
        write_corpus(tmp_path / f"{number:03}.spacy", [(f"number {number}", "O O")])
    docs = read_corpus_docs(tmp_path, Vocab())
    assert [doc.text.strip() for doc in docs] == ["number 0", "number 1", "number 2"]
    with pytest.raises(ValueError, match=r"expected a \.spacy file or a folder of them, got gone"):
        list(read_corpus_docs("gone.spacy", Vocab()))


def test_test_set_is_found_beside_dev(tmp_path: Path) -> None:
    dev = tmp_path / "dev.spacy"
    assert find_test(dev) is None
    (tmp_path / "test").mkdir()
    assert find_test(dev) is None
    write_corpus(tmp_path / "test" / "000.spacy", [("Ada", "B-PER")])
    assert find_test(dev) == find_test(tmp_path / "dev") == tmp_path / "test"
    assert find_test(tmp_path / "test.spacy") is None
    write_corpus(tmp_path / "test.spacy", [("Ada", "B-PER")])
    assert find_test(dev) == tmp_path / "test.spacy"
    assert find_test(Path()) is None


def test_annotation_of_any_doc_is_found(tmp_path: Path) -> None:
    blind, vocab = Doc(Vocab(), words=["Ada", "sings"]), Vocab()
    DocBin(docs=[blind] * 3).to_disk(tmp_path / "test.spacy")
    assert not is_annotated(tmp_path / "test.spacy")
    assert find_test(tmp_path / "dev.spacy") is None
    # attributes that say nothing of entities
    DocBin(["ORTH"], docs=[blind]).to_disk(tmp_path / "bare.spacy")
    assert not is_annotated(tmp_path / "bare.spacy")
    # that there is no entity is annotation
    without = Doc(vocab, words=["it", "rains"], ents=["O", "O"])
    (tmp_path / "shards").mkdir()
    DocBin(docs=[blind, blind, without]).to_disk(tmp_path / "shards" / "001.spacy")
    assert is_annotated(tmp_path / "shards.spacy")
    DocBin(docs=[blind]).to_disk(tmp_path / "shards" / "000.spacy")
    assert is_annotated(tmp_path / "shards")
    for name in ("text.jsonl", "broken.spacy"):
        (tmp_path / name).write_text("{}")
    assert not is_annotated(tmp_path / "text.jsonl")
    # what is wrong with it is said by who reads it
    assert is_annotated(tmp_path / "broken.spacy")


def test_folder_may_be_the_current_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "shards" / "deep")
    assert locate(".") == Path()
    assert holds_docs(".")


@pytest.mark.parametrize("name", ["empty", "text.conll", "outer", ".hidden"])
def test_what_holds_no_docs_can_be_converted(folder: Path, name: str) -> None:
    assert not holds_docs(folder / name)
    assert expected_docs(folder / name).endswith("none: `adaptive-spacy convert` makes them")


@pytest.mark.parametrize("name", ["nothing.spacy", "nothing", "broken.spacy"])
def test_nothing_cannot_be_converted(folder: Path, name: str) -> None:
    assert not holds_docs(folder / name)
    assert expected_docs(folder / name).endswith(f"got {folder / name}")


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
