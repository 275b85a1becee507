"""What a training knew of the texts that its model meets."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc, DocBin
from spacy.util import load_config, registry

from adaptive_spacy.training.known_texts import count_learnt, find_split, read_keys, read_known
from tests.conftest import write_corpus, write_shards
from tests.data.util import load_docs
from tests.known import sentences, write_pipeline, write_splits

OURS = "adaptive_spacy.Corpus.v1"


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


def read_by(model: Path, split: str = "train", **reader: object) -> None:
    """Let a pipeline's training have read a split by another reader."""
    config = load_config(model / "config.cfg")
    config["corpora"][split] = {"path": f"${{paths.{split}}}", **reader}
    config.to_disk(model / "config.cfg")


@pytest.mark.parametrize("drawn", [{"fraction": 0.25, "seed": 3}, {"fraction": 0.5, "limit": 10}])
def test_what_a_share_leaves_out_was_not_learnt(drawn: dict[str, Any], tmp_path: Path) -> None:
    corpus = write_splits(tmp_path / "corpus")
    model = write_pipeline(tmp_path / "any", corpus / "train.spacy", corpus / "dev.spacy")
    read_by(model, **{"@readers": OURS, **drawn})
    config = load_config(model / "config.cfg", interpolate=True)
    reader = registry.resolve(config["corpora"])["train"]
    learnt = {eg.reference.text for eg in reader(spacy.blank("en"))}
    assert len(learnt) == 10
    docs = load_docs(corpus / "train.spacy")
    assert count_learnt(model, [doc for doc in docs if doc.text in learnt]) == 10
    assert count_learnt(model, [doc for doc in docs if doc.text not in learnt]) == 0
    # and of dev that was not watched
    read_by(model, "dev", **{"@readers": OURS, **drawn})
    assert len(read_known(model, "dev")) == {0.25: 2, 0.5: 5}[drawn["fraction"]]


def test_doc_of_which_a_sentence_was_learnt_was_learnt(tmp_path: Path) -> None:
    corpus = write_splits(tmp_path / "corpus")
    model = write_pipeline(tmp_path / "any", corpus / "train.spacy", corpus / "dev.spacy")
    vocab, docs = spacy.blank("xx").vocab, []
    for number in range(10):
        words = f"Ada{number} sings . Ben{number} rests .".split()
        starts = [True, False, False] * 2
        docs.append(Doc(vocab, words=words, sent_starts=starts, ents=["B-PER", "O", "O"] * 2))
    DocBin(docs=docs).to_disk(corpus / "train.spacy")
    read_by(model, **{"@readers": OURS, "units": "sentences", "limit": 3})
    assert count_learnt(model, docs) == 2
    assert count_learnt(model, [one.as_doc() for doc in docs for one in doc.sents]) == 3


def test_reader_of_another_package_is_not_run(tmp_path: Path) -> None:
    """All of its corpus may have been learnt."""
    corpus = write_splits(tmp_path / "corpus")
    model = write_pipeline(tmp_path / "any", corpus / "train.spacy", corpus / "dev.spacy")
    docs = load_docs(corpus / "train.spacy")
    for reader in ({"@readers": "other.Corpus.v1"}, {"@readers": "spacy.Corpus.v1", "limit": 5}):
        read_by(model, fraction=0.1, **reader)
        assert count_learnt(model, docs) == len(docs)


def test_arguments_of_a_reader_that_mean_nothing_are_said(tmp_path: Path) -> None:
    corpus = write_splits(tmp_path / "corpus")
    model = write_pipeline(tmp_path / "any", corpus / "train.spacy", corpus / "dev.spacy")
    read_by(model, **{"@readers": OURS, "fraction": 0})
    with pytest.warns(
        UserWarning, match=r"^Bad corpus: \[corpora\] fraction.* train is not known$"
    ):
        assert count_learnt(model, load_docs(corpus / "train.spacy")) == 0


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
