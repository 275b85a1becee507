"""What F1 to expect, from predictions of sentences that no training had seen."""

import numpy
import pytest
import spacy
from spacy.tokens import Doc
from spacy.training import Example

from adaptive_spacy.experiments.expectation import bootstrap_f1, expect_scores

VOCAB = spacy.blank("en").vocab
#: What is annotated and what was predicted: one right, one spurious, one missed of another type
SENTENCES = [("B-PER O", "B-PER O"), ("O O", "B-PER O"), ("O B-LOC", "O O")]


def make_example(gold: str, found: str) -> Example:
    words = ["a"] * len(gold.split())
    docs = (Doc(VOCAB, words=words, ents=tags.split()) for tags in (found, gold))
    return Example(*docs)


def test_scores_are_those_counted_by_hand() -> None:
    found = expect_scores([make_example(*one) for one in SENTENCES])
    assert (found.sentences, found.entities) == (3, 2)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    assert found.per_type["LOC"]["recall"] == 0.0
    assert found.interval is not None
    low, high = found.interval
    assert 0.0 <= low < 0.5 < high <= 1.0
    assert found.describe() == f"50.0 ({100 * low:.1f} to {100 * high:.1f})"


def test_sentences_without_annotation_do_not_count() -> None:
    bare = Example(Doc(VOCAB, words=["a"], ents=["B-PER"]), Doc(VOCAB, words=["a"]))
    found = expect_scores([make_example(*SENTENCES[0]), bare])
    assert (found.sentences, found.f1, found.interval) == (1, 1.0, None)
    assert found.describe() == "100.0"


def test_interval_is_that_of_sentences_drawn_anew() -> None:
    counts = numpy.array([[1, 0, 0]] * 30 + [[0, 0, 1]] * 20)
    generator = numpy.random.default_rng(1)
    drawn = counts[generator.integers(0, 50, (4000, 50))].sum(axis=1)
    scores = 2 * drawn[:, 0] / (2 * drawn[:, 0] + drawn[:, 1] + drawn[:, 2])
    interval = bootstrap_f1(counts)
    assert interval == pytest.approx(numpy.percentile(scores, [2.5, 97.5]), abs=0.02)
    assert interval == bootstrap_f1(counts), "the same each time"


def test_nothing_right_is_a_point_at_zero() -> None:
    assert bootstrap_f1(numpy.array([[0, 0, 0], [0, 1, 1]])) == (0.0, 0.0)
