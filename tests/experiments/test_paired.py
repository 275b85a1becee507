"""Models on the same sentences: gaps that are chance, and gaps that are none."""

import numpy
import pytest

from adaptive_spacy.experiments.bootstrap import RESAMPLES
from adaptive_spacy.experiments.paired import compare_paired, exchange


def test_equal_models_have_no_gap() -> None:
    counts = numpy.random.default_rng(0).integers(0, 3, size=(50, 3))
    (gap,) = compare_paired(counts, [counts])
    assert (gap.difference, gap.interval, gap.p) == (0.0, None, 1.0)
    assert gap.verdict == "no difference shown"


def test_gap_of_every_sentence_is_shown_in_both_directions() -> None:
    better = numpy.tile([2, 0, 0], (60, 1))
    worse = numpy.tile([1, 0, 1], (60, 1))
    up, down = compare_paired(worse, [better])[0], compare_paired(better, [worse])[0]
    # F1 100 and 2 / 3
    assert up.difference == pytest.approx(100 / 3)
    # all sentences are alike
    assert up.interval is None
    assert (up.verdict, down.verdict) == ("higher", "lower")
    assert up.p == down.p == pytest.approx(1 / (1 + RESAMPLES))


def test_gap_of_one_sentence_among_many_is_chance() -> None:
    reference = numpy.tile([1, 1, 1], (60, 1))
    other = reference.copy()
    other[0] = [2, 0, 0]
    (gap,) = compare_paired(reference, [other])
    assert gap.difference > 0
    assert gap.verdict == "no difference shown"


def test_interval_is_of_the_difference_and_not_of_the_scores() -> None:
    """What both find or miss moves both alike."""
    generator = numpy.random.default_rng(0)
    right = generator.integers(0, 2, size=200)
    reference = numpy.stack([right, 0 * right, 1 - right], axis=1)
    other = reference.copy()
    lost = numpy.flatnonzero(right)[:12]
    other[lost] = [0, 0, 1]
    (gap,) = compare_paired(reference, [other])
    assert gap.interval is not None
    low, high = gap.interval
    assert low < gap.difference < high < 0
    # scores alone waver by about 14 points
    assert high - low < 8


def test_p_is_adjusted_for_the_number_of_models() -> None:
    generator = numpy.random.default_rng(3)
    reference = generator.integers(0, 3, size=(80, 3))
    other = reference + generator.integers(0, 2, size=(80, 1)) * [1, 0, 0]
    (alone,) = compare_paired(reference, [other])
    first, *_ = compare_paired(reference, [other, reference, reference])
    assert alone.p is not None
    assert first.p == pytest.approx(min(1.0, 3 * alone.p))


def test_single_sentence_has_no_interval() -> None:
    (gap,) = compare_paired(numpy.array([[1, 0, 0]]), [numpy.array([[0, 0, 1]])])
    assert (gap.difference, gap.interval, gap.p) == (-100.0, None, None)
    assert gap.verdict == "no difference shown"
    assert compare_paired(numpy.array([[1, 0, 0]]), []) == []


@pytest.mark.parametrize("sentences", [1, 3])
def test_nothing_annotated_is_nothing_to_compare(sentences: int) -> None:
    silent, wrong = numpy.tile([0, 0, 0], (sentences, 1)), numpy.tile([0, 1, 0], (sentences, 1))
    for gap in compare_paired(silent, [silent, wrong]):
        assert gap == (None, None, None)
        assert gap.verdict == "no difference shown"


def test_draws_without_entities_are_left_out() -> None:
    """One draw of 22 has none of the three sentences with entities; in the others all is found by
    one and nothing by the other."""
    right = numpy.array([[1, 0, 0]] * 3 + [[0, 0, 0]] * 97)
    (gap,) = compare_paired(right, [right[:, [2, 0, 1]]])
    assert (gap.difference, gap.interval) == (-100.0, None)


@pytest.mark.parametrize(("count", "p"), [(2, 0.5), (3, 0.25), (5, 1 / 16), (6, 1 / 32)])
def test_few_sentences_show_little(count: int, p: float) -> None:
    right, wrong = numpy.tile([1, 0, 0], (count, 1)), numpy.tile([0, 0, 1], (count, 1))
    (gap,) = compare_paired(wrong, [right])
    assert gap.p == pytest.approx(p)
    assert (gap.verdict == "higher") == (count == 6)
    # sentences of which both say the same add nothing
    both = numpy.tile([2, 1, 0], (50, 1))
    (same,) = compare_paired(numpy.concatenate([wrong, both]), [numpy.concatenate([right, both])])
    assert same.p == pytest.approx(p)


@pytest.mark.parametrize("sentences", [5, 10, 40])
def test_models_that_do_not_differ_are_seldom_told_apart(sentences: int) -> None:
    generator = numpy.random.default_rng(1)

    def drawn() -> numpy.ndarray:
        found = generator.binomial(2, 0.6, sentences)
        return numpy.stack([found, generator.binomial(1, 0.3, sentences), 2 - found], axis=1)

    ps = [exchange(drawn(), drawn()) for _ in range(300)]
    # 5 % and what 300 draws may add
    assert sum(one < 0.05 for one in ps) / len(ps) <= 0.08
    assert sum(one <= 0.5 for one in ps) / len(ps) > 0.4
