"""A training that makes so many updates at least: until then no cool-down may start."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adaptive.phases import ARGUMENTS, run

SCORES = st.lists(st.one_of(st.integers(0, 5), st.just(math.nan)), max_size=30)

# least, patience, scores of the rounds, steps at which cool-downs began, step of the end. C = 2,
# S = 2, so that one from step e on ends at e + 4
TABLE = [
    (0, 0, [2, 1, 1, 1], [4], 8),
    # no later than it would be anyway
    (8, 0, [2, 1, 1, 1], [4], 8),
    # of 9 and of 10 updates the fewest whole rounds have 10
    (9, 0, [2, 1, 1, 1, 1], [6], 10),
    (10, 0, [2, 1, 1, 1, 1], [6], 10),
    (12, 0, [2, 1, 1, 1, 1, 1], [8], 12),
    (12, 0, [2, 1, 1, 1, 1], [8], None),
    # what is better meanwhile is the best from then on: 3 at step 6, again at 8
    (12, 0, [2, 1, 3, 3, 3, 3], [8], 12),
    (12, 0, [2, 1, 3, 4, 3, 3, 3], [10], 14),
    # rounds before do not count as waiting: step 8 is the first, 10 the second
    (12, 1, [2, 1, 1, 1, 1, 1, 1], [10], 14),
    # a cool-down that was left can begin again at once
    (10, 0, [2, 1, 1, 3, 1], [6, 10], None),
]


@pytest.mark.parametrize(("least", "patience", "scores", "coolings", "end"), TABLE)
def test_cool_down_waits_until_so_many_updates_will_have_been_made(
    least: int, patience: int, scores: list[int], coolings: list[int], end: int | None
) -> None:
    rates, schedule = run(scores, warmup=0, cooldown=2, patience=patience, least=least)
    state = schedule.machine.state
    assert [one.cooling_from for one in state.segments if one.cooling_from] == coolings
    assert state.finished_at == end
    # the rate of e + 1 is that of the plateau, as f(0) is 1
    first = coolings[0] + 2
    assert rates[:first] == [1.0] * first
    assert rates[first] == 0.75


@pytest.mark.parametrize(("interval", "begins"), [(22, 66), (23, 46)])
def test_long_rounds_are_not_held(interval: int, begins: int) -> None:
    """As docs/method.md says of 200 updates: the earliest cool-down begins in the second round."""
    arguments = {"warmup": 2, "cooldown": 7, "interval": interval, "least": 200}
    _, schedule = run([2, 1, 1], **arguments)
    assert schedule.machine.state.segments[0].cooling_from == begins


def test_training_without_a_cool_down_makes_them_too() -> None:
    _, schedule = run([2, 1, 1, 1, 1], warmup=0, cooldown=0, least=9)
    assert schedule.machine.state.finished_at == 10


@pytest.mark.parametrize("least", [0, 1000])
@pytest.mark.parametrize("first", [[], [math.nan] * 3])
def test_monitor_that_stands_still_ends_the_training_all_the_same(
    first: list[float], least: int
) -> None:
    """The rounds before `least` count then: the first value, and five that do not improve on it."""
    _, schedule = run([*first, *[0] * 5], 1.0, stall=5, least=least)
    assert not schedule.finished
    _, schedule = run([*first, *[0] * 6], 1.0, stall=5, least=least)
    assert schedule.machine.stalled
    assert schedule.machine.state.finished_at == 2 * (len(first) + 6)


@pytest.mark.parametrize(("first", "rounds"), [(math.nan, 4), (0.0, 5)])
def test_rounds_left_before_the_first_value_are_those_without_any(
    first: float, rounds: int
) -> None:
    """A finite one is the first to improve on, and no round without improvement."""
    _, schedule = run([], 1.0, stall=4)
    assert schedule.machine.rounds_left() == 4
    _, schedule = run([first] * 9, 1.0, stall=4)
    assert schedule.machine.state.rounds == rounds


@given(ARGUMENTS, SCORES)
def test_whole_cool_down_ends_at_the_least_or_later(arguments: dict, scores: list[float]) -> None:
    _, schedule = run(scores, **arguments)
    machine = schedule.machine
    if machine.finished and not machine.stalled:
        assert machine.state.finished_at >= arguments["least"]


@given(ARGUMENTS, SCORES)
def test_fewest_rounds_left_are_those_without_another_improvement(
    arguments: dict, scores: list[float]
) -> None:
    _, schedule = run(scores, **arguments)
    machine = schedule.machine
    left = machine.rounds_left()
    ways = []
    # from here on never better; or, before the first rise, once
    for first in (math.nan,) if machine.state.risen else (math.nan, 99.0):
        _, other = run([*scores, first, *[math.nan] * 90], **arguments)
        assert other.machine.state.finished_at is not None
        ways.append(other.machine.state.rounds - machine.state.rounds)
    assert left == min(ways)
