"""Schedules whose curve is fixed beforehand."""

import doctest

import pytest
from thinc.api import ConfigValidationError

from adaptive_spacy.adaptive import fixed_schedules as module
from adaptive_spacy.adaptive.fixed_schedules import make_hybrid_v1, make_linear_v1


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


def test_a_hybrid_without_an_end_is_refused() -> None:
    with pytest.raises(ConfigValidationError, match="total: expected a number of rounds where"):
        make_hybrid_v1(0.25).begin(rate=None, interval=lambda: 2, total_steps=lambda: 0)


def test_a_hybrid_that_is_cut_short_is_cut_in_its_cool_down() -> None:
    """Of 2 + 3 rounds there are 4."""
    schedule = make_hybrid_v1(rate=1.0, warmup=2, cooldown=3)
    schedule.begin(rate=None, interval=lambda: 2, total_steps=lambda: 8)
    warm, cool = [0.25, 0.5, 0.75, 1.0], [1 - i / 6 for i in range(3)]
    assert [schedule.rate(step) for step in range(8)] == [*warm, 1.0, *cool]


def test_linear_warms_up_for_a_part_of_a_round() -> None:
    """One step and a half are two."""
    schedule = make_linear_v1(rate=1.0, interval=3, total=2, warmup=0.5)
    assert [next(schedule) for _ in range(7)] == [0.0, 0.5, 1.0, 0.75, 0.5, 0.25, 0.0]


def test_documentation_runs() -> None:
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(module).attempted > 0
