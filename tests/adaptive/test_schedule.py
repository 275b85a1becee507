"""Schedules as the optimizer draws them: curves, arguments, and what they learn of a training."""

import doctest
import math
import warnings

import numpy
import pytest
from thinc.api import SGD, Adam, ConfigValidationError, RAdam, warmup_linear

from adaptive_spacy.adaptive import schedule as module
from adaptive_spacy.adaptive.schedule import (
    make_adaptive_v1,
    make_hybrid_v1,
    make_linear_v1,
)
from adaptive_spacy.training.optimizer import make_adamw_v1

# here the schedules are drawn without a training
pytestmark = pytest.mark.filterwarnings("ignore:adaptive_spacy.adaptive.v1. nobody tells")


def test_hybrid_has_the_curve_of_an_adaptive_run() -> None:
    # total 4, C = 2: e = (4 - 2) * 2 = 4
    schedule = make_hybrid_v1(rate=1.0, interval=2, total=4, warmup=1, cooldown=2)
    rates = [next(schedule) for _ in range(11)]
    assert rates == pytest.approx([0.5, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0, 0])
    assert [schedule.machine.phase(t) for t in (0, 2, 4, 5, 6)] == [
        "warmup",
        "plateau",
        "plateau",
        "cooldown",
        "cooldown",
    ]


def test_optimizer_draws_the_rate_of_the_next_update() -> None:
    schedule = make_adaptive_v1(rate=1.0, interval=4, warmup=1)
    optimizer = Adam(schedule)
    seen = [optimizer.learn_rate]
    for _ in range(4):
        optimizer.step_schedules()
        seen.append(optimizer.learn_rate)
    assert seen == [0.25, 0.5, 0.75, 1.0, 1.0]


BAD = [
    ({"rate": 0.0}, "rate: expected a number > 0, got 0.0"),
    ({"rate": math.inf}, "rate: expected a number > 0, got inf"),
    ({"interval": 0}, "interval: expected a whole number >= 1, got 0"),
    ({"warmup": -1}, "warmup: expected a whole number >= 0, got -1"),
    ({"cooldown": -1}, "cooldown: expected a whole number >= 0, got -1"),
    ({"patience": -2}, "patience: expected a whole number >= 0, got -2"),
    ({"min_delta": -0.1}, "min_delta: expected a number >= 0, got -0.1"),
    ({"stall": 0}, "stall: expected a whole number >= 1, got 0"),
    ({"shape": "steps"}, "shape: expected one of linear, sqrt, cosine, got 'steps'"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_schedule_refuses_bad_arguments(arguments, message) -> None:
    with pytest.raises(ConfigValidationError) as error:
        make_adaptive_v1(**{"rate": 1.0, "interval": 2, **arguments})
    assert error.value.desc == f"[training.optimizer.learn_rate] {message}"


def test_hybrid_halves_its_rate_after_rounds() -> None:
    schedule = make_hybrid_v1(rate=1.0, interval=2, total=5, warmup=1, cooldown=2, halved=[1, 3, 3])
    # two updates a round, and that of step 0
    assert [schedule.rate(step) for step in range(11)] == [
        *(0.5, 1.0, 1.0),
        *(0.5, 0.5, 0.5, 0.5),
        *(0.125, 0.125 * 0.75, 0.125 * 0.5, 0.125 * 0.25),
    ]
    with pytest.raises(ConfigValidationError, match="halved: expected a whole number"):
        make_hybrid_v1(rate=1.0, halved=[-1])


def test_hybrid_refuses_a_total_that_is_too_short() -> None:
    with pytest.raises(ConfigValidationError) as error:
        make_hybrid_v1(rate=1.0, interval=2, total=8, warmup=2, cooldown=7)
    assert error.value.desc == (
        "[training.optimizer.learn_rate] total: expected at least warmup + cooldown = 9, got 8"
    )


def test_schedule_documentation_runs() -> None:
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(module).attempted > 0


def begin(schedule, rate: float | None = None, interval: int = 2, total_steps: int = 0) -> None:
    schedule.begin(rate=rate, interval=lambda: interval, total_steps=lambda: total_steps)


# a schedule that learns from the training, and one that was given the same
LEARNT = {
    "adaptive": (lambda: make_adaptive_v1(0.3), lambda: make_adaptive_v1(0.1, 3)),
    "hybrid": (lambda: make_hybrid_v1(0.3), lambda: make_hybrid_v1(0.1, 3, 16)),
    "linear": (lambda: make_linear_v1(0.3), lambda: make_linear_v1(0.1, 3, 16)),
    "thinc": (lambda: make_linear_v1(0.3), lambda: warmup_linear(0.1, 6, 48)),
}


@pytest.mark.parametrize("optimizer", [Adam, RAdam, SGD, make_adamw_v1])
@pytest.mark.parametrize("name", LEARNT)
def test_learnt_rates_give_the_same_weights_bit_for_bit(name: str, optimizer) -> None:
    def train(schedule, learns: bool) -> bytes:
        sgd = optimizer(schedule)
        if learns:
            begin(schedule, rate=0.1, interval=3, total_steps=48)
        weights = numpy.linspace(-1, 1, 7, dtype="f").reshape(7, 1)
        for step in range(50):
            gradient = numpy.cos(weights * 3 + step).astype("f")
            weights, _ = sgd((1, "W"), weights, gradient)
            sgd.step_schedules()
        return weights.tobytes()

    learnt, given = LEARNT[name]
    assert train(learnt(), True) == train(given(), False)


@pytest.mark.parametrize("make", [make_adaptive_v1, make_hybrid_v1, make_linear_v1])
def test_a_schedule_that_no_training_tells_stays_at_its_rate_and_says_so_once(make) -> None:
    schedule = make(0.25)
    rates = [next(schedule)]
    with pytest.warns(UserWarning, match=r"nobody tells this schedule how long a round is: the"):
        rates.append(next(schedule))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rates += [next(schedule) for _ in range(9)]
    assert rates == [0.25] * 11


def test_a_schedule_without_callback_says_that_its_phase_never_turns() -> None:
    schedule = make_adaptive_v1(0.25, interval=2)
    next(schedule)
    with pytest.warns(UserWarning, match="of an evaluation: it warms up, and its phase"):
        next(schedule)


def test_a_rate_beside_a_given_interval_is_refused() -> None:
    with pytest.raises(ConfigValidationError, match="interval: expected null beside"):
        begin(make_adaptive_v1(0.25, interval=2), rate=0.5)


def test_a_hybrid_without_an_end_is_refused() -> None:
    with pytest.raises(ConfigValidationError, match="total: expected a number of rounds where"):
        begin(make_hybrid_v1(0.25))
