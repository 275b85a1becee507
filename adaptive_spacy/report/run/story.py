"""What a history tells in words: how long a training was, why it stopped, which model to take."""

import math
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from thinc.api import Config

from adaptive_spacy.adaptive.phases import PhaseMachine
from adaptive_spacy.experiments.predictions import CHECKPOINTS
from adaptive_spacy.experiments.replay import replay
from adaptive_spacy.report.training_title import counted, unit_of
from adaptive_spacy.training.history import Evaluation
from adaptive_spacy.training.soundness import FAR_BELOW

#: How a line begins that says not to take what would ship
TAKE_BEST, TAKE_NONE = "Take model-best", "Take none of its models"
#: Of the highest learning rate, what has come down all the way
LOW = 0.1


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
    return _describe_end(config, history, length, running) + _describe_setbacks(last.setbacks)


def _describe_end(
    config: Config | None, history: Sequence[Evaluation], length: str, running: bool | None
) -> str:
    unit = unit_of(history)
    if config is None and not running:
        return f"{length}. Why it stopped is not known: the checkpoint is not there, or not yet."
    machine = _replay(config, history) if config is not None else None
    if machine is None and running:
        return f"It is running, {length} so far."
    if machine is None:
        return (
            f"{length}. Its schedule is not adaptive: its config says how long it trains, unless "
            "it is stopped before."
        )
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


def _describe_setbacks(number: int) -> str:
    if not number:
        return ""
    times = "once" if number == 1 else f"{number} times, each"
    return (
        f" It unlearnt on the way, and went back to its best evaluation {times} with half the "
        "learning rate: a lower one (variables.rate) may spare it that."
    )


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
    history: Sequence[Evaluation],
    select: str,
    *,
    seen: bool,
    whole: bool = True,
    running: bool = False,
    scored_last: bool = True,
    has_best: bool = True,
) -> str:
    """Say which checkpoint the page is about, and why that.

    seen (bool): Whether dev was trained on, so that its scores say nothing.
    whole (bool): Whether the training came to its end.
    running (bool): Whether it runs, so that nothing is chosen yet.
    scored_last (bool): Whether the last evaluation is of the last model, which may have learnt on.
    has_best (bool): Whether there is a model-best to take: there is none after a first score that
        is not finite, nor where it was deleted.
    RETURNS (str): In sentences.
    """
    if seen:
        return (
            "The last model ships. It learnt from every label, for a length that came of trainings "
            "on a part of them; its scores on dev are of sentences that it has seen."
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
    had = "On dev it had" if running or scored_last else "Before its last updates it had, on dev,"
    scores = (
        f"{had} F1 {_percent(last.f)} after {unit} {counted(last.round)}; the highest was "
        f"{_percent(best.f)} after {unit} {counted(best.round)}"
    )
    if running:
        return f"Nothing yet: the training runs. {scores}."
    if not best.f:
        return _describe_none(unit, whole)
    # what ranks may be another score than F1
    kept = max(reversed(scored), key=lambda one: (_or_lowest(one.score), _or_lowest(one.f)))
    if select == "best":
        return _describe_best(kept, last, unit)
    if _lost_its_loss(history):
        fault = "whose loss was not finite (NaN or infinite)"
        return (
            f"{_instead_of_last(fault, has_best)}. {scores}. Train with a lower learning rate "
            "(variables.rate)."
        )
    if (last.f or 0.0) < min(FAR_BELOW * best.f, kept.f or 0.0):
        fault = "which fell far below it" if has_best else "which fell far below the highest F1"
        return f"{_instead_of_last(fault, has_best)}. {scores}."
    if not whole:
        other = ", or take model-best" if has_best and best is not last else ""
        return (
            "The last model is of a training that was stopped before its learning rate had come "
            f"down: go on with it{other}. {scores}."
        )
    if best is last and scored_last:
        return f"The last model ships, which is also the best on dev: F1 {_percent(last.f)}."
    down = ": its learning rate has come down all the way" if _came_down(history) else ""
    return (
        f"The last model ships{down}. {scores}, which is a maximum over all evaluations, so partly "
        "luck."
    )


def _instead_of_last(fault: str, has_best: bool) -> str:
    """RETURNS (str): Which model to take where the last one has a fault."""
    if has_best:
        return f"{TAKE_BEST} instead of the last model, {fault}"
    return f"{TAKE_NONE}: there is no model-best, only the last model, {fault}"


def _describe_none(unit: str, whole: bool) -> str:
    found = f"F1 on dev was 0.0 after every {unit}"
    if not whole:
        return (
            f"{TAKE_NONE} yet: {found}, and the training was stopped before its end: go on with it."
        )
    return (
        f"{TAKE_NONE}: {found}. Train with another learning rate (variables.rate), or on more "
        "sentences."
    )


def _describe_best(kept: Evaluation, last: Evaluation, unit: str) -> str:
    return (
        "The checkpoint with the best score on dev ships, as it was asked for: F1 "
        f"{_percent(kept.f)} after {unit} {counted(kept.round)}, the best of all evaluations, so "
        f"partly luck. The last model had {_percent(last.f)} after {unit} {counted(last.round)}."
    )


def has_checkpoint(training: Path, select: str) -> bool:
    """RETURNS (bool): Whether a checkpoint is there, as far as its config tells."""
    return (training / CHECKPOINTS[select] / "config.cfg").is_file()


def describe_lack(training: Path, select: str) -> str:
    """RETURNS (str): That a checkpoint is not there, and which one is."""
    others = [
        f" {folder} is there: --select {name}."
        for name, folder in CHECKPOINTS.items()
        if has_checkpoint(training, name)
    ]
    missing = f"Nothing: there is no {CHECKPOINTS[select]}; was the training broken off?"
    return "".join([missing, *others])


def _lost_its_loss(history: Sequence[Evaluation]) -> bool:
    """RETURNS (bool): Whether a loss that was a number is none in the end: a history has no others
    than finite ones."""
    losses = ([one.train_loss for one in history], [one.dev_loss for one in history])
    return any(one[-1] is None and any(loss is not None for loss in one) for one in losses)


def _came_down(history: Sequence[Evaluation]) -> bool:
    """RETURNS (bool): Whether a training that is whole ended with its rate low."""
    rates = [one.rate for one in history if one.rate is not None]
    low = bool(rates) and rates[-1] <= LOW * max(rates)
    return low or history[-1].phase in ("cooldown", "finished")


def _or_lowest(number: float | None) -> float:
    """RETURNS (float): A score that can be compared."""
    return -math.inf if number is None else number


def _percent(share: float | None) -> str:
    return "-" if share is None or math.isnan(share) else f"{100 * share:.1f}"
