"""Differences between approaches that know of both chances: which sentences were labelled, and
which are in the test set.

The unit is the sample of labelled sentences: approaches are paired within one. Samples of a seed
are nested, so those of a data set that have the same seed count as one unit over its cells. The
variance of the samples and that of the test sentences, which all trainings of a data set share, add
up; the first is estimated from few units, so Student's t stands for the normal distribution, with
degrees of freedom by Satterthwaite (1946). The second is a bootstrap's.
"""

import functools
import math
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy
from numpy.typing import NDArray
from scipy import stats

from adaptive_spacy.experiments.bootstrap import RESAMPLES, Counts, f1, resampled_f1
from adaptive_spacy.experiments.statistics import CONFIDENCE

#: Differences in F1 below this, in points, count as alike
MARGIN = 1.0
#: Why the chance of a difference cannot be told
TOO_FEW = "too few samples"
#: As two trainings that learnt nothing tie
ALWAYS_SAME = "always the same"
NEVER_VARIED = "never varied: its chance cannot be told"


class Pair(NamedTuple):
    """Two approaches on the same sample.

    dataset (str): Whose test set it is.
    cell (Hashable): What samples are drawn within, e.g. data set and number of labels.
    seed (int): Which sample; those of one seed are nested.
    first, second (Counts): What each got in each test sentence.
    """

    dataset: str
    cell: Hashable
    seed: int
    first: Counts
    second: Counts


class Difference(NamedTuple):
    """First minus second in points of F1: the mean over the samples of a cell, then over cells.

    samples, cells (int): How many.
    mean (float): The difference.
    untold (str | None): Why its chance cannot be told, so that there is neither of what follows;
        None where it can.
    interval (tuple[float, float] | None): At 95 %.
    p (float | None): Two-sided, that there is none.
    p_alike (float | None): That it is `MARGIN` or more: the larger p of two one-sided tests (TOST,
        Schuirmann 1987).
    """

    samples: int
    cells: int
    mean: float
    untold: str | None
    interval: tuple[float, float] | None
    p: float | None
    p_alike: float | None


def difference(pairs: Sequence[Pair], *, margin: float = MARGIN) -> Difference:
    """Compare two approaches over samples.

    pairs (Sequence[Pair]): At least one; those of a data set have the same test sentences.
    margin (float): Points of F1 below which approaches count as alike.
    RETURNS (Difference): The difference and its chances.
    RAISES (ValueError): If the test sets of a data set differ in length.
    """
    cells: dict[Hashable, dict[int, float]] = defaultdict(dict)
    for pair in pairs:
        cells[pair.cell][pair.seed] = _gap(pair)
    mean = float(numpy.mean([numpy.mean([*gaps.values()]) for gaps in cells.values()]))
    sentences = _variance_of_sentences(pairs, {cell: len(gaps) for cell, gaps in cells.items()})
    if any(len(gaps) < 2 for gaps in cells.values()):
        return Difference(len(pairs), len(cells), mean, TOO_FEW, None, None, None)
    by_dataset = _variances_of_samples(pairs, cells)
    samples = math.fsum(one.value for one in by_dataset)
    error = math.sqrt(samples + sentences)
    if not error:
        # what never varied says nothing of the chance
        differ = any(gap for gaps in cells.values() for gap in gaps.values())
        why = NEVER_VARIED if differ else ALWAYS_SAME
        return Difference(len(pairs), len(cells), mean, why, None, None, None)
    # the bootstrap's part is taken as known; data sets differ in how much their samples do
    doubt = math.fsum(one.value**2 / one.freedom for one in by_dataset)
    known = stats.t((samples + sentences) ** 2 / doubt) if samples else stats.norm
    reach = error * float(known.ppf((1 + CONFIDENCE) / 2))
    return Difference(
        samples=len(pairs),
        cells=len(cells),
        mean=mean,
        untold=None,
        interval=(mean - reach, mean + reach),
        p=2 * float(known.sf(abs(mean) / error)),
        p_alike=float(known.sf((margin - abs(mean)) / error)),
    )


