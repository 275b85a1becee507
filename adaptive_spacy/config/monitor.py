"""Metrics to monitor, as a command line says them."""

import math
from collections.abc import Sequence

from adaptive_spacy.config.metrics import is_loss


def parse_monitors(texts: Sequence[str]) -> list[dict[str, float]] | dict[str, float] | None:
    """RETURNS (list | dict | None): What to monitor by the options of a command line, as a config
    has it: several, the only one, or nothing."""
    found = [parse_monitor(text) for text in texts]
    return found if len(found) > 1 else next(iter(found), None)


def parse_monitor(text: str) -> dict[str, float]:
    """Read metrics such as "ents_loss" or "ents_f=0.5,ents_loss=-1".

    text (str): Metrics with or without a weight. Without one it is 1, and -1 for a loss.
    RETURNS (dict[str, float]): Weight per metric.
    RAISES (ValueError): If it is not of that form.
    """
    monitor: dict[str, float] = {}
    for part in text.split(","):
        metric, found, weight = (piece.strip() for piece in part.partition("="))
        try:
            number = float(weight) if found else (-1.0 if is_loss(metric) else 1.0)
        except ValueError:
            number = math.nan
        if not metric or not math.isfinite(number) or not number:
            raise ValueError(
                "--monitor: expected METRIC or METRIC=WEIGHT,... such as ents_loss or ents_f=1, "
                f"got {part!r}"
            )
        monitor[metric] = number
    return monitor
