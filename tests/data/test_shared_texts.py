"""Texts that several splits share: kept together where that can be, counted where not."""

from adaptive_spacy.data.convert import Input, convert
from tests.data.util import WORDS, first_words, write_numbers


def test_convert_keeps_copies_of_a_text_together(tmp_path):
    pool = [write_numbers(tmp_path / f"{i}.conll", WORDS) for i in range(3)]
    summary = convert(pool, tmp_path / "out", split={"train": 0.5, "dev": 0.5})
    train, dev = (first_words(tmp_path / "out" / f"{name}.spacy") for name in ("train", "dev"))
    assert len(train) == len(dev) == 15
    assert not set(train) & set(dev)
    assert not summary.shared


def test_convert_counts_texts_that_several_splits_share(tmp_path):
    inputs = [
        Input(write_numbers(tmp_path / "a.conll", ["one", "two", "two", "three"]), "train"),
        Input(write_numbers(tmp_path / "b.conll", ["two", "three", "three"]), "dev"),
        Input(write_numbers(tmp_path / "c.conll", ["three", "four"]), "test"),
    ]
    assert convert(inputs, tmp_path / "out").warnings() == [
        "Texts that occur in more than one split: 1 in train and dev, 1 in train and dev and test"
    ]
