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

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy

from adaptive_spacy.adaptive import active_schedule
from adaptive_spacy.adaptive.phases import STALL, Phase, PhaseMachine, State, require
from adaptive_spacy.adaptive.plans import Plan, Settings, Untold, read_rate
from adaptive_spacy.config.names import ADAPTIVE, AUTO, RATE
from adaptive_spacy.config.requirements import Requirement

__all__ = [
    "AdaptiveSchedule",
    "Phase",
    "PhaseMachine",
    "PhaseSchedule",
    "State",
    "make_adaptive_v1",
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
        self.plan = self._make_plan()
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
        told = Requirement(
            f'a number beside [training.optimizer.learn_rate] rate = "{AUTO}", as '
            f'@misc = "{RATE}" gives it',
            lambda rate: rate is not None or not isinstance(known.rate, Untold),
        )
        told.check("Bad callback", "[training.before_update] rate", rate)
        self.settings = Settings(
            known.rate if rate is None else rate,
            interval() if known.interval is None else known.interval,
            total_steps(),
        )
        self.plan = self._make_plan()
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
        """The training goes back to its best evaluation. A fixed curve goes on with the steps, as
        its end is fixed too.

        step (int): Of the evaluation that made it go back.
        best_step (int): Of the best one.
        factor (float): On all rates from now on.
        phases (dict | None): `State.to_dict` of after the best one; None: there are no phases.
        """
        self.setbacks.append({"step": step, "best_step": best_step, "factor": factor})

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

    def observe(self, step: int, *scores: float) -> None:
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

    def _make_plan(self) -> Plan | None:
        # bad arguments are found by it too
        plan = self.make_plan(self.settings)
        return None if isinstance(self.settings.rate, Untold) else plan

    def _warn(self) -> None:
        """The second rate is drawn, and nobody has told the schedule of a training."""
        if self.plan is None:
            _warn(self.name, f"how long a round is: the rate stays {+self.settings.rate:g}")


class AdaptiveSchedule(PhaseSchedule):
    """The schedule that listens."""

    def observe(self, step: int, *scores: float) -> None:
        """See `PhaseMachine.observe`."""
        if self.machine is not None:
            self.machine.observe(step, *scores)

    def set_back(
        self, step: int, best_step: int, factor: float, phases: dict[str, Any] | None
    ) -> None:
        """The phases go back too, see `PhaseMachine.go_back`."""
        super().set_back(step, best_step, factor, phases)
        if self.machine is not None and phases is not None:
            self.machine.go_back(step, best_step, State.from_dict(phases))

    def _warn(self) -> None:
        super()._warn()
        if self.plan is not None:
            _warn(self.name, "of an evaluation: it warms up, and its phase never turns")


def make_adaptive_v1(
    rate: float | str,
    interval: int | None = None,
    warmup: int = 2,
    cooldown: int = 7,
    patience: int = 0,
    min_delta: float = 0.0,
    resume: bool = True,
    shape: str = "linear",
    stall: int = STALL,
    least: int = 0,
) -> AdaptiveSchedule:
    """Registered as `adaptive_spacy.adaptive.v1`.

    rate (float | str): The highest rate, > 0, or "auto": told by `[training.before_update] rate`.
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
            least,
        )
        return machine if settings.interval is not None else None

    return AdaptiveSchedule(ADAPTIVE, make_plan, Settings(read_rate(rate), interval))


def _warn(name: str, what: str) -> None:
    warnings.warn(
        f"{name}: nobody tells this schedule {what}. In `spacy train` put @callbacks = "
        '"adaptive_spacy.adapt.v1" into [training.before_update]; in a loop of your own around '
        "nlp.update it is as meant",
        stacklevel=4,
    )
