"""Evaluations of a training that nobody made."""

from typing import Any

from adaptive_spacy.training.history import Evaluation


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
