"""How long a training takes in steps: the fewest and the most that its config allows."""

from dataclasses import dataclass
from typing import Any

from adaptive_spacy.adaptive.phases import PhaseMachine
from adaptive_spacy.config.blocks import find_blocks, resolve_value
from adaptive_spacy.config.names import ADAPTIVE

#: Arguments of the adaptive schedule that its end depends on
LENGTHS = ("patience", "cooldown", "least", "stall")


@dataclass(frozen=True)
class Rounds:
    """Lengths of a training in update steps.

    steps_per_epoch (int): Batches per epoch.
    interval (int): Steps between two evaluations.
    needed (int): The fewest in which the phases can come to their end; 0 without phases.
    fewest (int): The fewest that the training can take.
    most (int | None): The most; None: no limit.
    """

    steps_per_epoch: int
    interval: int
    needed: int
    fewest: int
    most: int | None

    @classmethod
    def of(cls, training: dict[str, Any], steps_per_epoch: int) -> "Rounds":
        """Read the lengths off a config.

        training (dict): `[training]`, interpolated.
        steps_per_epoch (int): Batches per epoch.
        """
        interval = resolve_value(training["eval_frequency"])
        patience = resolve_value(training["patience"])
        ends = [resolve_value(training["max_steps"]), training["max_epochs"] * steps_per_epoch]
        most = min((end for end in ends if end > 0), default=None)
        schedules = find_blocks(training["optimizer"], "schedules", ADAPTIVE)
        needed = (1 + rounds_after_best(schedules[0], interval)) * interval if schedules else 0
        # a score that stands still ends the training as well
        phases = _begin(schedules[0], interval).rounds_left() * interval if schedules else 0
        # the first evaluation may be the best, and spaCy counts from it
        enough = [one for one in (phases, patience, most) if one]
        return cls(steps_per_epoch, interval, needed, min(enough, default=0), most)

    def fault(self) -> str | None:
        """RETURNS (str | None): Why the schedule cannot come to its end; None: it can."""
        if self.most is None or self.needed <= self.most:
            return None
        return (
            f"[training] max_steps, max_epochs: expected at least {self.needed:,} steps, the "
            f"fewest in which the schedule can end ({self.describe(self.needed)}), got "
            f"{self.most:,} ({self.describe(self.most)}): the training would stop in the middle "
            "of a phase"
        )

    def describe(self, steps: int) -> str:
        """RETURNS (str): Steps as epochs, e.g. "9 epochs"."""
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
