"""The phases of a training that goes by several scores."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.adaptive.schedule import make_adaptive_v1
from tests.adaptive.phases import ARGUMENTS, run

# here the schedules are drawn without a training
pytestmark = pytest.mark.filterwarnings("ignore:adaptive_spacy.adaptive.v1. nobody tells")


def test_a_round_is_better_if_either_score_is() -> None:
    """The first is best in the rounds 1 and 3, the second in 1 and 5, of four rounds of cool-down;
    then neither."""
    either = [(2, 0), (1, 0), (3, 0), (2, 0), (2, 1), *[(2, 0)] * 5]
    rates, schedule = run(either, (-100.0, 0), warmup=0, cooldown=4)
    best = [1, 0, 1, 0, 1, *[0] * 5]
    counted = [sum(best[: i + 1]) - (not one) / 2 for i, one in enumerate(best)]
    assert rates == run(counted, warmup=0, cooldown=4)[0]
    assert schedule.machine.state.best == [3, 1]
    assert schedule.machine.state.finished_at == 20


def test_a_score_that_stands_still_does_not_begin_a_cool_down_of_the_other() -> None:
    """F1 is 0 on few labels at first, while the loss falls; and the loss may be at its lowest
    before F1 rises."""
    falling = [(-loss, 0) for loss in (9, 8, 7, 6, 5, 4, 3)]
    _, schedule = run(falling, (-10.0, 0.0), warmup=0, cooldown=2)
    assert not schedule.machine.cooling
    rising = [(-3, 0), (-4, 0.1), (-5, 0.2), (-6, 0.3)]
    _, schedule = run(rising, (-10.0, 0.0), warmup=0, cooldown=2)
    assert not schedule.machine.cooling


def test_one_of_two_scores_rises_above_its_own_first_value() -> None:
    """The step 0 of one says nothing of the other."""
    _, schedule = run([(1, -9), (1, -9)], (5.0, -10.0), cooldown=1, warmup=0)
    assert schedule.machine.state.risen
    _, schedule = run([(1, -11), (1, -11)], (5.0, -10.0), cooldown=1, warmup=0)
    assert not schedule.machine.state.risen


def test_scores_do_not_come_and_go() -> None:
    schedule = make_adaptive_v1(rate=1.0, interval=2)
    schedule.observe(2, 1.0, 2.0)
    with pytest.raises(ValueError, match="zip"):
        schedule.observe(4, 1.0)


PAIRS = st.lists(
    st.tuples(*[st.one_of(st.integers(0, 5), st.just(math.nan))] * 2), min_size=1, max_size=40
)


@given(ARGUMENTS, PAIRS)
def test_two_scores_are_one_that_counts_what_either_gained(arguments, pairs) -> None:
    # without it, what a cool-down gains is no gain, which one that counts cannot know
    arguments = {**arguments, "resume": True}
    margin, gains = arguments.get("min_delta", 0.0), 0
    best: list[float | None] = [None, None]
    counted: list[float] = []
    for pair in pairs:
        better = [
            math.isfinite(score) and (old is None or score > old + margin)
            for score, old in zip(pair, best, strict=True)
        ]
        best = [new if won else old for new, old, won in zip(pair, best, better, strict=True)]
        gains += any(better)
        # as far above the one before as counts; below it; or nothing yet
        counted.append(gains * (1 + 2 * margin) - (not any(better)) if gains else math.nan)
    rates, schedule = run(pairs, (-100.0, -100.0), **arguments)
    expected, single = run(counted, **arguments)
    assert rates == expected
    assert schedule.machine.state.segments == single.machine.state.segments
    assert schedule.machine.state.finished_at == single.machine.state.finished_at
