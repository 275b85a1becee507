import re
from collections import Counter
from pathlib import Path

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from adaptive_spacy.data.stats import Lengths, collect, find_splits, find_warnings
from tests.conftest import SENTENCES, write_corpus


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """train: 8 sentences, one of them twice; dev: two of them and a new one; test: a new type."""
    write_corpus(tmp_path / "train.spacy", [*SENTENCES, SENTENCES[0]])
    dev = [*SENTENCES[:2], ("Zoe calls Ada", "B-PER O B-PER")]
    write_corpus(tmp_path / "dev.spacy", dev)
    write_corpus(tmp_path / "test.spacy", [("Siri calls", "B-PRODUCT O")])
    return tmp_path


def test_statistics_count_by_split(folder: Path) -> None:
    found = collect([folder]).to_dict()["splits"]
    assert list(found) == ["train", "dev", "test"]
    train = found["train"]
    assert (train["documents"], train["sentences"], train["tokens"]) == (9, 9, 41)
    assert train["types"] == {"PER": 8, "LOC": 7, "PRODUCT": 0}
    assert [found[name]["duplicates"] for name in found] == [1, 0, 0]
    assert [found[name]["unseen_in_train"] for name in found] == [None, 1, 1]
    assert [found[name]["not_annotated"] for name in found] == [0, 0, 0]
    assert train["word_pieces_per_document"] is None


def test_statistics_count_lengths_and_what_exceeds_the_window(folder: Path) -> None:
    lengths = collect([folder / "train.spacy"], window=5).to_dict()["splits"]["train"]
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


def test_statistics_find_entities_that_io_would_merge(tmp_path: Path) -> None:
    sentences = [("Ada Cleo Paris", "B-PER B-PER B-LOC"), ("Ada , Cleo", "B-PER O B-PER")]
    (split,) = collect([write_corpus(tmp_path / "a.spacy", sentences)]).splits.values()
    assert (split.touching, split.touching_example) == (1, "Ada | Cleo (PER, a.spacy, document 1)")


def test_statistics_count_sentences_and_missing_annotation(tmp_path: Path) -> None:
    words, starts = ["Ada", "calls", "she", "waits"], [True, False, True, False]
    doc = Doc(Vocab(), words=words, sent_starts=starts, ents=["B-PER", "O", "O", ""])
    DocBin(docs=[doc]).to_disk(tmp_path / "a.spacy")
    found = collect([tmp_path / "a.spacy"]).to_dict()["splits"]["a"]
    assert (found["documents"], found["sentences"], found["not_annotated"]) == (1, 2, 1)


def test_statistics_name_the_noise(folder: Path) -> None:
    path = write_corpus(folder / "noise.spacy", [("Ada calls", "B-ORG O")])
    (hint,) = collect([folder / "train.spacy", path]).to_dict()["label_noise"]["most_frequent"]
    assert hint == {
        "text": "Ada",
        "labels": {"ORG": 1, "PER": 4},
        "unlabelled": 0,
        "example": "noise.spacy, document 1: [Ada] calls",
    }


def test_warnings_say_what_will_hurt(folder: Path) -> None:
    assert list(find_warnings(collect([folder]))) == [
        "dev has 3 documents; with fewer than 100 the validation loss is too noisy to tell when to "
        "cool down: a mean over 3 wavers by about 58 % of the spread of a single one, and a recall "
        "of 80 % by 16 points. Take more for validation",
        "train has under 10 examples of LOC (7), PER (8): hardly enough to learn; join rare types "
        "or label more",
        "test has types that train lacks, which can only be missed: PRODUCT (1)",
        "dev shares 2 of 3 texts (66.7%) with train: scores on dev are too good; e.g. dev.spacy, "
        "document 1: Ada lives in Paris .",
    ]


def test_warnings_of_empty_and_plain_splits(tmp_path: Path) -> None:
    doc = Doc(Vocab(), words=["nothing", "here"], ents=["O", ""])
    DocBin(docs=[doc]).to_disk(tmp_path / "train.spacy")
    write_corpus(tmp_path / "dev.spacy", [])
    assert list(find_warnings(collect([tmp_path]))) == [
        "train has no entity: there is nothing to learn",
        "dev has no document",
        "train: 1 of 2 tokens are not annotated; they are neither learnt nor scored",
    ]


def test_no_warnings_about_a_sound_corpus(tmp_path: Path) -> None:
    for name, start in (("train", 0), ("dev", 1000)):
        sentences = [(f"Ada met {start + i}", "B-PER O O") for i in range(120)]
        write_corpus(tmp_path / f"{name}.spacy", sentences)
    assert list(find_warnings(collect([tmp_path]))) == []


@pytest.mark.parametrize(
    ("files", "paths", "expected"),
    [
        (["a.spacy", "b.spacy"], ["a.spacy", "b.spacy"], {"a": ["a.spacy"], "b": ["b.spacy"]}),
        (["test.spacy", "dev.spacy", "x.spacy", "train.spacy"], ["."], "train dev test x"),
        # shards
        (["c/train/0.spacy", "c/train/1.spacy", "c/dev.spacy"], ["c"], "train dev"),
        (["train/0.spacy", "train/1.spacy"], ["train"], {"train": ["0.spacy", "1.spacy"]}),
        (
            ["a.spacy", "b/1.spacy"],
            ["train=a.spacy", "dev=b"],
            {"train": ["a.spacy"], "dev": ["1.spacy"]},
        ),
    ],
)
def test_splits_are_found(tmp_path: Path, monkeypatch, files, paths, expected) -> None:
    monkeypatch.chdir(tmp_path)
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    found = {name: [path.name for path in found] for name, found in find_splits(paths).items()}
    if isinstance(expected, str):
        assert list(found) == expected.split()
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ([], "expected a .spacy file or a folder of them, got none"),
        (["gone.spacy"], "gone.spacy: expected a .spacy file or a folder of them, found nothing"),
        (["a.txt"], "a.txt: expected a .spacy file or a folder of them, found another file"),
        (["empty"], "empty: expected a folder of .spacy files, found none in it"),
        (
            ["a.spacy", "b/a.spacy"],
            "expected one path for each split, got two for a; name them, e.g. a=b/a.spacy",
        ),
    ],
)
def test_splits_that_are_none_are_errors(tmp_path: Path, monkeypatch, paths, message) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("empty", "b"):
        (tmp_path / name).mkdir()
    for name in ("a.txt", "a.spacy", "b/a.spacy"):
        (tmp_path / name).touch()
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        find_splits(paths)


@given(st.lists(st.integers(0, 300), min_size=1), st.sampled_from([0.01, 0.5, 0.9, 0.99, 1.0]))
def test_quantiles_are_those_of_numpy(lengths: list[int], share: float) -> None:
    expected = numpy.quantile(lengths, share, method="inverted_cdf")
    assert Lengths(Counter(lengths)).quantile(share) == expected
