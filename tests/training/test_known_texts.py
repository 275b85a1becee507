"""What a training knew of the texts that its model meets."""

import shutil
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, DocBin

from adaptive_spacy.training.known_texts import count_learnt, find_split, read_keys
from tests.conftest import write_corpus, write_shards
from tests.data.util import load_docs
from tests.known import sentences, write_pipeline, write_splits


def test_texts_that_were_learnt_are_counted_whatever_their_spaces(tmp_path: Path) -> None:
    corpus = write_splits(tmp_path / "corpus")
    model = write_pipeline(tmp_path / "any", corpus / "train.spacy", corpus / "dev.spacy")
    docs = load_docs(corpus / "train.spacy")[:3] + load_docs(corpus / "test.spacy")
    ents = ["B-PER", "O", "O"]
    vocab = spacy.blank("xx").vocab
    spelt = Doc(vocab, words=["Ada9", "sings", "."], spaces=[True, False, False], ents=ents)
    assert count_learnt(model, [*docs, spelt]) == 4
    # an installed package, of which nothing is known
    assert count_learnt(Path("en_core_web_sm"), docs) == 0


def test_shards_are_the_corpus_that_a_file_was(tmp_path: Path) -> None:
    corpus = write_shards(write_splits(tmp_path / "corpus"), tmp_path / "shards")
    model = write_pipeline(tmp_path / "any", corpus / "train.spacy", corpus / "dev.spacy")
    assert find_split(model, "train") == corpus / "train"
    assert len(read_keys(corpus / "dev.spacy")) == 10


def test_what_a_command_keeps_of_its_own_moves_with_its_model(tmp_path: Path) -> None:
    corpus, output = write_splits(tmp_path / "corpus"), tmp_path / "refitted"
    output.mkdir()
    joined = write_corpus(output / "train-and-dev.spacy", sentences(0, 50))
    write_pipeline(output / "model-last", joined, corpus / "dev.spacy")
    moved = Path(shutil.move(output, tmp_path / "moved"))
    (tmp_path / "current").symlink_to(moved / "model-last")
    for model in (moved / "model-last", tmp_path / "current"):
        assert find_split(model, "train") == moved / "train-and-dev.spacy"
        assert count_learnt(model, load_docs(corpus / "dev.spacy")) == 10
    (moved / "train-and-dev.spacy").unlink()
    assert find_split(moved / "model-last", "train") is None


def test_what_was_learnt_of_a_damaged_corpus_is_not_known(tmp_path: Path) -> None:
    corpus = write_splits(tmp_path / "corpus")
    model = write_pipeline(tmp_path / "any", corpus / "train.spacy", corpus / "dev.spacy")
    docs = load_docs(corpus / "train.spacy")
    (corpus / "train.spacy").write_bytes(b"damaged")
    with pytest.warns(UserWarning, match=r"so which sentences its training had as train is not"):
        assert count_learnt(model, docs) == 0


def test_what_is_not_annotated_was_not_learnt(tmp_path: Path) -> None:
    corpus = write_splits(tmp_path / "corpus")
    model = write_pipeline(tmp_path / "any", corpus / "train.spacy", corpus / "dev.spacy")
    doc = spacy.blank("xx")("Ada0 sings .")
    assert count_learnt(model, [doc]) == 0
    DocBin(docs=[doc]).to_disk(corpus / "train.spacy")
    assert not read_keys(corpus / "train.spacy")
    assert not read_keys(None)
