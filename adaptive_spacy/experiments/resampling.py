"""Differences between approaches that know of both chances: which sentences were labelled, and
which are in the test set.

The unit is the sample of labelled sentences: approaches are paired within one. A resample draws
samples anew within each cell (a data set at a number of labels) and, once for a data set, its test
sentences, which all its trainings share (Efron and Tibshirani 1993, ch. 8, for two levels).
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy
from numpy.typing import NDArray

from adaptive_spacy.experiments.statistics import CONFIDENCE

RESAMPLES = 2000
#: Differences in F1 below this, in points, count as alike
MARGIN = 1.0
#: Right, spurious and missed entities of each test sentence. *Shape:* (n_sentences, 3)
Counts = NDArray[numpy.int64]


class Pair(NamedTuple):
    """Two approaches on the same sample.

    dataset (str): Whose test set it is.
    cell (Hashable): What samples are drawn within, e.g. data set and number of labels.
    first, second (Counts): What each got in each test sentence.
    """

    dataset: str
    cell: Hashable
    first: Counts
    second: Counts


class Difference(NamedTuple):
    """First minus second in points of F1: the mean over the samples of a cell, then over cells.

    samples, cells (int): How many.
    mean (float): The difference.
    interval (tuple[float, float] | None): Percentile bootstrap at 95 %; None of a single sample in
        some cell, whose chance nobody can tell.
    p (float | None): Two-sided, that there is none: twice the share of resamples beyond 0.
    p_alike (float | None): That it is `MARGIN` or more: the larger of two one-sided shares (TOST,
        Schuirmann 1987).
    """

    samples: int
    cells: int
    mean: float
    interval: tuple[float, float] | None
    p: float | None
    p_alike: float | None


def f1(counts: NDArray[numpy.float64] | Counts) -> NDArray[numpy.float64]:
    """RETURNS (NDArray): F1 in percent of right, spurious and missed entities in the last axis; 0
    where there are none."""
    hits = 2.0 * counts[..., 0]
    total = hits + counts[..., 1] + counts[..., 2]
    return 100 * hits / numpy.maximum(total, 1)


def difference(pairs: Sequence[Pair], *, margin: float = MARGIN, seed: int = 0) -> Difference:
    """Compare two approaches over samples.

    Of few samples a percentile interval is too narrow: that of n values is as if their variance
    were (n - 1) / n of what it is, so deviations of a sample from its cell's mean are stretched by
    the root of n / (n - 1).

    pairs (Sequence[Pair]): At least one; those of a data set have the same test sentences.
    margin (float): Points of F1 below which approaches count as alike.
    seed (int): Of the resamples.
    RETURNS (Difference): The difference and its chances.
    RAISES (ValueError): If the test sets of a data set differ in length.
    """
    generator = numpy.random.default_rng(seed)
    cells: dict[Hashable, list[Pair]] = defaultdict(list)
    for pair in pairs:
        cells[pair.cell].append(pair)
    weights = _draw_sentences(pairs, generator)
    observed, resampled = [], []
    for group in cells.values():
        observed.append(numpy.mean([_gap(pair) for pair in group]))
        resampled.append(_resample(group, weights[group[0].dataset], generator))
    mean = float(numpy.mean(observed))
    if any(len(group) < 2 for group in cells.values()):
        return Difference(len(pairs), len(cells), mean, None, None, None)
    drawn = numpy.mean(resampled, axis=0)
    tail = 50 * (1 - CONFIDENCE)
    low, high = numpy.percentile(drawn, [tail, 100 - tail])
    return Difference(
        samples=len(pairs),
        cells=len(cells),
        mean=mean,
        interval=(float(low), float(high)),
        p=min(1.0, 2 * min(_share(drawn <= 0), _share(drawn >= 0))),
        p_alike=max(_share(drawn <= -margin), _share(drawn >= margin)),
    )


def _draw_sentences(
    pairs: Sequence[Pair], generator: numpy.random.Generator
) -> dict[str, NDArray[numpy.float64]]:
    """RETURNS (dict): How often each test sentence is in each resample, by data set.
    *Shape:* (n_sentences, RESAMPLES)
    """
    sizes: dict[str, int] = {}
    for pair in pairs:
        for counts in (pair.first, pair.second):
            if sizes.setdefault(pair.dataset, len(counts)) != len(counts):
                raise ValueError(
                    f"{pair.dataset}: expected the same test sentences for all, got "
                    f"{sizes[pair.dataset]} and {len(counts)}"
                )
    return {
        dataset: generator.multinomial(size, [1 / size] * size, RESAMPLES).T.astype(float)
        for dataset, size in sizes.items()
    }


def _gap(pair: Pair) -> float:
    return float(f1(pair.first.sum(axis=0)) - f1(pair.second.sum(axis=0)))


def _resample(
    group: Sequence[Pair],
    weights: NDArray[numpy.float64],
    generator: numpy.random.Generator,
) -> NDArray[numpy.float64]:
    """RETURNS (NDArray): The cell's mean difference in each resample. *Shape:* (RESAMPLES,)"""
    gaps = numpy.stack(
        [f1((pair.first.T @ weights).T) - f1((pair.second.T @ weights).T) for pair in group]
    )
    count = len(group)
    if count == 1:
        return gaps[0]
    centre = gaps.mean(axis=0)
    chosen = generator.integers(count, size=gaps.shape)
    drawn = numpy.take_along_axis(gaps, chosen, axis=0).mean(axis=0)
    return centre + (drawn - centre) * numpy.sqrt(count / (count - 1))


def _share(true: NDArray[numpy.bool_]) -> float:
    # the observed data count as one of the resamples, so that no share is 0
    return float((true.sum() + 1) / (len(true) + 1))
