"""Models on the same sentences: is the difference in F1 more than the chance in the sentences?

Paired bootstrap: sentences are drawn anew, the same for all models (Efron and Tibshirani 1993,
chapter 13; for scores of language processing Berg-Kirkpatrick, Burkett and Klein 2012).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy
from numpy.typing import NDArray

from adaptive_spacy.experiments.expectation import BATCH, RESAMPLES
from adaptive_spacy.experiments.resampling import Counts, f1
from adaptive_spacy.experiments.statistics import ALPHA, CONFIDENCE, holm


class Gap(NamedTuple):
    """One model minus the reference, in points of F1.

    difference (float): The gap. interval (tuple[float, float] | None): At 95 %; None of a single
        sentence.
    p (float | None): Two-sided, that there is none, adjusted for the number of models (Holm 1979).
    """

    difference: float
    interval: tuple[float, float] | None
    p: float | None

    @property
    def verdict(self) -> str:
        """RETURNS (str): What it says of the model."""
        if self.p is None or self.p >= ALPHA:
            return "no difference shown"
        return "higher" if self.difference > 0 else "lower"


def draw_sums(counts: NDArray[numpy.int64], *, seed: int = 0) -> NDArray[numpy.float64]:
    """Add up counts over sentences drawn anew, as many as there are.

    counts (NDArray): *Shape:* (n_sentences, n_counts)
    RETURNS (NDArray): *Shape:* (RESAMPLES, n_counts)
    """
    sentences = len(counts)
    generator = numpy.random.default_rng(seed)
    table = counts.astype(float)
    # not all at once: a corpus may have many sentences
    step = max(1, BATCH // sentences)
    drawn = []
    for start in range(0, RESAMPLES, step):
        size = min(step, RESAMPLES - start)
        often = generator.multinomial(sentences, [1 / sentences] * sentences, size)
        drawn.append(often.astype(float) @ table)
    return numpy.concatenate(drawn)


def percentiles(values: NDArray[numpy.float64]) -> list[tuple[float, float]]:
    """RETURNS (list[tuple[float, float]]): Of each column, what 95 % of its values lie between.

    values (NDArray): *Shape:* (RESAMPLES, n_columns)
    """
    tail = 50 * (1 - CONFIDENCE)
    low, high = numpy.percentile(values, [tail, 100 - tail], axis=0)
    return [(float(one), float(other)) for one, other in zip(low, high, strict=True)]


def compare_paired(reference: Counts, others: Sequence[Counts], *, seed: int = 0) -> list[Gap]:
    """Compare models with a reference.

    reference (Counts): Right, spurious and missed entities of each sentence.
        *Shape:* (n_sentences, 3)
    others (Sequence[Counts]): The same of the other models.
    RETURNS (list[Gap]): Of each of these.
    """
    if not others:
        return []
    gaps = [float(f1(one.sum(axis=0)) - f1(reference.sum(axis=0))) for one in others]
    if len(reference) < 2:
        return [Gap(gap, None, None) for gap in gaps]
    models = [reference, *others]
    sums = draw_sums(numpy.concatenate(models, axis=1), seed=seed)
    scores = f1(sums.reshape(len(sums), len(models), 3))
    moved = scores[:, 1:] - scores[:, :1]
    # the observed sample is one more, so that p is never 0
    below = (1 + (moved <= 0).sum(axis=0)) / (1 + RESAMPLES)
    above = (1 + (moved >= 0).sum(axis=0)) / (1 + RESAMPLES)
    ps = holm([min(1.0, 2 * float(one)) for one in numpy.minimum(below, above)])
    return [
        Gap(gap, interval, p) for gap, interval, p in zip(gaps, percentiles(moved), ps, strict=True)
    ]
