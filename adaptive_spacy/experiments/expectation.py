"""What a model will reach, told by predictions for sentences that the model had not seen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray
from scipy import stats
from spacy.training import Example

from adaptive_spacy.experiments.bootstrap import (
    BATCH,
    RESAMPLES,
    Counts,
    Interval,
    percentiles,
    resampled_f1,
)
from adaptive_spacy.experiments.statistics import CONFIDENCE
from adaptive_spacy.training.seqeval_report import ScoredSentence, read_sentence, seqeval_report


@dataclass(frozen=True)
class Expectation:
    """Scores in [0, 1] of held-out sentences.

    sentences, entities (int): How many were predicted, and how many entities they have.
    f1, precision, recall (float): Of the micro average.
    interval (tuple[float, float] | None): Of F1 at 95 %; None of a single sentence. By a percentile
        bootstrap over sentences, those drawn without entities left out; exact where all or nothing
        was found, of which a bootstrap knows nothing. Wider by what models of other labels would
        differ: see `widen`.
    per_type (dict): As `evaluate` reports them.
    """

    sentences: int
    entities: int
    f1: float
    precision: float
    recall: float
    interval: Interval | None
    per_type: dict[str, dict[str, Any]]

    def describe(self) -> str:
        """RETURNS (str): F1 in percent with its interval."""
        if self.interval is None:
            return f"{100 * self.f1:.1f}"
        low, high = self.interval
        return f"{100 * self.f1:.1f} ({100 * low:.1f} to {100 * high:.1f})"


def expect_scores(examples: Sequence[Example], folds: int, *, seed: int = 0) -> Expectation:
    """Score predictions for held-out docs.

    examples (Sequence[Example]): Predicted, with at least one annotated entity.
    folds (int): How many models they are of, each trained on the other folds.
    seed (int): Of the bootstrap.
    RETURNS (Expectation): The scores.
    """
    sentences = [read_sentence(eg) for eg in examples if eg.reference.has_annotation("ENT_IOB")]
    report = seqeval_report(sentences)
    micro = report["micro"]
    f1 = micro["f1"] or 0.0
    counts = count_entities(sentences)
    interval = bootstrap_f1(counts, seed=seed)
    return Expectation(
        sentences=len(sentences),
        entities=sum(len(one.gold) for one in sentences),
        f1=f1,
        precision=micro["precision"] or 0.0,
        recall=micro["recall"] or 0.0,
        interval=widen(f1, settle(interval, counts), folds),
        per_type=report["per_type"],
    )


def settle(interval: Interval | None, counts: Counts) -> Interval | None:
    """RETURNS (tuple | None): A bootstrap's interval, or the exact one of `exact_f1` where all or
    nothing was found, or sentences do not differ otherwise: these are not as sure as it says."""
    if interval is None:
        return None
    right, spurious, missed = counts.sum(axis=0)
    one_sided = not right or not spurious + missed
    return exact_f1(counts) if one_sided or interval[0] == interval[1] else interval


def exact_f1(counts: Counts) -> Interval:
    """Interval of F1 by that of a proportion: of all that is annotated or predicted, the share J
    that is both, whose F1 is 2 J / (1 + J). Clopper and Pearson (1934).

    counts (Counts): See `count_entities`, with something to count. *Shape:* (n_sentences, 3)
    RETURNS (tuple): At 95 %.
    """
    right, spurious, missed = (int(one) for one in counts.sum(axis=0))
    found = stats.binomtest(right, right + spurious + missed).proportion_ci(CONFIDENCE, "exact")
    low, high = (2 * share / (1 + share) for share in (found.low, found.high))
    return float(low), float(high)


def widen(f1: float, interval: Interval | None, folds: int) -> Interval | None:
    """Have an interval know of the chance in what a model learnt from, not in the sentences alone.

    Other labels would have made other models, and folds share most of theirs, so that they differ
    less than such models would. Nadeau and Bengio (2003, "Inference for the generalization error")
    add the share of test to training sentences to the variance: times 1 + k / (k - 1) of k folds,
    an interval half as wide again of five. Theirs is the mean of an error; F1 is none, but near it.

    f1 (float): Of the held-out sentences, in [0, 1].
    interval (tuple | None): Over the sentences, which takes the models as they are.
    folds (int): At least 2.
    RETURNS (tuple | None): The wider interval, within [0, 1].
    """
    if interval is None:
        return None
    reach = math.sqrt(1 + folds / (folds - 1))
    low, high = interval
    return max(0.0, f1 - reach * (f1 - low)), min(1.0, f1 + reach * (high - f1))


def count_entities(sentences: Sequence[ScoredSentence]) -> Counts:
    """RETURNS (Counts): Right, spurious and missed entities of each sentence.
    *Shape:* (n_sentences, 3)
    """
    rows = [sentence.counts() for sentence in sentences]
    return numpy.array(rows, dtype=numpy.int64).reshape(-1, 3)


def bootstrap_f1(counts: Counts, *, seed: int = 0) -> Interval | None:
    """Interval of F1 over sentences drawn anew.

    counts (Counts): See `count_entities`. *Shape:* (n_sentences, 3)
    RETURNS (tuple | None): Percentiles at 95 %; None of fewer than two sentences, and of those
        without anything to count.
    """
    if len(counts) < 2:
        return None
    found = stats.bootstrap(
        tuple(counts.T.astype(float)),
        # not of F1: of sentences without entities that is none, which scipy does not leave out
        _add_up,
        paired=True,
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=max(1, BATCH // len(counts)),
        method="percentile",
        rng=seed,
    )
    scores = resampled_f1(found.bootstrap_distribution.T) / 100
    return percentiles(scores[:, None])[0]


def _add_up(*counts: NDArray[numpy.float64], axis: int = -1) -> NDArray[numpy.float64]:
    return numpy.stack([one.sum(axis) for one in counts])
