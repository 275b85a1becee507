"""The rate and phase of each update, read beside the optimizer, which spaCy keeps to itself."""

from collections.abc import Iterator

from thinc.api import Config

from adaptive_spacy.adaptive import active_schedule
from adaptive_spacy.adaptive.phases import PhaseMachine
from adaptive_spacy.adaptive.schedule import PhaseSchedule
from adaptive_spacy.config.blocks import find_schedules, resolve_value


class RateTrace:
    """The rate and phase of each update of one training.

    Schedules that count rounds are read directly. Any other depends on the number of updates alone,
    so a second one, built from the config, runs alongside.

    config (Config): The pipeline's config, interpolated.
    """

    def __init__(self, config: Config) -> None:
        self.schedule: PhaseSchedule | None = None
        self.rates: Iterator[float] | None = None
        self.current: float | None = None
        optimizer = config["training"]["optimizer"]
        latest = active_schedule.latest()
        if latest is not None and find_schedules(config["training"]):
            self.schedule = latest
        elif "learn_rate" in optimizer:
            rate = resolve_value(optimizer["learn_rate"])
            if isinstance(rate, int | float):
                self.current = float(rate)
            else:
                self.rates = iter(rate)

    @property
    def machine(self) -> PhaseMachine | None:
        """RETURNS (PhaseMachine | None): The phases, if there are any."""
        return self.schedule.machine if self.schedule else None

    def advance(self) -> None:
        """One more update was made."""
        if self.rates is not None:
            self.current = next(self.rates, self.current)

    @property
    def setbacks(self) -> int:
        """RETURNS (int): How often the training went back to an earlier step."""
        return len(self.schedule.setbacks) if self.schedule else 0

    def rate(self, step: int) -> float | None:
        """RETURNS (float | None): The rate of the update just made; None if unknown."""
        return self.schedule.rate(step) if self.schedule else self.current

    def phase(self, step: int) -> str | None:
        """RETURNS (str | None): The phase of the update just made; None without phases."""
        return self.schedule.phase(step) if self.schedule else None
