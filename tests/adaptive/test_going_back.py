"""The phases of a training that goes back to an earlier evaluation, wherever in them that was."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.adaptive.phases import PhaseMachine, State
from adaptive_spacy.adaptive.schedule import make_adaptive_v1
from tests.adaptive.phases import ARGUMENTS

SCORES = st.lists(st.one_of(st.integers(0, 5), st.just(math.nan)), max_size=20)


def observe(machine: PhaseMachine, scores: list[float], rounds: int = 0) -> int:
    """RETURNS (int): The step of the last round, of which there were some before these."""
    for score in scores:
        rounds += 1
        machine.observe(rounds * machine.interval, score)
    return rounds * machine.interval


@given(ARGUMENTS, SCORES, SCORES, SCORES)
def test_phases_go_on_as_if_the_rounds_between_had_not_been(
    arguments: dict, before: list[float], between: list[float], after: list[float]
) -> None:
    arguments = {**arguments, "peak": arguments["rate"]}
    del arguments["rate"]
    machine, expected = PhaseMachine(**arguments), PhaseMachine(**arguments)
    for one in (machine, expected):
        one.observe(0, -100.0)
        best_step = observe(one, before)
    best = machine.state.to_dict()
    step = observe(machine, between, len(before))
    past = [machine.rate(one) for one in range(step + 2)]
    phases = [machine.phase(one) for one in range(step + 2)] if not machine.finished else []
    machine.go_back(step, best_step, State.from_dict(best))
    assert [machine.rate(one) for one in range(step + 2)] == past
    if not machine.finished:
        assert [machine.phase(one) for one in range(len(phases))] == phases
    later = step - best_step
    observe(expected, after, len(before))
    observe(machine, after, len(before) + len(between))
    steps = range(best_step + 2, best_step + 200)
    assert [machine.rate(one + later) for one in steps] == [expected.rate(one) for one in steps]
    assert [machine.phase(one + later) for one in steps] == [expected.phase(one) for one in steps]
    assert machine.finished == expected.finished
    assert machine.rounds_left() == expected.rounds_left()


# scores by round, the best of which is where it goes back to, from the last; S = 2, W = 2, C = 4.
# The place of that in the phases, and the rates of the two updates after the one that was drawn
PLACES = {
    "warm-up": ([1, 2, 3], 0, "warmup", [0.75, 1.0]),
    "plateau": ([1, 2, 3, 2, 2, 2], 3, "plateau", [1.0, 1.0]),
    "cool-down": ([1, 2, 1, 1, 3, 4, 5, 6], 4, "cooldown", [1 - 3 / 8, 1 - 4 / 8]),
}


@pytest.mark.parametrize("name", PLACES)
def test_set_back_halves_the_rate_of_the_same_place(name: str) -> None:
    scores, rounds, phase, rates = PLACES[name]
    schedule = make_adaptive_v1(rate=1.0, interval=2, warmup=2, cooldown=4)
    machine = schedule.machine
    assert machine is not None
    machine.observe(0, -1.0)
    states = [machine.state.to_dict()]
    for i, score in enumerate(scores, start=1):
        machine.observe(2 * i, score)
        states.append(machine.state.to_dict())
    step = 2 * len(scores)
    schedule.set_back(step, 2 * rounds, 0.5, states[rounds])
    assert schedule.phase(step + 2) == phase
    assert [schedule.rate(step + 2 + i) for i in (0, 1)] == [rate / 2 for rate in rates]


def test_setbacks_add_up_and_leave_the_rates_that_were_drawn() -> None:
    schedule = make_adaptive_v1(rate=1.0, interval=2, warmup=0, cooldown=4)
    schedule.observe(0, -1.0)
    schedule.observe(2, 1.0)
    phases = schedule.save_state(None)["phases"]
    for step in (4, 8):
        schedule.set_back(step, 2, 0.5, phases)
    # that of the update after the evaluation was drawn before it
    assert [schedule.rate(step) for step in range(12)] == [1.0] * 6 + [0.5] * 4 + [0.25] * 2
