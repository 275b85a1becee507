"""Statistics over seeds: means, intervals, and paired tests that say what they cannot show."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy
from scipy import stats

#: Below this a difference counts as shown
ALPHA = 0.05
CONFIDENCE = 0.95
RESAMPLES = 9999
#: With more pairs the 2^n assignments of signs are sampled instead of enumerated
MOST_EXACT = 13


class Summary(NamedTuple):
    """Of one number per seed.

    seeds (int): How many.
    mean (float): Their mean.
    error (float | None): Standard error of the mean; None of a single seed.
    spread (float | None): Standard deviation over seeds, of the sample; None of a single seed.
    interval (tuple | None): Bootstrap interval of the mean at 95 %; None of a single seed.
    """

    seeds: int
    mean: float
    error: float | None
    spread: float | None
    interval: tuple[float, float] | None


class PairedTest(NamedTuple):
    """Of the hypothesis that two approaches are alike: in each pair, of the same seed and data,
    either could have got either number.

    pairs (int): How many.
    difference (float): Mean of first minus second.
    p (float | None): Two-sided; None without pairs.
    least_p (float): The smallest p that so many pairs can give.
    exact (bool): Whether all assignments were counted, not a sample of them.
    """

    pairs: int
    difference: float
    p: float | None
    least_p: float
    exact: bool

    def verdict(self, p: float | None = None) -> str:
        """What the test says.

        p (float | None): The p-value, adjusted for other tests beside this one; None: its own.
        RETURNS (str): "higher" or "lower" (the first), "no difference shown", or that so few pairs
            cannot show any.
        """
        p = self.p if p is None else p
        if p is None:
            return "no pairs"
        if self.least_p >= ALPHA:
            unit = "pair" if self.pairs == 1 else "pairs"
            return f"cannot be shown with {self.pairs} {unit} (p >= {self.least_p:.3g})"
        if p >= ALPHA:
            return "no difference shown"
        return "higher" if self.difference > 0 else "lower"


def summarize(values: Sequence[float]) -> Summary:
    """RETURNS (Summary): Of at least one value."""
    array = numpy.asarray(values, dtype=float)
    mean = float(array.mean())
    if len(array) < 2:
        return Summary(len(array), mean, None, None, None)
    return Summary(
        len(array),
        mean,
        float(stats.sem(array)),
        float(array.std(ddof=1)),
        bootstrap_interval(values),
    )


def bootstrap_interval(values: Sequence[float]) -> tuple[float, float]:
    """RETURNS (tuple): Percentile bootstrap interval of the mean at 95 %, of two values or more.
    Of few values it is too narrow: it cannot leave their range."""
    array = numpy.asarray(values, dtype=float)
    if numpy.ptp(array) == 0:
        return float(array[0]), float(array[0])
    found = stats.bootstrap(
        (array,),
        numpy.mean,
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=numpy.random.default_rng(0),
    )
    interval = found.confidence_interval
    return float(interval.low), float(interval.high)


def paired_test(first: Sequence[float], second: Sequence[float]) -> PairedTest:
    """Permutation test of pairs, exact up to 13 of them.

    first, second (Sequence[float]): One number per pair, in the same order.
    RETURNS (PairedTest): The test.
    RAISES (ValueError): If the lengths differ.
    """
    if len(first) != len(second):
        raise ValueError(f"expected pairs, got {len(first)} and {len(second)} values")
    count = len(first)
    if count == 0:
        return PairedTest(0, math.nan, None, 1.0, True)
    exact = count <= MOST_EXACT
    least = max(2 / 2**count, 0 if exact else 2 / (RESAMPLES + 1))
    one, other = numpy.asarray(first, dtype=float), numpy.asarray(second, dtype=float)
    difference = float((one - other).mean())
    if count == 1 or not numpy.any(one != other):
        # scipy needs two pairs; equal numbers in all pairs show nothing
        return PairedTest(count, difference, 1.0, min(least, 1.0), True)
    found = stats.permutation_test(
        (one, other),
        _mean_difference,
        permutation_type="samples",
        n_resamples=2**count if exact else RESAMPLES,
        vectorized=True,
        rng=numpy.random.default_rng(0),
    )
    return PairedTest(count, difference, float(found.pvalue), least, exact)


def paired_interval(first: Sequence[float], second: Sequence[float]) -> tuple[float, float] | None:
    """Interval of the mean difference at 95 %, by Student's t: of few pairs it is as wide as it has
    to be, where a bootstrap is too narrow.

    first, second (Sequence[float]): As of `paired_test`.
    RETURNS (tuple | None): None of fewer than two pairs.
    """
    differences = numpy.asarray(first, dtype=float) - numpy.asarray(second, dtype=float)
    if len(differences) < 2:
        return None
    mean, error = float(differences.mean()), float(stats.sem(differences))
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(differences) - 1)) * error
    return mean - half, mean + half


def holm(ps: Sequence[float | None]) -> list[float | None]:
    """Adjust the p-values of tests that are read side by side (Holm 1979), so that a difference is
    found by chance anywhere among them with a probability of at most `ALPHA`.

    RETURNS (list): In the same order; None stays.
    """
    order = sorted((p, i) for i, p in enumerate(ps) if p is not None)
    adjusted: list[float | None] = [None] * len(ps)
    highest = 0.0
    for rank, (p, i) in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - rank) * p))
        adjusted[i] = highest
    return adjusted


def adjust(tests: Sequence[PairedTest]) -> list[float | None]:
    """Adjust tests that are read side by side, by `holm`. One that has too few pairs to show
    anything cannot find a difference by chance either, so it does not count. That is the idea of
    Tarone (1990), not his whole procedure, which shows rather more.

    RETURNS (list): p-values in the same order; None for tests that do not count.
    """
    return holm([test.p if test.least_p < ALPHA else None for test in tests])


def _mean_difference(one: numpy.ndarray, other: numpy.ndarray, axis: int = -1) -> numpy.ndarray:
    return numpy.mean(one - other, axis=axis)
