"""What gives the rates of a training, once its length is known."""

from dataclasses import dataclass
from typing import Protocol

from adaptive_spacy.adaptive.phases import Phase, PhaseMachine, require
from adaptive_spacy.config.names import AUTO
from adaptive_spacy.config.requirements import Requirement

#: Of the rate, after a setback
HALF = 0.5


class Untold(float):
    """A rate that the training has not told yet; in a loop of one's own it stays at this."""

    def __format__(self, spec: str) -> str:
        # spaCy says what the optimizer begins with before the training tells anything
        return format(AUTO, spec)


#: What transformers of the size of BERT usually take
UNTOLD = Untold(5e-5)


def read_rate(rate: float | str) -> float:
    """RETURNS (float): The highest rate that a config asks for; of "auto" one that the training
    tells."""
    return UNTOLD if rate == AUTO else rate  # type: ignore[return-value]  # what else is refused


class Plan(Protocol):
    """What gives the rates of a training."""

    def rate(self, step: int) -> float:
        """RETURNS (float): The rate of an update."""

    def phase(self, step: int) -> Phase | None:
        """RETURNS (str | None): Its phase; None of a plan without phases."""


@dataclass(frozen=True)
class Triangle:
    """Warm up from 0, then fall to 0: exactly the rates of thinc's `warmup_linear.v1`.

    peak (float): The highest rate.
    warmup_steps, total_steps (int): Of the warm-up, and of the whole training.
    """

    peak: float
    warmup_steps: int
    total_steps: int

    def rate(self, step: int) -> float:
        if step < self.warmup_steps:
            return step / max(1, self.warmup_steps) * self.peak
        left = (self.total_steps - step) / max(1.0, self.total_steps - self.warmup_steps)
        return max(0.0, left) * self.peak

    def phase(self, step: int) -> None:
        return None


@dataclass
class HalvedMachine(PhaseMachine):
    """Phases of a training that another one went through with setbacks.

    halved (tuple[int, ...]): Rounds after which the rate is halved, once for each.
    """

    halved: tuple[int, ...] = ()

    def rate(self, step: int) -> float:
        rate = super().rate(step)
        return rate * HALF ** sum(step > rounds * self.interval for rounds in self.halved)


@dataclass(frozen=True)
class Settings:
    """What a training tells its schedule; None: not known.

    rate (float): The highest rate.
    interval (int | None): Steps per round.
    total_steps (int | None): Length of the training in steps.
    """

    rate: float
    interval: int | None = None
    total_steps: int | None = None


def length_in_steps(settings: Settings, total: int | None) -> int | None:
    """RETURNS (int | None): Steps of the whole training, if they are known yet."""
    if settings.interval is None or (total is None and settings.total_steps is None):
        return None
    if total is not None:
        return total * settings.interval
    steps = settings.total_steps or 0
    endless = Requirement(
        "a number of rounds where [training] max_steps sets no end", lambda _: steps > 0
    )
    require("total", total, endless)
    return steps
