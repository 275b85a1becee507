"""Models on the same sentences: is the difference in F1 more than the chance in the sentences?

The interval is by a paired bootstrap: sentences are drawn anew, the same for all models (Efron and
Tibshirani 1993, chapter 13). A bootstrap of a few sentences knows too little of chance to test by;
p is by exchange: were there no difference, either model could have said either thing of a sentence
(approximate randomization, Noreen 1989).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy
from numpy.typing import NDArray
from scipy import stats

from adaptive_spacy.experiments.bootstrap import (
    BATCH,
    RESAMPLES,
    Counts,
    draw_sums,
    f1,
    percentiles,
    resampled_f1,
)
from adaptive_spacy.experiments.statistics import ALPHA, holm

#: Of a table
Rows = NDArray[numpy.int64]


class Gap(NamedTuple):
    """One model minus the reference, in points of F1.

    difference (float | None): The gap; None where no entity is annotated, so that there is no F1 to
        compare. interval (tuple[float, float] | None): At 95 %; None of a single sentence, or where
        all are alike.
    p (float | None): Two-sided, that there is none, adjusted for the number of models (Holm 1979).
    """

    difference: float | None
    interval: tuple[float, float] | None
    p: float | None

    @property
    def verdict(self) -> str:
        """RETURNS (str): What it says of the model."""
        if self.difference is None or self.p is None or self.p >= ALPHA:
            return "no difference shown"
        return "higher" if self.difference > 0 else "lower"


def compare_paired(reference: Counts, others: Sequence[Counts], *, seed: int = 0) -> list[Gap]:
    """Compare models with a reference.

    reference (Counts): Right, spurious and missed entities of each sentence.
        *Shape:* (n_sentences, 3)
    others (Sequence[Counts]): The same of the other models.
    RETURNS (list[Gap]): Of each of these.
    """
    if not others:
        return []
    if not _annotated(reference):
        # F1 is 0 or none, whatever is predicted
        return [Gap(None, None, None) for _ in others]
    gaps = [float(f1(one.sum(axis=0)) - f1(reference.sum(axis=0))) for one in others]
    if len(reference) < 2:
        return [Gap(gap, None, None) for gap in gaps]
    models = [reference, *others]
    sums = draw_sums(numpy.concatenate(models, axis=1), seed=seed)
    scores = resampled_f1(sums.reshape(len(sums), len(models), 3))
    moved = scores[:, 1:] - scores[:, :1]
    intervals = [found if found and found[0] < found[1] else None for found in percentiles(moved)]
    ps = holm([exchange(reference, one, seed=seed) for one in others])
    return [Gap(*one) for one in zip(gaps, intervals, ps, strict=True)]


def _annotated(counts: Counts) -> int:
    """RETURNS (int): Entities, found and missed ones."""
    return int(counts[:, 0].sum() + counts[:, 2].sum())


def exchange(first: Counts, second: Counts, *, seed: int = 0) -> float:
    """Test whether two models differ, by exchanging what they say of sentences: all ways where
    they are few, else `RESAMPLES` of them.

    first, second (Counts): As in `compare_paired`. *Shape:* (n_sentences, 3)
    RETURNS (float): The share of the ways with an F1 as far apart as it is; of two ways at least.
    """
    differ = (first != second).any(axis=1)
    if differ.sum() < 2:
        # scipy needs two; one that is exchanged leaves F1 as far apart
        return 1.0
    table = numpy.concatenate([first[differ], second[differ]])
    both = first[~differ].sum(axis=0)

    def apart(one: Rows, other: Rows, axis: int) -> NDArray[numpy.float64]:
        scores = [f1(both + table[rows].sum(axis=axis - 1)) for rows in (one, other)]
        return abs(scores[0] - scores[1])

    count = len(table) // 2
    found = stats.permutation_test(
        (numpy.arange(count), numpy.arange(count, 2 * count)),
        apart,
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        # not all at once: a corpus may have many sentences
        batch=max(1, BATCH // count),
        alternative="greater",
        rng=numpy.random.default_rng(seed),
    )
    return float(found.pvalue)
