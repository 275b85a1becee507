"""The title of a training's figure, true at any time."""

import pytest

from adaptive_spacy.adaptive.schedule import PhaseMachine
from adaptive_spacy.report.training_title import title
from tests.report.evaluations import adaptive, evaluation


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (adaptive(1), "Fine-tuning: 1 epoch, no cool-down"),
        (adaptive(3), "Fine-tuning: 3 epochs, no cool-down"),
        (adaptive(5), "Fine-tuning: 5 epochs; cool-down from epoch 4, not complete"),
        (adaptive(7), "Fine-tuning: 7 epochs; cool-down from epoch 4, then constant again"),
        (adaptive(9), "Fine-tuning: 9 epochs; cool-downs from epochs 4 and 7, not complete"),
        ([evaluation(25, epoch=2)], "Fine-tuning: 2.5 epochs"),
        ([evaluation(40, epoch=2)], "Fine-tuning: 4 rounds"),
    ],
)
def test_title_is_true_at_any_time(history, expected):
    assert title(history) == expected


def test_title_counts_many_cooldowns():
    phases = ["plateau", "plateau", "cooldown"] * 3 + ["finished"]
    history = [evaluation(10 * i, phase=phase, rate=0.0) for i, phase in enumerate(phases)]
    # the batch that was drawn before the end is no epoch
    assert (
        title(history) == "Fine-tuning: stopped after 8 epochs; 3 cool-downs, the last from epoch 7"
    )


@pytest.mark.parametrize("shape", ["linear", "sqrt", "cosine"])
@pytest.mark.parametrize("cooldown", [1, 7])
def test_title_knows_a_whole_cooldown_of_any_shape(shape, cooldown):
    machine = PhaseMachine(peak=1e-4, interval=10, warmup=0, cooldown=cooldown, shape=shape)
    history = []
    for number in range(cooldown + 3):
        step = 10 * number
        history.append(evaluation(step, phase=machine.phase(step), rate=machine.rate(step)))
        # what follows the first evaluation rises once, then stands still
        machine.observe(step, 0.0 if number else -1.0)
    assert machine.finished
    assert (
        title(history)
        == f"Fine-tuning: stopped after {cooldown + 2} epochs; cool-down from epoch 2"
    )
    if cooldown > 1:
        assert title(history[:-1]).endswith("cool-down from epoch 2, not complete")
