"""Confidences beside the share that is right: can they be trusted?

The measures are those of `adaptive_spacy.training.calibration`.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from adaptive_spacy.report.run.passages import Predicted
from adaptive_spacy.training.calibration import summarize
from adaptive_spacy.training.errors import RIGHT

#: The plot, in pixels: its side, and the room for the numbers at its left and bottom edges
SIDE, EDGE = 240, 40
#: Points of calibration error that nobody needs to care about
FINE = 5.0
#: Fewer entities than this say nothing of confidence
FEW = 20


class Bin(NamedTuple):
    """name (str): Its bounds in percent. entities (int): With a confidence in it. confidence, right
    (float): Their mean, and the share that is right, in percent."""

    name: str
    entities: int
    confidence: float
    right: float


def fill_bins(pairs: Sequence[tuple[float, bool]]) -> list[Bin]:
    """RETURNS (list[Bin]): Those that hold an entity.

    pairs (Sequence[tuple]): Confidence in [0, 1], and whether the entity is right.
    """
    return [
        Bin(
            f"{100 * row['from']:.0f} to {100 * row['to']:.0f}",
            row["entities"],
            100 * row["confidence"],
            100 * row["right"],
        )
        for row in summarize(pairs)["bins"]
        if row["entities"]
    ]


def describe_reliability(findings: Sequence[Predicted]) -> dict[str, Any] | None:
    """RETURNS (dict | None): "text", "bins" and "points" of the plot, each [x, y, radius, what it
    is]; None if no prediction has a confidence."""
    pairs = [
        (one.confidence, one.finding.kind == RIGHT)
        for one in findings
        if one.confidence is not None
    ]
    if not pairs:
        return None
    bins = fill_bins(pairs)
    most = max(one.entities for one in bins)
    points = [
        [
            round(EDGE + SIDE * one.confidence / 100, 1),
            round(SIDE * (1 - one.right / 100), 1),
            round(3 + 7 * math.sqrt(one.entities / most), 1),
            f"{one.entities} entities, {one.confidence:.0f} % sure, {one.right:.0f} % right",
        ]
        for one in bins
    ]
    plot = {"points": points, "side": SIDE, "edge": EDGE}
    return {"text": _judge(pairs), "bins": bins, **plot}


def _judge(pairs: Sequence[tuple[float, bool]]) -> str:
    sure = 100 * math.fsum(one for one, _ in pairs) / len(pairs)
    right = 100 * sum(one for _, one in pairs) / len(pairs)
    error = 100 * summarize(pairs)["calibration_error"]
    if len(pairs) < FEW:
        verdict = "Too few to say whether it can be trusted"
    elif error <= FINE:
        verdict = "It can be trusted"
    elif sure > right:
        verdict = "It is too sure: take no confidence for a probability"
    else:
        verdict = "It is not sure enough: confidences are too low"
    return (
        f"{verdict}. Of {len(pairs):,} predicted entities {right:.1f} % are right; the model is "
        f"sure of them by {sure:.1f} % on average. Expected calibration error: {error:.1f} points."
    )
