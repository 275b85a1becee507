"""Facts of a training, as a card states them."""

from pathlib import Path

import pytest

from adaptive_spacy.serving.facts import (
    describe_checkpoint,
    describe_length,
    describe_training,
)
from tests.report.evaluations import evaluation


def test_facts_of_a_training(foreign: Path) -> None:
    assert describe_training(foreign) == {
        "sentences of train": 48,
        "sentences of dev": 10,
        "highest learning rate": "0.005",
        "schedule": "adaptive_spacy.adaptive.v1",
        "seed": 0,
        "length": "10 epochs, 30 steps",
        "checkpoint": "the last one",
    }
    best = describe_training(foreign.with_name("model-best"))
    assert best["checkpoint"].startswith("the one with the best score on dev, after step ")


def test_best_checkpoint_is_of_the_latest_evaluation_that_was_best() -> None:
    history = [evaluation(0), evaluation(10), evaluation(20, best=False)]
    when = "the one with the best score on dev, after step 10"
    assert describe_checkpoint(Path("out/model-best"), history) == when


def test_rounds_that_are_no_epochs_are_called_so() -> None:
    assert describe_length([evaluation(50)]) == {"length": "5 epochs, 50 steps"}
    rounds = {"length": "5 rounds of evaluation, 50 steps"}
    assert describe_length([evaluation(50, epoch=15)]) == rounds


@pytest.mark.parametrize(("fraction", "share"), [(0.25, "25 %"), (1.0, None)])
def test_part_of_the_data_is_stated(fraction: float, share: str | None, tmp_path: Path) -> None:
    (tmp_path / "config.cfg").write_text(f"[variables]\nfraction = {fraction}\n")
    assert describe_training(tmp_path).get("share of the data") == share
