"""Schedules whose curve is fixed beforehand, counted in rounds as the adaptive one is."""

import math
from collections.abc import Sequence

from adaptive_spacy.adaptive.phases import PhaseMachine, Segment, require
from adaptive_spacy.adaptive.plans import (
    HalvedMachine,
    Settings,
    Triangle,
    length_in_steps,
    read_rate,
)
from adaptive_spacy.adaptive.schedule import PhaseSchedule
from adaptive_spacy.config.names import HYBRID, LINEAR
from adaptive_spacy.config.requirements import NOT_NEGATIVE, POSITIVE, number, whole


def make_hybrid_v1(
    rate: float | str,
    interval: int | None = None,
    total: int | None = None,
    warmup: int = 2,
    cooldown: int = 7,
    shape: str = "linear",
    halved: Sequence[int] = (),
) -> PhaseSchedule:
    """The curve of one adaptive run without its feedback: `adaptive_spacy.hybrid.v1`.

    rate (float | str): The highest rate, > 0, or "auto": told by `[training.before_update] rate`.
    interval (int | None): Steps per round; None: learnt from the training.
    total (int | None): Rounds of the training, the last `cooldown` of which cool down; None: as
        many as `[training] max_steps` makes.
    halved (Sequence[int]): Rounds after which the rate is halved, where `adaptive_spacy.guard.v1`
        set the adaptive run back; a round that is there twice halves it twice.
    The other arguments are those of `PhaseMachine`.
    RAISES (ConfigValidationError): If warm-up and cool-down do not fit into `total`.
    """
    # bad ones are found as its arguments
    highest = read_rate(rate)
    PhaseMachine(highest, 1 if interval is None else interval, warmup, cooldown, shape=shape)
    least = warmup + cooldown
    fitting = number(f"at least warmup + cooldown = {least}", lambda value: value >= least)
    require("total", total, fitting.or_null() if total is None else fitting)
    for one in halved:
        require("halved", one, whole(0))

    def make_plan(settings: Settings) -> PhaseMachine | None:
        interval = 1 if settings.interval is None else settings.interval
        machine = HalvedMachine(
            settings.rate, interval, warmup, cooldown, shape=shape, halved=tuple(halved)
        )
        steps = length_in_steps(settings, total)
        if steps is None:
            return None
        if cooldown:
            # a training that is cut short, as for a trial, is cut in its cool-down
            start = max(warmup, steps // interval - cooldown) * interval
            machine.state.segments.append(Segment(first=start + 1, cooling_from=start))
        return machine

    return PhaseSchedule(HYBRID, make_plan, Settings(highest, interval))


def make_linear_v1(
    rate: float | str,
    interval: int | None = None,
    total: int | None = None,
    warmup: float = 2.0,
) -> PhaseSchedule:
    """A linear warm-up from 0 and a linear fall to 0: `adaptive_spacy.linear.v1`.

    The rates are those of thinc's `warmup_linear.v1`, which takes steps, and so would need the
    corpus in `[training.optimizer]`.

    rate (float | str): The highest rate, > 0, or "auto": told by `[training.before_update] rate`.
    interval (int | None): Steps per round; None: learnt from the training.
    total (int | None): Rounds of the training; None: as many as `[training] max_steps` makes.
    warmup (float): Rounds of warm-up, >= 0.
    RAISES (ConfigValidationError): If the warm-up does not fit into `total`.

    EXAMPLE:
        >>> rates = make_linear_v1(rate=1.0, interval=2, total=4, warmup=2)
        >>> [next(rates) for _ in range(9)]
        [0.0, 0.25, 0.5, 0.75, 1.0, 0.75, 0.5, 0.25, 0.0]
    """
    highest = read_rate(rate)
    require("rate", highest, POSITIVE)
    require("interval", interval, whole(1).or_null())
    require("warmup", warmup, NOT_NEGATIVE)
    fitting = number(f"at least warmup = {warmup:g}", lambda value: value >= warmup)
    require("total", total, fitting.or_null() if total is None else fitting)

    def make_plan(settings: Settings) -> Triangle | None:
        steps = length_in_steps(settings, total)
        if steps is None or settings.interval is None:
            return None
        return Triangle(settings.rate, math.ceil(warmup * settings.interval), steps)

    return PhaseSchedule(LINEAR, make_plan, Settings(highest, interval))
