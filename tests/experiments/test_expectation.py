"""What F1 to expect, from predictions of sentences that no training had seen."""

import numpy
import pytest
import spacy
from spacy.tokens import Doc
from spacy.training import Example

from adaptive_spacy.experiments.expectation import (
    bootstrap_f1,
    exact_f1,
    expect_scores,
    settle,
    widen,
)

VOCAB = spacy.blank("xx").vocab
#: What is annotated and what was predicted: one right, one spurious, one missed of another type
SENTENCES = [("B-PER O", "B-PER O"), ("O O", "B-PER O"), ("O B-LOC", "O O")]


def make_example(gold: str, found: str) -> Example:
    words = ["a"] * len(gold.split())
    docs = (Doc(VOCAB, words=words, ents=tags.split()) for tags in (found, gold))
    return Example(*docs)


def test_scores_are_those_counted_by_hand() -> None:
    found = expect_scores([make_example(*one) for one in SENTENCES], 5)
    assert (found.sentences, found.entities) == (3, 2)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    assert found.per_type["LOC"]["recall"] == 0.0
    assert found.interval is not None
    low, high = found.interval
    assert 0.0 <= low < 0.5 < high <= 1.0
    assert found.describe() == f"50.0 ({100 * low:.1f} to {100 * high:.1f})"


def test_sentences_without_annotation_do_not_count() -> None:
    bare = Example(Doc(VOCAB, words=["a"], ents=["B-PER"]), Doc(VOCAB, words=["a"]))
    found = expect_scores([make_example(*SENTENCES[0]), bare], 5)
    assert (found.sentences, found.f1, found.interval) == (1, 1.0, None)
    assert found.describe() == "100.0"


def test_interval_is_that_of_sentences_drawn_anew() -> None:
    counts = numpy.array([[1, 0, 0]] * 30 + [[0, 0, 1]] * 20)
    generator = numpy.random.default_rng(1)
    drawn = counts[generator.integers(0, 50, (4000, 50))].sum(axis=1)
    scores = 2 * drawn[:, 0] / (2 * drawn[:, 0] + drawn[:, 1] + drawn[:, 2])
    interval = bootstrap_f1(counts)
    assert interval == pytest.approx(numpy.percentile(scores, [2.5, 97.5]), abs=0.02)
    # the same each time, also where hardly two resamples are alike
    varied = generator.integers(0, 9, (50, 3))
    assert bootstrap_f1(varied) == bootstrap_f1(varied)


def test_nothing_right_is_a_point_at_zero() -> None:
    assert bootstrap_f1(numpy.array([[0, 0, 0], [0, 1, 1]])) == (0.0, 0.0)


def test_draws_without_entities_do_not_widen_the_interval() -> None:
    """One draw of 22 has none of three sentences with an entity, one of 3 not the only one."""
    rest = [[0, 0, 0]] * 97
    assert bootstrap_f1(numpy.array([[1, 0, 0]] * 3 + rest)) == (1.0, 1.0)
    assert bootstrap_f1(numpy.array([[1, 0, 0], *rest])) == (1.0, 1.0)
    counts = numpy.array([[2, 0, 0], [2, 0, 0], [1, 0, 1], *rest])
    drawn = numpy.random.default_rng(1).multinomial(100, [0.01] * 100, 20_000) @ counts
    drawn = drawn[drawn.any(axis=1)]
    scores = 2 * drawn[:, 0] / (2 * drawn[:, 0] + drawn[:, 2])
    expected = numpy.percentile(scores, [2.5, 97.5])
    assert bootstrap_f1(counts) == pytest.approx(expected, abs=0.01)
    assert bootstrap_f1(numpy.zeros((5, 3), dtype=numpy.int64)) is None


@pytest.mark.parametrize("entities", [1, 2, 3, 8])
def test_all_right_in_a_few_of_many_sentences_has_the_exact_interval(entities: int) -> None:
    few = [make_example("B-PER O", "B-PER O")] * entities
    found = expect_scores([*few, *[make_example("O O", "O O")] * 97], 5)
    exact = exact_f1(numpy.array([[entities, 0, 0]]))
    assert found.interval == pytest.approx(widen(1.0, exact, 5))
    # as where other sentences are not there
    assert entities == 1 or found.interval == expect_scores(few, 5).interval


def test_sentences_that_are_all_alike_are_not_certain_either() -> None:
    counts = numpy.array([[1, 1, 1]] * 6)
    assert bootstrap_f1(counts) == (0.5, 0.5)
    assert settle((0.5, 0.5), counts) == exact_f1(counts)
    assert settle((0.4, 0.6), counts) == (0.4, 0.6)
    assert settle(None, counts) is None


def test_interval_of_folds_is_wider_by_what_models_differ() -> None:
    """Variance times 1 + k (1 / k) / (1 - 1 / k), by hand: 9 / 4 of five folds, 3 of two."""
    assert widen(0.5, (0.4, 0.62), 5) == pytest.approx((0.35, 0.68))
    assert widen(0.5, (0.4, 0.62), 2) == pytest.approx((0.5 - 0.1 * 3**0.5, 0.5 + 0.12 * 3**0.5))
    assert widen(0.1, (0.0, 0.4), 5) == pytest.approx((0.0, 0.55))
    assert widen(0.9, (0.7, 1.0), 5) == pytest.approx((0.6, 1.0))
    assert widen(0.9, None, 5) is None


def test_interval_holds_the_score_of_other_models_more_often() -> None:
    """Models of labels drawn anew: a fold is right as its model is, which its labels decide."""
    generator = numpy.random.default_rng(0)
    inside = {"sentences": 0, "models": 0}
    for _ in range(200):
        # folds share most labels: what they have in common, and what is each one's own
        common, own = generator.normal(0, 0.06), generator.normal(0, 0.03, 5)
        skill = numpy.clip(0.6 + common + own, 0.0, 1.0).repeat(20)
        right = generator.random(100) < skill
        counts = numpy.stack([right, ~right, ~right], axis=1).astype(numpy.int64)
        f1 = float(right.mean())
        narrow = bootstrap_f1(counts)
        wide = widen(f1, narrow, 5)
        assert narrow is not None
        assert wide is not None
        inside["sentences"] += narrow[0] <= 0.6 <= narrow[1]
        inside["models"] += wide[0] <= 0.6 <= wide[1]
    assert inside["sentences"] < 170
    assert 180 <= inside["models"] <= 198


def test_nothing_or_all_right_is_not_certain() -> None:
    """Of eight items none is right: J below 1 - 0.025 ** (1 / 8) = 0.3694, F1 below 0.5395."""
    assert exact_f1(numpy.array([[0, 1, 2], [0, 0, 5]])) == pytest.approx((0.0, 0.5395), abs=1e-4)
    low = 2 * 0.025 ** (1 / 8) / (1 + 0.025 ** (1 / 8))
    assert exact_f1(numpy.array([[8, 0, 0]])) == pytest.approx((low, 1.0))
    nothing = expect_scores([make_example("B-PER O", "O O")] * 4 + [make_example("O", "O")], 5)
    assert nothing.f1 == 0.0
    assert nothing.interval is not None
    assert nothing.interval[0] == 0.0
    assert 0.7 < nothing.interval[1] <= 1.0
    everything = expect_scores([make_example("B-PER O", "B-PER O")] * 4, 5)
    assert everything.interval is not None
    assert everything.interval[0] < 0.5
    assert everything.interval[1] == 1.0
