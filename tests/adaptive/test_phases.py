"""The rules of the phases, beside tables by hand and whatever the scores are."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.adaptive.schedule import (
    PhaseMachine,
    State,
    make_adaptive_v1,
)
from tests.adaptive.phases import ARGUMENTS, run

# here the schedules are drawn without a training
pytestmark = pytest.mark.filterwarnings("ignore:adaptive_spacy.adaptive.v1. nobody tells")


# Arguments, scores of the rounds, and the rates by hand from the rules. S = 2 unless named, so the
# rounds end at the steps 2, 4, 6, ... and a table is two longer than they are.
TABLES = {
    "warm-up over two rounds, then the plateau": (
        {"warmup": 2, "cooldown": 2},
        [1, 2, 3],
        [0.25, 0.5, 0.75, 1, 1, 1, 1, 1],
    ),
    "no warm-up": ({"warmup": 0, "cooldown": 2}, [1, 2], [1, 1, 1, 1, 1, 1]),
    "cool-down to the end: e = 4": (
        {"warmup": 0, "cooldown": 2},
        [2, 1, 1, 1],
        [1, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0],
    ),
    "better at 6, in the cool-down of e = 4: the plateau from 8": (
        {"warmup": 0, "cooldown": 2},
        [2, 1, 3, 4],
        [1, 1, 1, 1, 1, 1, 0.75, 0.5, 1, 1],
    ),
    "twice: better at 6 in that of e = 4, at 10 in that of e = 8": (
        {"warmup": 0, "cooldown": 2},
        [2, 1, 3, 2, 5, 6],
        [1, 1, 1, 1, 1, 1, 0.75, 0.5, 1, 1, 0.75, 0.5, 1, 1],
    ),
    "patience 1 forgives a round: e = 6": (
        {"warmup": 0, "cooldown": 2, "patience": 1},
        [2, 1, 1, 1, 1],
        [1, 1, 1, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0],
    ),
    "patience 1 is whole again after an improvement: e = 10": (
        {"warmup": 0, "cooldown": 2, "patience": 1},
        [2, 1, 3, 1, 1, 1],
        [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.75, 0.5],
    ),
    "out of an unfinished warm-up, e = 4: the formula holds from 6": (
        {"warmup": 8, "cooldown": 2},
        [2, 1, 1],
        [1 / 16, 2 / 16, 3 / 16, 4 / 16, 5 / 16, 6 / 16, 0.75, 0.5],
    ),
    "an improvement then goes to the peak, not back into the warm-up": (
        {"warmup": 8, "cooldown": 2},
        [2, 1, 3, 4],
        [1 / 16, 2 / 16, 3 / 16, 4 / 16, 5 / 16, 6 / 16, 0.75, 0.5, 1, 1],
    ),
    "without resume nothing counts in cool-down": (
        {"warmup": 0, "cooldown": 2, "resume": False},
        [2, 1, 3, 4],
        [1, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0],
    ),
    "min_delta 0.5: 2.5 does not beat 2, 2.6 does": (
        {"warmup": 0, "cooldown": 2, "min_delta": 0.5},
        [2, 2.4, 2.5, 2.6, 2.7],
        [1, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0, 1, 1],
    ),
    "C = 1": ({"warmup": 0, "cooldown": 1}, [2, 1, 1], [1, 1, 1, 1, 1, 1, 0.5, 0]),
    "C = 0": ({"warmup": 0, "cooldown": 0}, [2, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1]),
    "sqrt": (
        {"warmup": 0, "cooldown": 2, "shape": "sqrt"},
        [2, 1, 1, 1],
        [1, 1, 1, 1, 1, 1, 0.5, 0.2928932188134524, 0.1339745962155614, 0],
    ),
    "cosine": (
        {"warmup": 0, "cooldown": 2, "shape": "cosine"},
        [2, 1, 1, 1],
        [1, 1, 1, 1, 1, 1, 0.8535533905932737, 0.5, 0.1464466094067263, 0],
    ),
    "NaN and infinity do not improve": (
        {"warmup": 0, "cooldown": 2},
        [2, math.nan, math.inf, 1],
        [1, 1, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0],
    ),
    "a NaN before the first improvement starts no cool-down; then e = 6": (
        {"warmup": 0, "cooldown": 3},
        [math.nan, -9, math.nan, -8],
        [1, 1, 1, 1, 1, 1, 1, 1, 5 / 6, 4 / 6],
    ),
    "one step per round: e = 2, better at 4": (
        {"warmup": 0, "cooldown": 3, "interval": 1},
        [2, 1, 1, 3, 1],
        [1, 1, 1, 1, 2 / 3, 1 / 3, 1],
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_phases_matches_the_table(name: str) -> None:
    arguments, scores, expected = TABLES[name]
    rates, _ = run(scores, **arguments)
    assert rates == pytest.approx(expected, abs=1e-12)


# patience, cooldown, resume, scores, step of the end (S = 2) or None
ENDS = [
    (0, 2, True, [2, 1, 1], None),
    (0, 2, True, [2, 1, 1, 1], 8),
    (0, 2, True, [2, 1, 1, 3], None),
    (0, 2, True, [2, 1, 1, 3, 1, 1, 1], 14),
    (1, 2, True, [2, 1, 1, 1], None),
    (1, 2, True, [2, 1, 1, 1, 1], 10),
    (0, 2, False, [2, 1, 3, 4], 8),
    (0, 0, True, [2, 1], 4),
    (2, 0, True, [2, 1, 1], None),
    (2, 0, True, [2, 1, 1, 1], 8),
    (0, 1, True, [math.nan, math.nan], None),
]


@pytest.mark.parametrize(("patience", "cooldown", "resume", "scores", "end"), ENDS)
def test_phases_finishes_at_the_step(patience, cooldown, resume, scores, end) -> None:
    _, schedule = run(scores, patience=patience, cooldown=cooldown, resume=resume, warmup=0)
    assert schedule.machine.state.finished_at == end
    assert schedule.finished == (end is not None)


def test_phases_stays_finished() -> None:
    _, schedule = run([2, 1, 1, 1, 9, 9], warmup=0, cooldown=2)
    assert schedule.machine.state.finished_at == 8
    assert schedule.machine.state.best == [2]
    assert next(schedule) == 0.0


def test_phases_names_the_phase_of_each_update() -> None:
    _, schedule = run([2, 3, 1, 4, 1, 1, 1], warmup=1, cooldown=2)
    phases = [schedule.machine.phase(step) for step in range(16)]
    assert phases == [
        *["warmup"] * 2,
        *["plateau"] * 6,  # 2 to 7: e = 6, whose rate is lowered from 8 on
        *["cooldown"] * 2,  # 8, 9: better at 8
        *["plateau"] * 2,  # 10, 11: e = 10
        *["cooldown"] * 3,  # 12, 13, 14
        "finished",
    ]


# score at step 0, scores of the rounds, step of the end, steps at which cool-downs began, whether
# it stood still. C = 2, patience 1, stall 5, S = 2
STILL = [
    # never better than at first: no cool-down, and an end. The first round is the first value there
    # is to improve on, and no round without improvement
    (0.0, [0] * 6, 12, [], True),
    (0.0, [0] * 5, None, [], False),
    # good from the start, e.g. a training resumed
    (9.0, [8, 7, 6, 5, 4, 3], 12, [], True),
    # rounds before the first rise do not count: it rises at 8, is good until 12, cools from there
    (0.0, [0, 0, 0, 1, 1, 1], None, [12], False),
    (0.0, [0, 0, 0, 1, 1, 1, 1, 1], 16, [12], False),
    # nothing but NaN: there is no first value
    (math.nan, [math.nan] * 5, 10, [], True),
    (math.nan, [math.nan, 0, 0, 0, 0, 1, 0, 0], None, [16], False),
    # better than step 0, or than the first round: either is a rise
    (0.0, [5, 4, 4], None, [6], False),
    (9.0, [5, 6, 5, 5], None, [8], False),
]


@pytest.mark.parametrize(("start", "scores", "end", "coolings", "stalled"), STILL)
def test_phases_waits_for_a_first_improvement(start, scores, end, coolings, stalled) -> None:
    rates, schedule = run(scores, start, patience=1, warmup=0, cooldown=2, stall=5)
    machine = schedule.machine
    assert machine.state.finished_at == end
    assert [one.cooling_from for one in machine.state.segments] == coolings
    assert machine.stalled == stalled
    if not coolings:
        assert rates == [1.0] * len(rates)


@pytest.mark.parametrize(("score", "risen"), [(0.3, False), (0.6, True)])
def test_phases_waits_for_a_first_improvement_that_counts(score: float, risen: bool) -> None:
    _, schedule = run([score] * 3, 0.0, min_delta=0.5, warmup=0, cooldown=4)
    assert schedule.machine.state.risen == risen
    assert schedule.machine.cooling == risen


@pytest.mark.parametrize(
    ("scores", "left"), [([], 6), ([1], 5), ([1, 0], 4), ([1, 0, 0], 3), ([1, 0, 0, 0, 0, 0], 0)]
)
def test_phases_counts_the_fewest_rounds_left(scores, left) -> None:
    _, schedule = run(scores, patience=1, cooldown=3)
    assert schedule.machine.rounds_left() == left


SCORES = st.lists(st.one_of(st.integers(0, 5), st.just(math.nan)), max_size=40)


@given(ARGUMENTS, SCORES)
def test_phases_rate_lies_between_zero_and_peak(arguments, scores) -> None:
    rates, _ = run(scores, **arguments)
    assert all(0.0 <= rate <= arguments["rate"] for rate in rates)


@given(ARGUMENTS, SCORES)
def test_phases_rate_never_rises_while_cooling(arguments, scores) -> None:
    rates, schedule = run(scores, **arguments)
    machine = schedule.machine
    steps = [step for step in range(len(rates)) if machine.phase(step) == "cooldown"]
    for step in steps:
        if step + 1 in steps:
            assert rates[step + 1] <= rates[step] + 1e-15


@given(ARGUMENTS, SCORES)
def test_phases_finishes_in_time_after_the_last_improvement(arguments, scores) -> None:
    schedule = make_adaptive_v1(**arguments)
    needed = arguments["patience"] + arguments["cooldown"] + 1
    since = 0
    for i, score in enumerate(scores, start=1):
        if schedule.finished:
            break
        schedule.observe(i * arguments["interval"], score)
        state = schedule.machine.state
        since = 0 if state.wait == 0 else since + 1
        # as long as no score has improved on the first one, another bound holds
        assert schedule.finished == (since >= (needed if state.risen else arguments["stall"]))


@given(ARGUMENTS, st.floats(allow_infinity=False), SCORES)
def test_phases_never_cools_before_the_first_improvement(arguments, start, scores) -> None:
    rates, schedule = run(scores, start, **arguments)
    first = [score for score in (start, *scores) if math.isfinite(score)]
    risen = any(score > first[0] for score in scores if first) or any(
        later > earlier for i, earlier in enumerate(scores) for later in scores[i + 1 :]
    )
    if not risen:
        assert not schedule.machine.state.segments
        assert schedule.finished == (schedule.machine.state.wait >= arguments["stall"])
        assert rates == sorted(rates)


@given(ARGUMENTS, SCORES)
def test_phases_reads_the_past_as_it_was(arguments, scores) -> None:
    rates, schedule = run(scores, **arguments)
    assert [schedule.machine.rate(step) for step in range(len(rates))] == rates


@given(ARGUMENTS, SCORES, SCORES)
def test_phases_state_survives_json(arguments, before, after) -> None:
    _, schedule = run(before, **arguments)
    machine = schedule.machine
    state = State.from_dict(json.loads(json.dumps(machine.state.to_dict())))
    assert state == machine.state
    named = {**arguments, "peak": arguments["rate"]}
    del named["rate"]
    copy = PhaseMachine(**named, state=state)
    for i, score in enumerate(after, start=len(before) + 1):
        machine.observe(i * arguments["interval"], score)
        copy.observe(i * arguments["interval"], score)
    assert [copy.rate(t) for t in range(200)] == [machine.rate(t) for t in range(200)]
