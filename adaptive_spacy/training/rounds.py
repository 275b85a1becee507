"""How long a training takes in steps: the fewest and the most that its config allows."""

from dataclasses import dataclass, replace
from typing import Any

from adaptive_spacy.adaptive.phases import PhaseMachine
from adaptive_spacy.config.blocks import find_blocks, resolve_value
from adaptive_spacy.config.names import ADAPTIVE

#: Arguments of the adaptive schedule that its end depends on
LENGTHS = ("patience", "cooldown", "least", "stall")


@dataclass(frozen=True)
class Rounds:
    """Lengths of a training in update steps.

    steps_per_epoch (int | None): Batches per epoch; None: of a stream, which has none.
    interval (int): Steps between two evaluations.
    needed (int): The first step whose evaluation can end the phases; 0 without phases.
    fewest (int): The fewest that the training can take.
    max_steps, max_epochs (int): As in `[training]`; none where they are not above 0.
    """

    steps_per_epoch: int | None
    interval: int
    needed: int
    fewest: int
    max_steps: int
    max_epochs: int

    @classmethod
    def of(cls, training: dict[str, Any], steps_per_epoch: int | None) -> "Rounds":
        """Read the lengths off a config.

        training (dict): `[training]`, interpolated.
        steps_per_epoch (int | None): Batches per epoch; None: of a stream.
        """
        interval = resolve_value(training["eval_frequency"])
        patience = resolve_value(training["patience"])
        limits = resolve_value(training["max_steps"]), training["max_epochs"]
        schedules = find_blocks(training["optimizer"], "schedules", ADAPTIVE)
        needed = (1 + rounds_after_best(schedules[0], interval)) * interval if schedules else 0
        # a score that stands still ends the training as well
        phases = _begin(schedules[0], interval).rounds_left() * interval if schedules else 0
        rounds = cls(steps_per_epoch, interval, needed, 0, *limits)
        # the first evaluation may be the best, and spaCy counts from it
        enough = [one for one in (phases, patience, rounds.most) if one]
        return replace(rounds, fewest=min(enough, default=0))

    @property
    def most(self) -> int | None:
        """RETURNS (int | None): The most steps that the training can take; None: no limit."""
        ends = [self.max_steps, self.max_epochs * (self.steps_per_epoch or 0)]
        return min((end for end in ends if end > 0), default=None)

    def fault(self) -> str | None:
        """RETURNS (str | None): Why the schedule cannot come to its end; None: it can."""
        if 0 < self.max_steps < self.needed:
            key, got, last = "max_steps", self.max_steps, self.max_steps
            expected = f"0 or at least {self.needed}"
        elif not self.has_epochs_for(self.needed):
            key, got = "max_epochs", self.max_epochs
            last = got * (self.steps_per_epoch or 0) - 1
            expected = f"at least {self.epochs_for(self.needed)}"
        else:
            return None
        return (
            f"[training] {key}: expected {expected}, got {got}: the last evaluation is "
            f"that of step {last // self.interval * self.interval:,}, and the schedule ends with "
            f"that of step {self.needed:,} at the earliest{self.in_epochs(self.needed)}, so the "
            "training would stop in the middle of a phase"
        )

    def has_epochs_for(self, step: int) -> bool:
        """RETURNS (bool): Whether `max_epochs` lets the evaluation of a step take place."""
        return self.max_epochs <= 0 or self.max_epochs >= self.epochs_for(step)

    def epochs_for(self, step: int) -> int:
        """RETURNS (int): The fewest epochs in which the evaluation of a step takes place; 0 for a
        stream. Steps count from 0, so that N updates end with step N - 1: N epochs of a round each
        evaluate N - 1 rounds."""
        return step // self.steps_per_epoch + 1 if self.steps_per_epoch else 0

    def in_epochs(self, steps: int) -> str:
        """RETURNS (str): Steps as epochs, e.g. " (9 epochs)"; empty for a stream."""
        return f" ({self.describe(steps)})" if self.steps_per_epoch else ""

    def describe(self, steps: int) -> str:
        """RETURNS (str): Steps as epochs, e.g. "9 epochs"; of a stream as steps."""
        if not self.steps_per_epoch:
            return f"{steps:,} steps"
        epochs = f"{steps / self.steps_per_epoch:.1f}".removesuffix(".0")
        return f"{epochs} epoch{'' if epochs == '1' else 's'}"


def rounds_after_best(schedule: dict[str, Any], interval: int) -> int:
    """RETURNS (int): Rounds of an adaptive schedule's block after its first one, the best so far as
    any first one is, if none improves any more."""
    machine = _begin(schedule, interval)
    machine.observe(interval, 1.0)
    return machine.rounds_left()


def _begin(schedule: dict[str, Any], interval: int) -> PhaseMachine:
    """RETURNS (PhaseMachine): That of the block after the evaluation of step 0."""
    lengths = {name: schedule[name] for name in LENGTHS if name in schedule}
    machine = PhaseMachine(peak=1.0, interval=interval, **lengths)
    machine.observe(0, 0.0)
    return machine
