import itertools
import math

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from adaptive_spacy.experiments.statistics import (
    MOST_EXACT,
    RESAMPLES,
    adjust,
    bootstrap_interval,
    holm,
    paired_interval,
    paired_test,
    summarize,
)
from tests.tiers import examples


def test_summarize_known_answers() -> None:
    summary = summarize([2.0, 4.0, 6.0])
    assert summary.seeds == 3
    assert summary.mean == 4.0
    assert summary.spread == pytest.approx(2.0)
    assert summary.error == pytest.approx(2 / math.sqrt(3))
    # each resample is a mean of three of them
    assert summary.interval == pytest.approx((2.0, 6.0))


def test_summarize_claims_no_spread_of_one_seed() -> None:
    assert summarize([0.5]) == (1, 0.5, None, None, None)


def test_bootstrap_interval_is_that_of_the_normal() -> None:
    values = numpy.random.default_rng(1).normal(10, 2, size=400)
    low, high = bootstrap_interval(values.tolist())
    half = 1.96 * 2 / math.sqrt(400)
    assert low == pytest.approx(values.mean() - half, abs=0.03)
    assert high == pytest.approx(values.mean() + half, abs=0.03)
    # same values, same interval
    assert bootstrap_interval(values.tolist()) == (low, high)


def test_bootstrap_interval_of_equal_values_is_a_point() -> None:
    assert bootstrap_interval([0.7, 0.7, 0.7]) == (0.7, 0.7)


def by_hand(first: list[float], second: list[float]) -> float:
    """Share of the assignments of signs whose mean is at least as far from zero."""
    differences = numpy.subtract(first, second)
    means = [
        abs(numpy.mean(differences * signs))
        for signs in itertools.product((1, -1), repeat=len(first))
    ]
    # signs[0] are all 1: what was observed
    return float(numpy.mean([mean >= means[0] * (1 - 1e-9) for mean in means]))


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        ([3, 2, 4], [1, 1, 1], 2 / 8),
        ([3, 2, 4, 5, 6, 7], [1, 1, 1, 1, 1, 1], 2 / 64),
        # one of the six pairs the other way, by the smallest difference
        ([2, 3, 4, 5, 6, 0.5], [1, 1, 1, 1, 1, 1], 4 / 64),
        ([1, 2, 3], [3, 2, 1], 1.0),
        ([1, 1], [1, 1], 1.0),
        ([5], [1], 1.0),
    ],
)
def test_paired_test_known_answers(first: list[float], second: list[float], p: float) -> None:
    test = paired_test(first, second)
    assert test.p == pytest.approx(p)
    assert test.exact
    assert test.difference == pytest.approx(numpy.mean(first) - numpy.mean(second))
    if len(first) > 1 and first != second:
        assert test.p == pytest.approx(by_hand(first, second))


@examples(25)
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=2, max_size=7))
def test_paired_test_is_the_enumeration(pairs: list[tuple[int, int]]) -> None:
    first, second = [float(a) for a, _ in pairs], [float(b) for _, b in pairs]
    test, mirrored = paired_test(first, second), paired_test(second, first)
    assert test.p == pytest.approx(by_hand(first, second))
    assert mirrored.p == pytest.approx(test.p)
    assert mirrored.difference == pytest.approx(-test.difference)
    assert test.p >= test.least_p - 1e-12


def test_paired_test_of_many_pairs_is_sampled() -> None:
    generator = numpy.random.default_rng(0)
    first = generator.normal(0.5, 1, size=40)
    second = generator.normal(0.0, 1, size=40)
    test = paired_test(first.tolist(), second.tolist())
    assert len(first) > MOST_EXACT
    assert not test.exact
    # the same values, the same sample; and none smaller can come of it
    assert paired_test(first.tolist(), second.tolist()) == test
    assert test.least_p == 2 / (RESAMPLES + 1)
    # for so many pairs Student's test of the same hypothesis is close
    assert test.p == pytest.approx(stats.ttest_rel(first, second).pvalue, abs=0.02)


def test_paired_test_is_exact_up_to_so_many_pairs() -> None:
    tests = [paired_test([1.0] * count, [0.0] * count) for count in (13, 14)]
    assert [test.exact for test in tests] == [True, False]
    assert (tests[0].p, tests[0].least_p) == (2 / 2**13, 2 / 2**13)


@pytest.mark.parametrize(
    ("count", "verdict"),
    [
        (1, "cannot be shown with 1 pair (p >= 1)"),
        (3, "cannot be shown with 3 pairs (p >= 0.25)"),
        (5, "cannot be shown with 5 pairs (p >= 0.0625)"),
        (6, "higher"),
        (12, "higher"),
    ],
)
def test_few_pairs_show_nothing_however_large_the_difference(count: int, verdict: str) -> None:
    first = [100.0 + i for i in range(count)]
    assert paired_test(first, [0.0] * count).verdict() == verdict


def test_verdict_follows_the_adjusted_p() -> None:
    test = paired_test([1.0] * 6, [2.0] * 6)
    assert test.verdict() == "lower"
    assert test.verdict(0.06) == "no difference shown"
    assert paired_test([], []).verdict() == "no pairs"


def test_paired_test_needs_pairs() -> None:
    with pytest.raises(ValueError, match="expected pairs, got 2 and 1 values"):
        paired_test([1.0, 2.0], [1.0])


def test_holm_known_answer() -> None:
    # Holm's procedure by hand: 4 * 0.005, 3 * 0.01, 2 * 0.03, then not below what came before
    assert holm([0.01, 0.04, None, 0.03, 0.005]) == pytest.approx([0.03, 0.06, None, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_adjust_leaves_out_what_cannot_show_anything() -> None:
    few, many = paired_test([1.0] * 3, [0.0] * 3), paired_test([1.0] * 8, [0.0] * 8)
    assert adjust([few, many, few, many]) == pytest.approx([None, 4 / 256, None, 4 / 256])


def test_interval_of_pairs_is_students() -> None:
    # differences 1, 2 and 3: the mean 2, its standard error 1 / 3 ** 0.5, t of 2 degrees 4.3027
    low, high = paired_interval([2, 4, 6], [1, 2, 3]) or (0, 0)
    assert (low, high) == (
        pytest.approx(2 - 4.302653 / 3**0.5),
        pytest.approx(2 + 4.302653 / 3**0.5),
    )
    assert paired_interval([2], [1]) is None
