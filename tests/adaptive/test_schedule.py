"""Schedules as the optimizer draws them: curves, arguments, and what they learn of a training."""

import math
import warnings

import numpy
import pytest
from thinc.api import SGD, Adam, ConfigValidationError, RAdam, warmup_linear

from adaptive_spacy.adaptive.fixed_schedules import make_hybrid_v1, make_linear_v1
from adaptive_spacy.adaptive.schedule import make_adaptive_v1
from adaptive_spacy.training.optimizer import make_adamw_v1

# here the schedules are drawn without a training
pytestmark = pytest.mark.filterwarnings("ignore:adaptive_spacy.adaptive.v1. nobody tells")


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


def begin(schedule, rate: float | None = None, interval: int = 2, total_steps: int = 0) -> None:
    schedule.begin(rate=rate, interval=lambda: interval, total_steps=lambda: total_steps)


# a schedule that learns from the training, and one that was given the same
LEARNT = {
    "adaptive": (lambda: make_adaptive_v1(0.3), lambda: make_adaptive_v1(0.1, 3)),
    "hybrid": (lambda: make_hybrid_v1(0.3), lambda: make_hybrid_v1(0.1, 3, 16)),
    "linear": (lambda: make_linear_v1(0.3), lambda: make_linear_v1(0.1, 3, 16)),
    # the schedule that is told its rate, too
    "auto": (lambda: make_adaptive_v1("auto"), lambda: make_adaptive_v1(0.1, 3)),
    "auto, with an interval": (
        lambda: make_adaptive_v1("auto", 3),
        lambda: make_adaptive_v1(0.1, 3),
    ),
    "auto hybrid": (lambda: make_hybrid_v1("auto", 3, 16), lambda: make_hybrid_v1(0.1, 3, 16)),
    "auto linear": (lambda: make_linear_v1("auto", 3, 16), lambda: make_linear_v1(0.1, 3, 16)),
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


@pytest.mark.parametrize("make", [make_adaptive_v1, make_hybrid_v1, make_linear_v1])
def test_a_rate_that_is_told_later_is_printed_as_it_stands_in_the_config(make) -> None:
    optimizer = Adam(make("auto"))
    # as spaCy's loop does
    assert f"Initial learn rate: {optimizer.learn_rate}" == "Initial learn rate: auto"
    begin(optimizer.schedules["learn_rate"], rate=0.25, total_steps=64)
    # the first update of the warm-up
    assert float(optimizer.learn_rate) == (0.0 if make is make_linear_v1 else 0.25 / 4)


@pytest.mark.parametrize("make", [make_adaptive_v1, make_hybrid_v1, make_linear_v1])
def test_a_rate_that_nobody_tells_is_refused_in_a_training_and_low_in_a_loop(make) -> None:
    schedule = make("auto")
    assert float(next(schedule)) == 5e-5
    with pytest.warns(UserWarning, match="the rate stays 5e-05"):
        assert next(schedule) == 5e-5
    with pytest.raises(ConfigValidationError, match=r'rate: expected a number beside .* "auto"'):
        begin(make("auto"))
    with pytest.raises(ConfigValidationError, match="rate: expected a number > 0, got 'fast'"):
        make("fast")


def test_a_schedule_without_callback_says_that_its_phase_never_turns() -> None:
    schedule = make_adaptive_v1(0.25, interval=2)
    next(schedule)
    with pytest.warns(UserWarning, match="of an evaluation: it warms up, and its phase"):
        next(schedule)


def test_a_rate_beside_a_given_interval_is_refused() -> None:
    with pytest.raises(ConfigValidationError, match="interval: expected null beside"):
        begin(make_adaptive_v1(0.25, interval=2), rate=0.5)
