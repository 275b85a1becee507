"""Which trackers are installed, and a training told to one of them without training."""

import importlib.util
from typing import Any

import pytest
import spacy

NAMES = {"mlflow": "MLflow", "tensorboard": "TensorBoard", "wandb": "Wandb"}
MISSING = [name for name in NAMES if importlib.util.find_spec(name) is None]
#: What spaCy says of an evaluation, with the row of the log
INFO = {
    **{"step": 3, "other_scores": {}, "score": 0.0, "losses": {}},
    "evaluation": {
        **{"rate": 0.1, "phase": "warmup", "epoch": 0, "train_loss": 1.0, "score": 0.0},
        "scores": {},
    },
}


def needs(name: str) -> pytest.MarkDecorator:
    """RETURNS (MarkDecorator): Skips where a tracker is not installed."""
    reason = f'{name} is not installed: pip install -e ".[track]"'
    return pytest.mark.skipif(name in MISSING, reason=reason)


def follow(setup: Any, steps: list[int]) -> None:
    """Tell a tracker of a training without an output folder."""
    step, finish = setup(spacy.blank("xx"))
    for number in steps:
        step({**INFO, "step": number})
    finish()
