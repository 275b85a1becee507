"""What happened in a training, in a sentence: the title of its figure."""

import math
from collections.abc import Sequence

from adaptive_spacy.training.history import Evaluation, Stretch, rounds_are_epochs, stretches


def title(history: Sequence[Evaluation]) -> str:
    """RETURNS (str): What happened, in a sentence. "stopped" only of a whole cool-down: a shorter
    one may still be running."""
    unit = unit_of(history)
    # with an update per epoch the batch that was drawn before the end is an evaluation of its own
    last = min(one.start for one in ended) if (ended := _finished(history)) else history[-1].round
    if not last:
        return "Fine-tuning: one evaluation, after the first batch"
    head = f"Fine-tuning: {counted(last, unit)}"
    phases = [one for one in stretches(history) if one.phase != "finished"]
    starts = [counted(one.start) for one in phases if one.phase == "cooldown"]
    if not phases:
        return head
    if not starts:
        return f"{head}, no cool-down"
    if len(starts) == 1:
        cooled = f"cool-down from {unit} {starts[0]}"
    elif len(starts) == 2:
        cooled = f"cool-downs from {unit}s {starts[0]} and {starts[1]}"
    else:
        cooled = f"{len(starts)} cool-downs, the last from {unit} {starts[-1]}"
    if phases[-1].phase != "cooldown":
        return f"{head}; {cooled}, then constant again"
    if not _cooled_down(history, phases[-1]):
        return f"{head}; {cooled}, not complete"
    return f"Fine-tuning: stopped after {counted(last, unit)}; {cooled}"


def _finished(history: Sequence[Evaluation]) -> list[Stretch]:
    return [one for one in stretches(history) if one.phase == "finished"]


def _cooled_down(history: Sequence[Evaluation], cooldown: Stretch) -> bool:
    """RETURNS (bool): Whether the cool-down that ends a history is whole: the rate of its last
    update is not above a straight line's, the peak divided by the number of updates."""
    last, peak = history[-1], max(or_nan(one.rate) for one in history)
    updates = (cooldown.end - cooldown.start) * last.steps_per_round
    return or_nan(last.rate) * updates <= 1.5 * peak


def unit_of(history: Sequence[Evaluation]) -> str:
    return "epoch" if rounds_are_epochs(history) else "round"


def counted(number: float, unit: str = "") -> str:
    """RETURNS (str): "13", "12.4", and with a unit "1 epoch", "13 epochs"."""
    text = f"{number:.1f}".removesuffix(".0")
    return f"{text} {unit}{'' if text == '1' else 's'}" if unit else text


def or_nan(number: float | None) -> float:
    return math.nan if number is None else number
