"""Learning rates counted in rounds, as thinc's schedules: iterators over the rates of the updates.

thinc's `Optimizer` calls `next` once when it is built and once after each update, so the rate of
update t + 1 is drawn before the evaluation at step t (thinc 8.3, `optimizers.py`).

How many steps a round has depends on the corpus, but spaCy resolves `[training.optimizer]` alone
and uninterpolated (`Language.create_optimizer`, spaCy 3.8): nothing that needs another section or a
corpus may stand there. So what is null there is learnt from the training when that begins: by then
the rate of update 0 has been drawn. It was given as an array without dimensions, which the schedule
keeps and writes into; of Python objects, so that what an optimizer makes of it is a Python float,
bit for bit. A schedule that no training tells stays at its rate.
"""

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy

from adaptive_spacy.adaptive import active_schedule
from adaptive_spacy.adaptive.phases import STALL, Phase, PhaseMachine, Segment, State, require
from adaptive_spacy.adaptive.plans import HalvedMachine, Plan, Settings, Triangle, length_in_steps
from adaptive_spacy.config.names import ADAPTIVE, HYBRID, LINEAR
from adaptive_spacy.config.requirements import NOT_NEGATIVE, POSITIVE, Requirement, number, whole

__all__ = [
    "AdaptiveSchedule",
    "Phase",
    "PhaseMachine",
    "PhaseSchedule",
    "State",
    "make_adaptive_v1",
    "make_hybrid_v1",
    "make_linear_v1",
]


class PhaseSchedule:
    """Rates counted in rounds. Building one makes it this thread's latest (`active_schedule`).

    name (str): The registered name.
    make_plan (Callable): `Settings` to the plan; None as long as they do not suffice.
    settings (Settings): What the config says.
    """

    def __init__(
        self, name: str, make_plan: Callable[[Settings], Plan | None], settings: Settings
    ) -> None:
        self.name = name
        self.make_plan = make_plan
        self.settings = settings
        self.plan = make_plan(settings)
        self.drawn = 0
        self.begun = False
        #: When the training went back to an earlier step, which one, and the factor on its rate
        self.setbacks: list[dict[str, Any]] = []
        #: The rate of update 0, if it was drawn before the plan was known
        self.first: Any = None
        active_schedule.announce(self)

    def __iter__(self) -> Iterator[float]:
        return self

    def __next__(self) -> float:
        step = self.drawn
        self.drawn += 1
        if step == 1 and not self.begun:
            self._warn()
        if self.plan is not None:
            return self.rate(step)
        if step == 0:
            self.first = numpy.array(self.settings.rate, dtype=object)
            return self.first
        return self.settings.rate

    def begin(
        self,
        *,
        rate: float | None,
        interval: Callable[[], int],
        total_steps: Callable[[], int],
    ) -> None:
        """A training begins: what the config left open is known now.

        rate (float | None): The highest rate; None: that of the config.
        interval, total_steps (Callable): Give the steps per round and in all (0: no limit); asked
            if they are needed, as counting them reads the corpus.
        RAISES (ConfigValidationError): If they do not do.
        """
        self.begun = True
        known = self.settings
        if self.plan is not None:
            # its rate was drawn already
            same = Requirement(
                f"null beside [training.before_update] rate = {rate}",
                lambda _: rate in (None, known.rate),
            )
            require("interval", known.interval, same)
            return
        self.settings = Settings(
            known.rate if rate is None else rate,
            interval() if known.interval is None else known.interval,
            total_steps(),
        )
        self.plan = self.make_plan(self.settings)
        if self.first is not None and self.plan is not None:
            self.first[()] = self.plan.rate(0)

    def rate(self, step: int) -> float:
        """RETURNS (float): The rate of an update, as far as is known."""
        rate = self.plan.rate(step) if self.plan is not None else self.settings.rate
        for one in self.setbacks:
            # the rate of the update after the evaluation was drawn already
            if step > one["step"] + 1:
                rate *= one["factor"]
        return rate

    def set_back(
        self, step: int, best_step: int, factor: float, phases: dict[str, Any] | None
    ) -> None:
        """The training goes back to its best evaluation.

        step (int): Of the evaluation that made it go back.
        best_step (int): Of the best one.
        factor (float): On all rates from now on.
        phases (dict | None): `State.to_dict` of after the best one; None: there are no phases.
        """
        self.setbacks.append({"step": step, "best_step": best_step, "factor": factor})
        if self.machine is not None and phases is not None:
            self.machine.state = State.from_dict(phases)

    def phase(self, step: int) -> Phase | None:
        """RETURNS (str | None): The phase of an update; None without phases."""
        return self.plan.phase(step) if self.plan is not None else None

    @property
    def machine(self) -> PhaseMachine | None:
        """RETURNS (PhaseMachine | None): The phases, if there are any and a round has a length."""
        return self.plan if isinstance(self.plan, PhaseMachine) else None

    @property
    def finished(self) -> bool:
        """RETURNS (bool): Whether the training has nothing more to gain."""
        return self.machine is not None and self.machine.finished

    def observe(self, step: int, score: float) -> None:
        """Take in the evaluation of a step: most plans are fixed."""

    def save_state(self, nlp: Any) -> dict[str, Any]:
        """RETURNS (dict): What the training so far has done to it, to go on from."""
        machine = self.machine
        phases = machine.state.to_dict() if machine else None
        return {"drawn": self.drawn, "phases": phases, "setbacks": self.setbacks}

    def load_state(self, nlp: Any, state: dict[str, Any], output: Any) -> None:
        """Go on from a state of the same training; it has begun again, see `begin`."""
        self.drawn, self.setbacks = state["drawn"], state["setbacks"]
        if self.machine is not None:
            self.machine.state = State.from_dict(state["phases"])

    def _warn(self) -> None:
        """The second rate is drawn, and nobody has told the schedule of a training."""
        if self.plan is None:
            _warn(self.name, f"how long a round is: the rate stays {self.settings.rate}")


