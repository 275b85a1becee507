"""Lengths of trainings against spaCy's own loop, which goes through them with nothing to learn."""

from collections.abc import Iterator
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
import spacy
from spacy.tokens import Doc
from spacy.training import Example
from spacy.training.loop import create_train_batches, train_while_improving

from adaptive_spacy.adaptive.phases import PhaseMachine
from adaptive_spacy.adaptive.steps import one_by_one
from adaptive_spacy.training.checks.findings import Findings
from adaptive_spacy.training.checks.length import check_rounds

EMPTY = Doc(spacy.blank("xx").vocab)
#: A pipeline and an optimizer that do nothing
NLP: Any = SimpleNamespace(pipeline=[], update=lambda *_, **__: None)
OPTIMIZER: Any = SimpleNamespace(step_schedules=lambda: None, averages=None)
#: Batches per epoch, updates of a round
SIZES = list(product((1, 2, 3), (1, 2, 4)))


def evaluated(training: dict[str, Any], batches: int) -> Iterator[int]:
    """Yield the steps that spaCy evaluates."""
    examples = [Example(EMPTY, EMPTY) for _ in range(batches)]
    steps = train_while_improving(
        NLP,
        OPTIMIZER,
        create_train_batches(NLP, lambda _: examples, one_by_one, training["max_epochs"]),
        lambda: (0.0, {}),
        dropout=0.0,
        eval_frequency=training["eval_frequency"],
        accumulate_gradient=1,
        patience=0,
        max_steps=training["max_steps"],
        exclude=[],
        annotating_components=[],
        before_update=None,
    )
    for _, info, is_best in steps:
        if is_best is not None:
            yield info["step"]


def errors(training: dict[str, Any], batches: int) -> list[str]:
    found = Findings(steps_per_epoch=batches)
    check_rounds(training, found)
    return found.errors


def make(
    schedule: dict[str, Any], interval: int, max_steps: int = 0, max_epochs: int = 0
) -> dict[str, Any]:
    return {
        "optimizer": {"learn_rate": {"rate": 1.0, "warmup": 0, **schedule}},
        "eval_frequency": interval,
        "patience": 0,
        "max_steps": max_steps,
        "max_epochs": max_epochs,
    }


@pytest.mark.parametrize(("batches", "interval"), SIZES)
def test_refused_is_what_ends_before_the_schedule_can(batches: int, interval: int) -> None:
    lengths = {"cooldown": 1, "patience": 1}
    schedule = {"@schedules": "adaptive_spacy.adaptive.v1", **lengths}
    limits = [(steps, 0) for steps in range(1, 20)]
    limits += [(steps, epochs) for epochs in range(1, 20) for steps in (0, 11)]
    for max_steps, max_epochs in limits:
        training = make(schedule, interval, max_steps, max_epochs)
        machine = PhaseMachine(peak=1.0, interval=interval, **lengths)
        for step in evaluated(training, batches):
            # nothing improves after the first round
            machine.observe(step, float(step > 0))
        ends_well = errors(training, batches) == []
        assert ends_well == machine.finished, (max_steps, max_epochs)


@pytest.mark.parametrize("name", ["hybrid", "linear"])
@pytest.mark.parametrize(("batches", "interval"), SIZES)
def test_refused_is_what_ends_before_a_fixed_curve(name: str, batches: int, interval: int) -> None:
    schedule: dict[str, Any] = {"@schedules": f"adaptive_spacy.{name}.v1"}
    if name == "hybrid":
        schedule["cooldown"] = 1
    for rounds, max_epochs in product((2, 3), range(1, 13)):
        end = rounds * interval
        training = make(schedule, interval, end, max_epochs)
        ends_well = list(evaluated(training, batches))[-1] == end
        for total in ({}, {"total": rounds}):
            given = make({**schedule, **total}, interval, end, max_epochs)
            assert (errors(given, batches) == []) == ends_well, (rounds, max_epochs)


def test_a_curve_that_ends_between_two_evaluations_needs_its_updates_alone() -> None:
    schedule = {"@schedules": "adaptive_spacy.linear.v1"}
    # 10 updates of 5 batches per epoch, the last of which is evaluated after step 9 in any case
    for max_epochs in (0, 2):
        training = make(schedule, 3, 10, max_epochs)
        assert list(evaluated(training, 5))[-1] == 9
        assert errors(training, 5) == []
    assert len(errors(make(schedule, 3, 10, 1), 5)) == 1


def test_a_curve_by_rounds_needs_max_steps() -> None:
    schedule = {"@schedules": "adaptive_spacy.hybrid.v1", "cooldown": 1, "total": 4}
    # as many epochs as rounds: the last one is never evaluated
    assert errors(make(schedule, 5, 0, 4), 5) == [
        "[training] max_steps: expected 20, which is total * interval of adaptive_spacy.hybrid.v1, "
        "got no limit: the training would not end with the cool-down"
    ]
