"""Confidences beside the share that is right: can they be trusted?

The measures are those of `adaptive_spacy.training.calibration`.
"""

import math
from collections.abc import Mapping, Sequence
from statistics import pstdev
from typing import Any, NamedTuple

from adaptive_spacy.report.run.passages import Predicted
from adaptive_spacy.training.calibration import error_by_chance, summarize
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


def fill_bins(measured: Mapping[str, Any]) -> list[Bin]:
    """RETURNS (list[Bin]): Those that hold an entity. measured (dict): As `summarize` returns."""
    return [
        Bin(
            f"{100 * row['from']:.0f} to {100 * row['to']:.0f}",
            row["entities"],
            100 * row["confidence"],
            100 * row["right"],
        )
        for row in measured["bins"]
        if row["entities"]
    ]


def describe_reliability(
    findings: Sequence[Predicted], measured: Mapping[str, Any] | None = None
) -> dict[str, Any] | None:
    """Describe the plot and the table beside it.

    measured (dict | None): Confidences before and after calibration, see `measure_confidence`;
        None: only what is stated is known.
    RETURNS (dict | None): "text"; "rows" of the table, each with "name", "after" and "before", a
        `Bin` or None; "points" and "former" of the plot, after and before, each [x, y, radius, what
        it is]; "side" and "edge" of it. None if no prediction has a confidence.
    """
    pairs = [
        (one.confidence, one.finding.kind == RIGHT)
        for one in findings
        if one.confidence is not None
    ]
    if not pairs:
        return None
    after = fill_bins(summarize(pairs))
    scaled = measured is not None and set(measured["temperature"].values()) != {1.0}
    before = fill_bins(measured["before"]) if measured is not None and scaled else []
    most = max(one.entities for one in (*after, *before))
    bins = {one.name: one for one in after}
    former = {one.name: one for one in before}
    names = sorted({**bins, **former}, key=lambda name: int(name.split()[0]))
    text = _judge(pairs)
    if measured is not None:
        text += f" {_compare(measured)}"
    return {
        "text": text,
        "rows": [
            {"name": name, "after": bins.get(name), "before": former.get(name)} for name in names
        ],
        "points": _points(after, most, "after calibration: " if before else ""),
        "former": _points(before, most, "before calibration: "),
        "side": SIDE,
        "edge": EDGE,
    }


def _points(bins: Sequence[Bin], most: int, about: str) -> list[list[Any]]:
    return [
        [
            round(EDGE + SIDE * one.confidence / 100, 1),
            round(SIDE * (1 - one.right / 100), 1),
            round(3 + 7 * math.sqrt(one.entities / most), 1),
            f"{about}{one.entities} entities, {one.confidence:.0f} % sure, {one.right:.0f} % right",
        ]
        for one in bins
    ]


def _compare(measured: Mapping[str, Any]) -> str:
    """RETURNS (str): What calibration changed."""
    scales = [value for value in measured["temperature"].values() if value != 1.0]
    if not scales:
        return "They are as the network made them: there is no temperature to calibrate by."
    before = 100 * measured["before"]["calibration_error"]
    temperatures = " and ".join(f"{value:.2f}" for value in scales)
    return (
        f"They are calibrated on dev, with temperature {temperatures}: before that the error was "
        f"{before:.1f} points."
    )


def _judge(pairs: Sequence[tuple[float, bool]]) -> str:
    sure = 100 * math.fsum(one for one, _ in pairs) / len(pairs)
    right = 100 * sum(one for _, one in pairs) / len(pairs)
    error = 100 * summarize(pairs)["calibration_error"]
    chance = 100 * error_by_chance([one for one, _ in pairs])
    gaps = [100 * (one - hit) for one, hit in pairs]
    # at 95 %, of the mean
    reach = 1.96 * pstdev(gaps) / math.sqrt(len(gaps))
    if len(pairs) < FEW:
        verdict = "Too few to say whether it can be trusted"
    elif error <= FINE:
        verdict = "It can be trusted"
    elif error <= chance:
        verdict = (
            "Whether it can be trusted cannot be told of so few: true probabilities would be up to "
            f"{chance:.1f} points off by chance"
        )
    elif sure - right > reach:
        verdict = "It is too sure: take no confidence for a probability"
    elif right - sure > reach:
        verdict = "It is not sure enough: confidences are too low"
    else:
        verdict = "It is too sure of some and not sure enough of others"
    return (
        f"{verdict}. Of {len(pairs):,} predicted entities {right:.1f} % are right; the model is "
        f"sure of them by {sure:.1f} % on average. Expected calibration error: {error:.1f} points."
    )