class AdaptiveSchedule(PhaseSchedule):
    """The schedule that listens."""

    def observe(self, step: int, score: float) -> None:
        """See `PhaseMachine.observe`."""
        if self.machine is not None:
            self.machine.observe(step, score)

    def _warn(self) -> None:
        super()._warn()
        if self.plan is not None:
            _warn(self.name, "of an evaluation: it warms up, and its phase never turns")


def make_adaptive_v1(
    rate: float,
    interval: int | None = None,
    warmup: int = 2,
    cooldown: int = 7,
    patience: int = 0,
    min_delta: float = 0.0,
    resume: bool = True,
    shape: str = "linear",
    stall: int = STALL,
) -> AdaptiveSchedule:
    """Registered as `adaptive_spacy.adaptive.v1`.

    interval (int | None): Steps per round; None: learnt from the training.
    The other arguments are those of `PhaseMachine`.
    """

    def make_plan(settings: Settings) -> PhaseMachine | None:
        # without an interval too: bad arguments are found when the config is read
        machine = PhaseMachine(
            settings.rate,
            1 if settings.interval is None else settings.interval,
            warmup,
            cooldown,
            patience,
            min_delta,
            resume,
            shape,
            stall,
        )
        return machine if settings.interval is not None else None

    return AdaptiveSchedule(ADAPTIVE, make_plan, Settings(rate, interval))


def make_hybrid_v1(
    rate: float,
    interval: int | None = None,
    total: int | None = None,
    warmup: int = 2,
    cooldown: int = 7,
    shape: str = "linear",
    halved: Sequence[int] = (),
) -> PhaseSchedule:
    """The curve of one adaptive run without its feedback: `adaptive_spacy.hybrid.v1`.

    interval (int | None): Steps per round; None: learnt from the training.
    total (int | None): Rounds of the training, the last `cooldown` of which cool down; None: as
        many as `[training] max_steps` makes.
    halved (Sequence[int]): Rounds after which the rate is halved, where `adaptive_spacy.guard.v1`
        set the adaptive run back; a round that is there twice halves it twice.
    The other arguments are those of `PhaseMachine`.
    RAISES (ConfigValidationError): If warm-up and cool-down do not fit into `total`.
    """
    # bad ones are found as its arguments
    PhaseMachine(rate, 1 if interval is None else interval, warmup, cooldown, shape=shape)
    least = warmup + cooldown
    fitting = number(f"at least warmup + cooldown = {least}", lambda value: value >= least)
    require("total", total, fitting.or_null() if total is None else fitting)
    for one in halved:
        require("halved", one, whole(0))

    def make_plan(settings: Settings) -> PhaseMachine | None:
        interval = 1 if settings.interval is None else settings.interval
        machine = HalvedMachine(settings.rate, interval, warmup, cooldown, shape=shape)
        machine.halved = tuple(halved)
        steps = length_in_steps(settings, total)
        if steps is None:
            return None
        if cooldown:
            # a training that is cut short, as for a trial, is cut in its cool-down
            start = max(warmup, steps // interval - cooldown) * interval
            machine.state.segments.append(Segment(first=start + 1, cooling_from=start))
        return machine

    return PhaseSchedule(HYBRID, make_plan, Settings(rate, interval))


def make_linear_v1(
    rate: float, interval: int | None = None, total: int | None = None, warmup: float = 2.0
) -> PhaseSchedule:
    """A linear warm-up from 0 and a linear fall to 0: `adaptive_spacy.linear.v1`.

    The rates are those of thinc's `warmup_linear.v1`, which takes steps, and so would need the
    corpus in `[training.optimizer]`.

    rate (float): The highest rate, > 0.
    interval (int | None): Steps per round; None: learnt from the training.
    total (int | None): Rounds of the training; None: as many as `[training] max_steps` makes.
    warmup (float): Rounds of warm-up, >= 0.
    RAISES (ConfigValidationError): If the warm-up does not fit into `total`.

    EXAMPLE:
        >>> rates = make_linear_v1(rate=1.0, interval=2, total=4, warmup=2)
        >>> [next(rates) for _ in range(9)]
        [0.0, 0.25, 0.5, 0.75, 1.0, 0.75, 0.5, 0.25, 0.0]
    """
    require("rate", rate, POSITIVE)
    require("interval", interval, whole(1).or_null())
    require("warmup", warmup, NOT_NEGATIVE)
    fitting = number(f"at least warmup = {warmup:g}", lambda value: value >= warmup)
    require("total", total, fitting.or_null() if total is None else fitting)

    def make_plan(settings: Settings) -> Triangle | None:
        steps = length_in_steps(settings, total)
        if steps is None or settings.interval is None:
            return None
        return Triangle(settings.rate, math.ceil(warmup * settings.interval), steps)

    return PhaseSchedule(LINEAR, make_plan, Settings(rate, interval))


def _warn(name: str, what: str) -> None:
    warnings.warn(
        f"{name}: nobody tells this schedule {what}. In `spacy train` put @callbacks = "
        '"adaptive_spacy.adapt.v1" into [training.before_update]; in a loop of your own around '
        "nlp.update it is as meant",
        stacklevel=4,
    )
