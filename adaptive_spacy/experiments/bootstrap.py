"""What F1 may come to on sentences drawn anew, as many as there are.

Sentences drawn anew may hold no entity, neither annotated nor predicted. They have no F1, so they
are left out: counted as F1 0, a model that is right about all of a few entities would have an
interval that begins at 0.
"""

import numpy
from numpy.typing import NDArray

from adaptive_spacy.experiments.statistics import CONFIDENCE

RESAMPLES = 2000
#: Memory of the bootstrap: so many resampled sentences at a time
BATCH = 2_000_000
#: Right, spurious and missed entities of each sentence. *Shape:* (n_sentences, 3)
Counts = NDArray[numpy.int64]
Interval = tuple[float, float]


def f1(counts: NDArray[numpy.float64] | Counts) -> NDArray[numpy.float64]:
    """RETURNS (NDArray): F1 in percent of right, spurious and missed entities in the last axis; 0
    where there are none."""
    hits = 2.0 * counts[..., 0]
    total = hits + counts[..., 1] + counts[..., 2]
    return 100 * hits / numpy.maximum(total, 1)


def resampled_f1(sums: NDArray[numpy.float64]) -> NDArray[numpy.float64]:
    """RETURNS (NDArray): As `f1`, of sentences drawn anew; NaN where there are no entities."""
    return numpy.where(sums.sum(axis=-1) > 0, f1(sums), numpy.nan)


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


def percentiles(values: NDArray[numpy.float64]) -> list[Interval | None]:
    """RETURNS (list[tuple[float, float] | None]): Of each column, what 95 % of its values lie
    between, NaN left out; None of one without values.

    values (NDArray): *Shape:* (RESAMPLES, n_columns)
    """
    return [_percentiles(column[~numpy.isnan(column)]) for column in values.T]


def _percentiles(values: NDArray[numpy.float64]) -> Interval | None:
    if not len(values):
        return None
    tail = 50 * (1 - CONFIDENCE)
    low, high = numpy.percentile(values, [tail, 100 - tail])
    return float(low), float(high)
