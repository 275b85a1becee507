from pathlib import Path

import pytest
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from adaptive_spacy.data.stats.as_json import as_json
from adaptive_spacy.data.stats.collect import collect
from adaptive_spacy.data.stats.warnings import find_warnings
from tests.conftest import write_corpus, write_shards


def test_statistics_count_by_split(folder: Path) -> None:
    found = as_json(collect([folder]))["splits"]
    assert list(found) == ["train", "dev", "test"]
    train = found["train"]
    assert (train["documents"], train["sentences"], train["tokens"]) == (9, 9, 41)
    assert train["types"] == {"PER": 8, "LOC": 7, "PRODUCT": 0}
    assert [found[name]["duplicates"] for name in found] == [1, 0, 0]
    assert [found[name]["unseen_in_train"] for name in found] == [None, 1, 1]
    assert [found[name]["not_annotated"] for name in found] == [0, 0, 0]
    assert train["word_pieces_per_document"] is None


def test_statistics_count_lengths_and_what_exceeds_the_window(folder: Path) -> None:
    lengths = as_json(collect([folder / "train.spacy"], window=5))["splits"]["train"]
    assert lengths["tokens_per_document"] == {
        "mean": 4.56,
        "quantiles": {"50 %": 5, "90 %": 6, "99 %": 6},
        "longest": 6,
        "limit": 5,
        "over_limit": 2,
    }


def test_statistics_count_word_pieces_with_the_tokenizer_alone(
    folder: Path, copied_transformer: Path
) -> None:
    (copied_transformer / "model.safetensors").unlink()
    path = write_corpus(folder / "one.spacy", [("ada xy", "B-PER O"), ("ada " * 70, "O " * 70)])
    (split,) = collect([path], transformer=str(copied_transformer)).splits.values()
    # [CLS] ada x ##y [SEP]; [CLS] 70 times ada [SEP]
    assert split.pieces.counts == {5: 1, 72: 1}
    warnings = list(find_warnings(collect([path], transformer=str(copied_transformer))))
    assert warnings == [
        "one: 1 documents have more word pieces than the 64 that the transformer takes; what a "
        "window has beyond them gets no vector"
    ]


def test_statistics_find_texts_that_splits_share(folder: Path) -> None:
    (shared,) = collect([folder]).shared
    assert (shared.splits, shared.documents) == (("train", "dev"), 2)
    assert shared.share == pytest.approx(2 / 3)
    assert shared.example == "dev.spacy, document 1: Ada lives in Paris ."


def test_examples_say_which_split_a_file_is_of(folder: Path, tmp_path: Path) -> None:
    shards = write_shards(folder, tmp_path / "shards")
    (shared,) = collect([shards]).shared
    assert shared.example == "dev/000.spacy, document 1: Ada lives in Paris ."
    inner = shards / "dev" / "inner"
    inner.mkdir()
    write_corpus(inner / "000.spacy", [("Ada calls", "B-ORG O")])
    (shards / "dev" / "000.spacy").unlink()
    (hint,) = as_json(collect([shards]))["label_noise"]["most_frequent"]
    # each part of the corpus has a 000.spacy
    assert hint["example"] == "dev/000.spacy, document 1: [Ada] calls"
    write_corpus(shards / "dev" / "001.spacy", [("Ben calls", "B-PER O")])
    (hint,) = as_json(collect([shards]))["label_noise"]["most_frequent"]
    assert hint["example"] == "dev/inner/000.spacy, document 1: [Ada] calls"


def test_statistics_find_entities_that_io_would_merge(tmp_path: Path) -> None:
    sentences = [("Ada Cleo Paris", "B-PER B-PER B-LOC"), ("Ada , Cleo", "B-PER O B-PER")]
    (split,) = collect([write_corpus(tmp_path / "a.spacy", sentences)]).splits.values()
    assert (split.touching, split.touching_example) == (1, "Ada | Cleo (PER, a.spacy, document 1)")


def test_statistics_count_sentences_and_missing_annotation(tmp_path: Path) -> None:
    words, starts = ["Ada", "calls", "she", "waits"], [True, False, True, False]
    doc = Doc(Vocab(), words=words, sent_starts=starts, ents=["B-PER", "O", "O", ""])
    DocBin(docs=[doc]).to_disk(tmp_path / "a.spacy")
    found = as_json(collect([tmp_path / "a.spacy"]))["splits"]["a"]
    assert (found["documents"], found["sentences"], found["not_annotated"]) == (1, 2, 1)


def test_statistics_name_the_noise(folder: Path) -> None:
    path = write_corpus(folder / "noise.spacy", [("Ada calls", "B-ORG O")])
    (hint,) = as_json(collect([folder / "train.spacy", path]))["label_noise"]["most_frequent"]
    assert hint == {
        "text": "Ada",
        "labels": {"ORG": 1, "PER": 4},
        "unlabelled": 0,
        "example": "noise.spacy, document 1: [Ada] calls",
    }
