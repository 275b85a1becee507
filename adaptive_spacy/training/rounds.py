"""How long a training takes in steps: the fewest and the most that its config allows."""

import inspect
from dataclasses import dataclass
from typing import Any

from adaptive_spacy.adaptive.schedule import make_adaptive_v1
from adaptive_spacy.config.blocks import find_blocks, resolve_value
from adaptive_spacy.config.names import ADAPTIVE


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
        needed = _rounds_needed(schedules[0]) * interval if schedules else 0
        # the first evaluation may be the best, and spaCy counts from it
        enough = [one for one in (needed, patience, most) if one]
        return cls(steps_per_epoch, interval, needed, min(enough, default=0), most)

    def describe(self, steps: int) -> str:
        """RETURNS (str): Steps as epochs, e.g. "9 epochs"."""
        epochs = f"{steps / self.steps_per_epoch:.1f}".removesuffix(".0")
        return f"{epochs} epoch{'' if epochs == '1' else 's'}"


def _rounds_needed(schedule: dict[str, Any]) -> int:
    """The first round is always the best so far; after it nothing improves."""
    arguments = {
        name: parameter.default
        for name, parameter in inspect.signature(make_adaptive_v1).parameters.items()
    }
    arguments.update(schedule)
    return int(1 + arguments["patience"] + arguments["cooldown"] + 1)