def _gap(pair: Pair) -> float:
    return float(f1(pair.first.sum(axis=0)) - f1(pair.second.sum(axis=0)))


class _Variance(NamedTuple):
    """What a data set's samples add to the variance of the mean, and its degrees of freedom."""

    value: float
    freedom: float


def _variances_of_samples(
    pairs: Sequence[Pair], cells: Mapping[Hashable, Mapping[int, float]]
) -> list[_Variance]:
    """RETURNS (list[_Variance]): Of the mean, as samples differ, by data set."""
    datasets: dict[str, dict[Hashable, Mapping[int, float]]] = defaultdict(dict)
    for pair in pairs:
        datasets[pair.dataset][pair.cell] = cells[pair.cell]
    return [_variance_of_units([*own.values()], len(cells)) for own in datasets.values()]


def _variance_of_units(own: Sequence[Mapping[int, float]], count: int) -> _Variance:
    """own (Sequence[Mapping[int, float]]): Differences of a data set's cells, by seed. count (int):
    Of all cells that the mean is over.
    RETURNS (_Variance): Of the mean, as the data set's samples differ.
    """
    # what a unit moves the mean by, over all cells that it has a sample in
    moved: dict[int, float] = defaultdict(float)
    errors = []
    for gaps in own:
        off = numpy.array([*gaps.values()]) - numpy.mean([*gaps.values()])
        moves = off / math.sqrt(len(off) * (len(off) - 1)) / count
        errors.append(math.hypot(*moves))
        for seed, move in zip(gaps, moves, strict=True):
            moved[seed] += float(move)
    # as the cells' samples are nested, what is known of one cell's error adds little to what is
    # known of another one's: at worst, with errors that go together, the doubts of the errors add
    doubts = [error / math.sqrt(len(gaps) - 1) for error, gaps in zip(errors, own, strict=True)]
    freedom = (math.fsum(errors) / math.fsum(doubts)) ** 2 if any(errors) else math.inf
    return _Variance(math.fsum(one**2 for one in moved.values()), freedom)


def _variance_of_sentences(pairs: Sequence[Pair], sizes: Mapping[Hashable, int]) -> float:
    """RETURNS (float): Of the mean, as test sentences differ; data sets have their own.
    RAISES (ValueError): If the test sets of a data set differ in length.
    """
    total = 0.0
    for dataset in dict.fromkeys(pair.dataset for pair in pairs):
        own = [pair for pair in pairs if pair.dataset == dataset]
        weights = _draw_sentences(_test_size(dataset, own))
        drawn = numpy.zeros(RESAMPLES)
        for pair in own:
            first, second = ((counts.T @ weights).T for counts in (pair.first, pair.second))
            gap = resampled_f1(first) - resampled_f1(second)
            drawn += gap / sizes[pair.cell] / len(sizes)
        told = drawn[~numpy.isnan(drawn)]
        # none where the whole test set has no entities, so that F1 is always 0
        total += float(told.var(ddof=1)) if len(told) > 1 else 0.0
    return total


def _test_size(dataset: str, pairs: Sequence[Pair]) -> int:
    sizes = [len(counts) for pair in pairs for counts in (pair.first, pair.second)]
    if len(found := list(dict.fromkeys(sizes))) > 1:
        raise ValueError(
            f"{dataset}: expected the same test sentences for all, got {found[0]} and {found[1]}"
        )
    return found[0]


@functools.cache
def _draw_sentences(size: int) -> NDArray[numpy.float64]:
    """RETURNS (NDArray): How often each test sentence is in each resample.
    *Shape:* (n_sentences, RESAMPLES)
    """
    generator = numpy.random.default_rng(0)
    return generator.multinomial(size, [1 / size] * size, RESAMPLES).T.astype(float)
