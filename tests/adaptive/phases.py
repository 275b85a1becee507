"""Schedules that are drawn without a training."""

from collections.abc import Sequence

from hypothesis import strategies as st

from adaptive_spacy.adaptive.schedule import AdaptiveSchedule, make_adaptive_v1

ARGUMENTS = st.fixed_dictionaries(
    {
        "rate": st.floats(1e-8, 10),
        "interval": st.integers(1, 4),
        "warmup": st.integers(0, 5),
        "cooldown": st.integers(0, 5),
        "patience": st.integers(0, 3),
        "min_delta": st.sampled_from([0.0, 0.5]),
        "resume": st.booleans(),
        "stall": st.integers(1, 9),
        "least": st.integers(0, 40),
        "shape": st.sampled_from(["linear", "sqrt", "cosine"]),
    }
)


def run(
    scores: Sequence[float | tuple[float, ...]],
    start: float | tuple[float, ...] = -100.0,
    **arguments,
) -> tuple[list[float], AdaptiveSchedule]:
    """Draw as thinc does and observe as spaCy lets us: at the observation of the evaluation at
    step e, the rate of update e + 1 has been drawn. Peak rate 1, two steps per round. `start` is
    the score at step 0; by default that of an untrained model, which any round improves on. Where a
    training goes by several scores, a round is a tuple.

    RETURNS (tuple): The rates of the updates 0 to e + 1 of the last evaluation, and the schedule.
    """
    schedule = make_adaptive_v1(**{"rate": 1.0, "interval": 2, **arguments})
    rates = [next(schedule), next(schedule)]
    step = 0
    schedule.observe(0, *(start if isinstance(start, tuple) else (start,)))
    for score in scores:
        for _ in range(schedule.machine.interval):
            step += 1
            rates.append(next(schedule))
        schedule.observe(step, *(score if isinstance(score, tuple) else (score,)))
    return rates, schedule
