"""What a training wrote down: `history.jsonl`, one JSON object per evaluation.

`adaptive_spacy.Logger.v1` writes it. A *round* is the time between two evaluations,
`eval_frequency` update steps; with one evaluation per epoch a round is an epoch.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

#: Name of the file in a training's output folder. The logger's constants are spelt again here, so
#: that reading a history does not load torch; the tests compare the two.
HISTORY = "history.jsonl"
#: spaCy's names for the folders of the last checkpoint and of the best one
LAST, BEST = "model-last", "model-best"
#: Beyond any number of a training
MOST = 10**18
PHASES = ("warmup", "plateau", "cooldown", "finished")


@dataclass(frozen=True)
class Evaluation:
    """One evaluation during a training.

    epoch (int): Epoch of the update just made, from 0.
    step (int): That update's step, from 0; the evaluation at step 0 has seen one batch.
    phase (str | None): Phase of that update: "warmup", "plateau", "cooldown" or "finished";
        None: the schedule has no phases.
    rate (float | None): Learning rate of that update.
    train_loss (float | None): Mean per batch, or part of one, that was learnt from since the last
        evaluation.
    dev_loss (float | None): Loss on the validation set.
    p, r, f (float | None): Precision, recall and F1 of entities on the validation set, in [0, 1].
    score (float | None): spaCy's main score, higher is better; None if it was not finite.
    best (bool): Whether the main score is the best so far.
    seconds (float): Since the training began.
    steps_per_round (int): Update steps between two evaluations.
    losses (dict): `train_loss` by component.
    scores (dict): Every metric that spaCy reported.
    precision (str | None): What the transformer computed in: "float32", "bfloat16" or "float16";
        None: not ours, or an older history.
    setbacks (int): How often the training had gone back to its best evaluation until then
        (`adaptive_spacy.guard.v1`).
    """

    epoch: int
    step: int
    phase: str | None
    rate: float | None
    train_loss: float | None
    dev_loss: float | None
    p: float | None
    r: float | None
    f: float | None
    score: float | None
    best: bool
    seconds: float
    steps_per_round: int
    losses: dict[str, float | None]
    scores: dict[str, float | None]
    precision: str | None = None
    setbacks: int = 0

    @property
    def round(self) -> float:
        """RETURNS (float): Rounds since the start; whole but for the last evaluation."""
        return self.step / self.steps_per_round


def as_line(row: Mapping[str, Any]) -> str:
    """RETURNS (str): An evaluation, as a line of the file."""
    # not srsly: it keeps nine decimals
    return json.dumps(row, default=float) + "\n"


class Stretch(NamedTuple):
    """phase (str): The phase. start, end (float): First and last round of it."""

    phase: str
    start: float
    end: float


def read_history(path: Path, *, growing: bool = False) -> list[Evaluation]:
    """Read a training's evaluations.

    path (Path): The training's output folder, or the file itself.
    growing (bool): The training may be writing: there may be no evaluation yet, and a last line
        that has no end yet is left out.
    RETURNS (list[Evaluation]): In order of their steps, at least one unless it is growing.
    RAISES (ValueError): If there is no history, or a line is broken (names file and line).
    """
    file = path / HISTORY if path.is_dir() or growing else path
    if not file.is_file():
        if growing:
            return []
        raise ValueError(
            f"expected a training's output folder or its {HISTORY}, got {path.as_posix()}, which "
            f"{f'has no {HISTORY}' if path.is_dir() else 'does not exist'}; trainings with "
            '[training.logger] @loggers = "adaptive_spacy.Logger.v1" write it'
        )
    history: list[Evaluation] = []
    # what is no text is found line by line, and named with its line
    with file.open(encoding="utf8", errors="surrogateescape") as lines:
        for number, line in enumerate(lines, start=1):
            if growing and not line.endswith("\n"):
                break
            try:
                evaluation = _parse(line)
                if history and evaluation.step <= history[-1].step:
                    raise ValueError(
                        f"step: expected more than the line before has, {history[-1].step}, "
                        f"got {evaluation.step}"
                    )
            except ValueError as error:
                raise ValueError(f"{file.as_posix()}:{number}: {error}") from None
            history.append(evaluation)
    if not history and not growing:
        raise ValueError(f"{file.as_posix()}: expected at least one evaluation, the file is empty")
    return history


def history_of_last(pipeline: Path) -> list[Evaluation]:
    """RETURNS (list[Evaluation]): Of the training whose last checkpoint this is; none for another
    pipeline, or without a readable history beside it."""
    checkpoint = find_checkpoint(pipeline)
    if checkpoint.name != LAST:
        return []
    try:
        return read_history(checkpoint.parent)
    except (ValueError, OSError):
        return []


def find_checkpoint(pipeline: Path) -> Path:
    """RETURNS (Path): A pipeline's folder under the name that its training gave it, however it is
    named: by a link, or by "." in it."""
    given = pipeline.absolute()
    # a checkpoint may be a link itself, to where there is more room
    if given.name in (LAST, BEST) and (given.parent / HISTORY).is_file():
        return given
    return pipeline.resolve()


def stretches(history: Sequence[Evaluation]) -> list[Stretch]:
    """Read the phases off a history.

    history (Sequence[Evaluation]): At least one evaluation.
    RETURNS (list[Stretch]): The phases in order, without gap or overlap; none for a schedule
        without phases.
    """
    if any(evaluation.phase is None for evaluation in history):
        return []
    found: list[Stretch] = []
    phase, start = str(history[0].phase), history[0].round
    for before, after in pairwise(history):
        if after.phase == phase:
            continue
        # Phases change at an evaluation, and the update that is evaluated belongs to the phase
        # that ends: the new one begins at the row before its first. Only the warm-up ends by
        # count, so that the update evaluated there is the plateau's first.
        warmed_up = (phase, after.phase) == ("warmup", "plateau")
        change = after.round if warmed_up else before.round
        found.append(Stretch(phase, start, change))
        phase, start = str(after.phase), change
    last = Stretch(phase, start, history[-1].round)
    # a phase may begin with the last update, too late to be one
    return found if found and last.start == last.end else [*found, last]


def rounds_are_epochs(history: Sequence[Evaluation]) -> bool:
    """RETURNS (bool): Whether the training was evaluated once per epoch, give or take a tenth:
    batches by words are not the same number in each epoch."""
    last = history[-1]
    return abs(last.epoch - int(last.round)) <= 0.1 * last.round


def _parse(line: str) -> Evaluation:
    try:
        data = json.loads(line)
    # of a number of thousands of digits Python raises one that is not JSON's own
    except (ValueError, RecursionError) as error:
        raise ValueError(f"expected a JSON object, got {line.strip()[:40]!r} ({error})") from None
    if not isinstance(data, dict):
        raise ValueError(f"expected a JSON object, got {line.strip()[:40]!r}")
    required = (field.name for field in fields(Evaluation) if field.default is MISSING)
    missing = [name for name in required if name not in data]
    if missing:
        raise ValueError(f"expected the keys of an evaluation, {', '.join(missing)} is missing")
    return Evaluation(
        epoch=_whole(data, "epoch", 0),
        step=_whole(data, "step", 0),
        phase=_phase(data),
        rate=_number(data, "rate"),
        train_loss=_number(data, "train_loss"),
        dev_loss=_number(data, "dev_loss"),
        p=_number(data, "p"),
        r=_number(data, "r"),
        f=_number(data, "f"),
        score=_number(data, "score"),
        best=_checked(data, "best", type(data["best"]) is bool, "true or false"),
        seconds=_seconds(data),
        steps_per_round=_whole(data, "steps_per_round", 1),
        losses=_table(data, "losses"),
        scores=_table(data, "scores"),
        precision=_name(data, "precision"),
        setbacks=_whole({"setbacks": 0, **data}, "setbacks", 0),
    )


def _checked(data: dict[str, Any], key: str, holds: bool, expected: str) -> Any:
    if not holds:
        raise ValueError(f"{key}: expected {expected}, got {data[key]!r:.40}")
    return data[key]


def _whole(data: dict[str, Any], key: str, lowest: int) -> int:
    value = data[key]
    expected = f"a whole number >= {lowest}"
    _checked(data, key, type(value) is int and value >= lowest, expected)
    return int(_checked(data, key, value < MOST, f"{expected}, and less than {MOST:.0e}"))


def _seconds(data: dict[str, Any]) -> float:
    value = data["seconds"]
    known = type(value) in (int, float) and 0 <= value < MOST
    return float(_checked(data, "seconds", known, "a number"))


def _number(data: dict[str, Any], key: str) -> float | None:
    """RETURNS (float | None): The number; None also for NaN, which JSON cannot hold but Python
    writes."""
    value = data[key]
    if value is None:
        return None
    _checked(data, key, type(value) in (int, float), "a number or null")
    # Python compares whole numbers that are none of its floats
    _checked(data, key, not isinstance(value, int) or abs(value) < MOST, f"less than {MOST:.0e}")
    return float(value) if math.isfinite(value) else None


def _name(data: dict[str, Any], key: str) -> str | None:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{key}: expected a name or null, got {value!r}")
    return value


def _phase(data: dict[str, Any]) -> str | None:
    known = data["phase"] in (None, *PHASES)
    phase: str | None = _checked(data, "phase", known, f"one of {', '.join(PHASES)} or null")
    return phase


def _table(data: dict[str, Any], key: str) -> dict[str, float | None]:
    table = _checked(data, key, isinstance(data[key], dict), "an object of numbers")
    return {name: _number(table, name) for name in table}
