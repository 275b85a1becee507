"""Evaluations of a training that nobody made."""

import math
from typing import Any

from adaptive_spacy.adaptive.schedule import PhaseMachine
from adaptive_spacy.training.history import Evaluation

NAN = math.nan


#: Validation losses by round: a cool-down from 4, an improvement at 6, a cool-down from 7 to 10
LOSSES = [0.9, 0.6, 0.4, 0.5, 0.45, 0.3, 0.31, 0.32, 0.33, 0.34]


F1 = [0.1, 0.5, 0.6, 0.65, 0.7, 0.72, 0.75, 0.81, 0.8, 0.79]


def evaluation(step: int, interval: int = 10, **changes: Any) -> Evaluation:
    """RETURNS (Evaluation): Of a step, with what a field is changed to."""
    row: dict[str, Any] = {
        "epoch": step // interval,
        "step": step,
        "phase": None,
        "rate": 1e-4,
        "train_loss": 1 / (step + 1),
        "dev_loss": 0.5,
        "p": 0.5,
        "r": 0.5,
        "f": 0.5,
        "score": 0.5,
        "best": True,
        "seconds": 1.0,
        "steps_per_round": interval,
        "losses": {"transformer_ner": 0.5},
        "scores": {"ents_f": 0.5},
    }
    return Evaluation(**{**row, **changes})


def adaptive(rounds: int = 10) -> list[Evaluation]:
    """A training with a resumed and a whole cool-down, after so many rounds."""
    machine = PhaseMachine(peak=1e-4, interval=10, warmup=2, cooldown=3)
    history = [evaluation(0, phase="warmup", rate=machine.rate(0), dev_loss=2.0, f=0.0)]
    for number, (loss, f) in enumerate(zip(LOSSES, F1, strict=True), start=1):
        step = 10 * number
        phase, rate = machine.phase(step), machine.rate(step)
        history.append(evaluation(step, phase=phase, rate=rate, dev_loss=loss, f=f, score=f))
        machine.observe(step, -loss)
    assert machine.finished
    return history[: rounds + 1]
