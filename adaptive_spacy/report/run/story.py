"""A training in words: why it stopped, what ships, what to expect of it, what would help."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from thinc.api import Config

from adaptive_spacy.adaptive.phases import PhaseMachine
from adaptive_spacy.experiments.predictions import DEV, HELD_OUT, Predictions
from adaptive_spacy.experiments.replay import replay
from adaptive_spacy.printable import one_line
from adaptive_spacy.report.run.scores import Score
from adaptive_spacy.report.training_title import counted, unit_of
from adaptive_spacy.training.errors import KINDS
from adaptive_spacy.training.history import Evaluation
from adaptive_spacy.training.soundness import FAR_BELOW

#: What an error of a kind is, in the plural
ERRORS = {
    "type": "entities with the wrong type",
    "boundary": "entities with a wrong boundary",
    "both": "entities with both type and boundary wrong",
    "missed": "entities that it missed",
    "spurious": "entities where there are none",
}
#: Fewer errors than this say nothing of a type
FEW = 5


def describe_end(
    config: Config | None, history: Sequence[Evaluation], *, running: bool | None = None
) -> str:
    """Say how long a training was and why it stopped, or how far it is.

    running (bool | None): Whether it runs; None: not known.
    RETURNS (str): As far as its files tell.
    """
    last, unit = history[-1], unit_of(history)
    time = timedelta(seconds=round(last.seconds))
    length = f"{counted(round(last.round, 1), unit)} in {time} (h:mm:ss)"
    if config is None and not running:
        return f"{length}. Why it stopped is not known: the checkpoint is not there, or not yet."
    machine = _replay(config, history) if config is not None else None
    if machine is None and running:
        return f"It is running, {length} so far."
    if machine is None:
        return f"{length}. Its schedule is not adaptive: its length was fixed beforehand."
    if machine.stalled:
        return f"It ended without learning: the score never rose above its first. {length}."
    if machine.finished:
        cooled = f"a whole cool-down of {counted(machine.cooldown, unit)}"
        spent = cooled if machine.cooldown else counted(machine.patience + 1, unit)
        return f"It stopped by itself: {spent} brought nothing more. {length}."
    left = counted(machine.rounds_left(), unit)
    if running:
        return f"It is running, and takes {left} or more to its end. {length} so far."
    stopped = "It is running, or was stopped" if running is None else "It was stopped"
    return f"{stopped}, {left} or more before its end. {length} so far."


def _replay(config: Config, history: Sequence[Evaluation]) -> PhaseMachine | None:
    """RETURNS (PhaseMachine | None): None of another schedule."""
    try:
        return replay(config, list(history)).machine
    except (ValueError, KeyError, TypeError):
        return None


def is_whole(config: Config | None, history: Sequence[Evaluation]) -> bool:
    """RETURNS (bool): Whether a training came to the end of its phases, as far as its files tell;
    also of one without phases."""
    machine = _replay(config, history) if config is not None else None
    return machine is None or machine.finished or machine.stalled


def describe_choice(
    training: Path,
    history: Sequence[Evaluation],
    select: str,
    *,
    seen: bool,
    whole: bool = True,
    running: bool = False,
) -> str:
    """Say which checkpoint the page is about, and why that.

    seen (bool): Whether dev was trained on, so that its scores say nothing.
    whole (bool): Whether the training came to its end.
    running (bool): Whether it runs, so that nothing is chosen yet.
    RETURNS (str): In sentences.
    """
    if seen:
        return (
            "The last model ships. It learnt from every label, for as long as the trainings on "
            "parts of them took; its scores on dev are of sentences that it has seen."
        )
    scored = [one for one in history if one.f is not None and one.step > 0]
    if not scored and running:
        return "Nothing yet: the training runs."
    if not scored:
        return f"The page is about the {select} checkpoint; the history has no F1 on dev."
    last = scored[-1]
    # of equals the latest, as spaCy keeps it
    best = max(reversed(scored), key=lambda one: one.f or 0.0)
    unit = unit_of(history)
    scores = (
        f"On dev it had F1 {_percent(last.f)} after {unit} {counted(last.round)}; the highest was "
        f"{_percent(best.f)} after {unit} {counted(best.round)}"
    )
    if running:
        return f"Nothing yet: the training runs. {scores}."
    if select == "best":
        return (
            f"The checkpoint with the best score on dev ships, as it was asked for. {scores}: a "
            "maximum over all evaluations, so partly luck."
        )
    if (last.f or 0.0) < FAR_BELOW * (best.f or 0.0):
        return f"Take model-best instead of the last model, which fell far below it. {scores}."
    if best is last:
        return f"The last model ships, which is also the best on dev: F1 {_percent(last.f)}."
    if not whole:
        return (
            "The last model is of a training that was stopped before its learning rate had come "
            f"down: go on with it, or take model-best. {scores}."
        )
    return (
        f"The last model ships: its learning rate has come down all the way. {scores}, which is a "
        "maximum over all evaluations, so partly luck."
    )


def describe_expectation(found: Predictions, whole: Score, sentences: int) -> str:
    """RETURNS (str): What F1 to expect, and of what that is known."""
    if whole.f1 is None:
        return f"Nothing can be expected: {found.role} has no entities, and none were found."
    text = f"Expect F1 {whole.f1:.1f} on sentences like these"
    if whole.interval is not None:
        text += (
            f", between {whole.interval[0]:.1f} and {whole.interval[1]:.1f} with 95 % confidence"
        )
    text += (
        f": measured on {found.role}, {sentences:,} sentences with {whole.annotated:,} entities. "
        "The interval counts the chance in these sentences, not that of another training."
    )
    if found.role == DEV:
        text += " Dev told when to stop, so this is a little too high; a test set would not be."
    if found.role == HELD_OUT:
        text += " The model that ships learnt from more labels, so it should do a little better."
    return text


def describe_need(types: Sequence[Score], whole: Score, train: Mapping[str, int]) -> str:
    """RETURNS (str): Which type needs labels most.

    train (dict): Labels of each type that it learnt from; empty: not known.
    """
    first = next(iter(types), None)
    if first is None or whole.f1 is None or first.gain <= 0:
        return "No type stands out: there are no errors."
    name = one_line(first.name)
    text = (
        f"More labels of {name}: its errors cost most. Without them F1 of all would be "
        f"{whole.f1 + first.gain:.1f}"
    )
    known = f"; it learnt from {train.get(first.name, 0):,} of them" if train else ""
    own = "" if first.f1 is None else f". F1 of {name} is {first.f1:.1f}"
    few = " That is of few errors, and may be chance." if first.annotated < FEW else ""
    return f"{text}{own}{known}.{few}"


def describe_kind(errors: Mapping[str, Any]) -> Iterator[str]:
    """YIELDS (str): Which kind of error costs most; nothing without errors."""
    now, total = errors["f1"], errors["total"]
    if now is None or not any(total[kind] for kind in KINDS):
        return
    worst = max(KINDS, key=lambda kind: errors["f1_if_mended"][kind] or 0.0)
    gain = 100 * ((errors["f1_if_mended"][worst] or 0.0) - now)
    text = f"The costliest errors are {ERRORS[worst]}: {total[worst]:,}, {gain:.1f} points of F1."
    if errors["confusions"]:
        first = errors["confusions"][0]
        text += (
            f" The types most often taken for each other: {one_line(first['gold'])} read as "
            f"{one_line(first['found'])}, {first['count']:,} times."
        )
    yield text


def _percent(share: float | None) -> str:
    return "-" if share is None or math.isnan(share) else f"{100 * share:.1f}"
