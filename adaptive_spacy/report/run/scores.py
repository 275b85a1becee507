"""Scores with intervals that know how many sentences they are of."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy
from numpy.typing import NDArray

from adaptive_spacy.experiments.bootstrap import (
    Interval,
    draw_sums,
    f1,
    percentiles,
    resampled_f1,
)
from adaptive_spacy.experiments.expectation import bootstrap_f1, settle, widen
from adaptive_spacy.experiments.predictions import Folds
from adaptive_spacy.report.run.passages import Predicted
from adaptive_spacy.training.errors import PAIRED, RIGHT

#: Right, wrong and missed entities, by sentence and type. *Shape:* (n_sentences, n_types, 3)
Counts = NDArray[numpy.int64]


class Score(NamedTuple):
    """Of a type, or of all; shares in percent, None where nothing could be measured.

    name (str): The type. annotated, predicted (int): Entities.
    interval (tuple[float, float] | None): Of F1 at 95 %, percentile bootstrap over sentences; None
        where they cannot tell: of a single one, and where all have the same F1. Of crossfit's folds
        as `Expectation` has it, which knows more.
    gain (float): Points that F1 of all would gain if all errors of this type were right.
    """

    name: str
    annotated: int
    predicted: int
    precision: float | None
    recall: float | None
    f1: float | None
    interval: Interval | None
    gain: float


def count(findings: Sequence[Predicted], sentences: int) -> tuple[list[str], Counts]:
    """Count what was found and missed, each under its own type.

    sentences (int): How many there are.
    RETURNS (tuple): The types by name, and the counts.
    """
    entities = [one.finding for one in findings]
    types = sorted({e.type for one in entities for e in (one.gold, one.found) if e is not None})
    column = {name: i for i, name in enumerate(types)}
    counts = numpy.zeros((sentences, len(types), 3), dtype=numpy.int64)
    for one in findings:
        gold, found = one.finding.gold, one.finding.found
        if one.finding.kind == RIGHT:
            counts[one.doc, column[one.finding.type], 0] += 1
            continue
        if found is not None:
            counts[one.doc, column[found.type], 1] += 1
        if gold is not None:
            counts[one.doc, column[gold.type], 2] += 1
    return types, counts


def measure(
    findings: Sequence[Predicted], sentences: int, folds: Folds | None = None
) -> tuple[Score, list[Score]]:
    """Score all entities, and those of each type.

    findings (Sequence[Predicted]): Of all sentences.
    sentences (int): How many there are.
    folds (Folds | None): What predicted them, if that is crossfit's folds. The interval of all is
        then the one that its record states, and so is what the model says of itself.
    RETURNS (tuple): The score of all, and of each type, where most is to gain first.
    """
    types, counts = count(findings, sentences)
    together = counts.sum(axis=1)
    interval = bootstrap_f1(together) if folds is None else folds.interval
    whole = _score("all", together.sum(axis=0), interval and _percent(interval), 0.0)
    intervals = bootstrap_types(counts)
    if folds is not None:
        intervals = widen_types(intervals, counts, folds.number)
    now = whole.f1 or 0.0
    rows = [
        _score(name, counts[:, i].sum(axis=0), intervals[i], mend_type(findings, name) - now)
        for i, name in enumerate(types)
    ]
    return whole, sorted(rows, key=lambda row: (-row.gain, row.name))


def mend_type(findings: Sequence[Predicted], name: str) -> float:
    """RETURNS (float): F1 of all in percent, if what is wrong with a type's entities were right."""
    right = wrong = 0
    for one in findings:
        kind = one.finding.kind
        if kind == RIGHT or (one.finding.type == name and kind != "spurious"):
            right += 1
        elif one.finding.type != name:
            wrong += 2 if kind in PAIRED else 1
    return 200 * right / max(1, 2 * right + wrong)


def bootstrap_types(counts: Counts, *, seed: int = 0) -> list[Interval | None]:
    """Intervals of F1 over sentences drawn anew, for all types at once.

    counts (Counts): See `count`. *Shape:* (n_sentences, n_types, 3)
    RETURNS (list): Of each type, in percent; None of fewer than two sentences, and of a type that
        none of those drawn anew has.
    """
    sentences, types, _ = counts.shape
    if sentences < 2:
        return [None] * types
    sums = draw_sums(counts.reshape(sentences, -1), seed=seed)
    return percentiles(resampled_f1(sums.reshape(len(sums), types, 3)))


def widen_types(
    intervals: Sequence[Interval | None], counts: Counts, folds: int
) -> list[Interval | None]:
    """Have types' intervals know what that of all knows: see `widen`.

    intervals (Sequence): As `bootstrap_types` returns them.
    counts (Counts): See `count`. *Shape:* (n_sentences, n_types, 3)
    folds (int): How many models predicted.
    RETURNS (list): Of each type, in percent.
    """
    found: list[Interval | None] = []
    for i, interval in enumerate(intervals):
        own = counts[:, i]
        share = None if interval is None else (interval[0] / 100, interval[1] / 100)
        wider = widen(float(f1(own.sum(axis=0))) / 100, settle(share, own), folds)
        found.append(wider and _percent(wider))
    return found


def _score(name: str, row: NDArray[numpy.int64], interval: Interval | None, gain: float) -> Score:
    right, wrong, missed = (int(one) for one in row)
    found, annotated = right + wrong, right + missed
    # nothing is as sure as an interval without width says
    told = interval if interval is not None and interval[0] < interval[1] else None
    return Score(
        name,
        annotated,
        found,
        100 * right / found if found else None,
        100 * right / annotated if annotated else None,
        float(f1(row)) if found or annotated else None,
        told,
        gain,
    )


def _percent(interval: Interval) -> Interval:
    return 100 * interval[0], 100 * interval[1]
