"""What an adaptive training goes by: a weighted sum of metrics, or several of them; as a config has
it, and as a command line says it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from adaptive_spacy.config.blocks import find_adapt
from adaptive_spacy.config.metrics import is_better_lower

Weights = dict[str, float]
#: Weight per metric, negative for a loss; or several of these; None: spaCy's main score
Monitor = Weights | list[Weights] | None


def monitor_of(training: Mapping[str, Any]) -> Any:
    """RETURNS (Any): What the callback of an adaptive training monitors, wherever it stands; None:
    the main score, or there is no such callback: another's argument may be called so too."""
    callback = find_adapt(training)
    return None if callback is None else callback.get("monitor")


def list_weights(
    monitor: Monitor, score_weights: Mapping[str, float | None] | None = None
) -> list[Weights]:
    """List what scores a round.

    monitor (Monitor): As the config has it.
    score_weights (Mapping | None): `[training.score_weights]`, if the main score is to count where
        the monitor is None.
    RETURNS (list[Weights]): One for each score; none only without `score_weights`.
    """
    if monitor is None:
        main = {one: weight for one, weight in (score_weights or {}).items() if weight is not None}
        return [] if score_weights is None else [main]
    return [dict(one) for one in ([monitor] if isinstance(monitor, Mapping) else monitor)]


def name_metrics(weights: Sequence[Weights]) -> list[str]:
    """RETURNS (list[str]): The metrics that any of them has, each once."""
    return list(dict.fromkeys(metric for one in weights for metric in one))


def read_values(scores: Mapping[str, Any], weights: Sequence[Weights]) -> dict[str, float]:
    """RETURNS (dict[str, float]): The metrics of an evaluation that the scores are made of; NaN of
    one that could not be measured, such as F1 without an entity."""
    found = {metric: scores.get(metric) for metric in name_metrics(weights)}
    return {one: math.nan if value is None else float(value) for one, value in found.items()}


def weigh(weights: Sequence[Weights], values: Mapping[str, float]) -> list[float]:
    """RETURNS (list[float]): The score of each, higher is better."""
    return [sum(weight * values[metric] for metric, weight in one.items()) for one in weights]


def parse_monitors(texts: Sequence[str]) -> list[dict[str, float]] | dict[str, float] | None:
    """RETURNS (list | dict | None): What to monitor by the options of a command line, as a config
    has it: several, the only one, or nothing."""
    found = [parse_monitor(text) for text in texts]
    return found if len(found) > 1 else next(iter(found), None)


def parse_monitor(text: str) -> dict[str, float]:
    """Read metrics such as "ents_loss" or "ents_f=0.5,ents_loss=-1".

    text (str): Metrics with or without a weight. Without one it is 1, and -1 for a loss or a
        temperature.
    RETURNS (dict[str, float]): Weight per metric.
    RAISES (ValueError): If it is not of that form.
    """
    monitor: dict[str, float] = {}
    for part in text.split(","):
        metric, found, weight = (piece.strip() for piece in part.partition("="))
        try:
            number = float(weight) if found else (-1.0 if is_better_lower(metric) else 1.0)
        except ValueError:
            number = math.nan
        if not metric or not math.isfinite(number) or not number:
            raise ValueError(
                "--monitor: expected METRIC or METRIC=WEIGHT,... such as ents_loss or ents_f=1, "
                f"got {part!r}"
            )
        monitor[metric] = number
    return monitor
