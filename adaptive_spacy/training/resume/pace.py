"""When a training is saved: at its evaluations, as long as that costs a small part of its time."""

from dataclasses import dataclass

#: Share of the training's time that snapshots may take
SHARE = 0.05


@dataclass
class Pace:
    """Decides after each step.

    steps (int | None): Save every so many updates, whatever it costs.
    minutes (float | None): Save when the last one is so long ago.
    share (float): Of the time so far that saving at evaluations may have taken; the first one is
        always saved.
    """

    steps: int | None = None
    minutes: float | None = None
    share: float = SHARE
    #: Seconds: of the last one, of all, and when the last one was made
    last: float = 0.0
    spent: float = 0.0
    made: float = 0.0

    def is_due(self, step: int, evaluated: bool, seconds: float) -> bool:
        """RETURNS (bool): Whether to save.

        step (int): The update just made.
        evaluated (bool): Whether it was evaluated.
        seconds (float): Of training so far.
        """
        if self.steps is not None and (step + 1) % self.steps == 0:
            return True
        if self.minutes is not None and seconds - self.made >= 60 * self.minutes:
            return True
        return evaluated and self.spent + self.last <= self.share * seconds

    def took(self, cost: float, seconds: float) -> None:
        """A snapshot took so many seconds; so many were trained until now."""
        self.last, self.spent, self.made = cost, self.spent + cost, seconds

    def save_state(self, seconds: float) -> dict[str, float]:
        """RETURNS (dict): What a snapshot that is written now keeps, so that the share is one of
        all the time, however often the training goes on; what it costs itself is not known yet,
        and taken to be that of the one before."""
        return {"last": self.last, "spent": self.spent + self.last, "made": seconds}

    def load_state(self, state: dict[str, float]) -> None:
        """Go on as a snapshot says."""
        self.last, self.spent, self.made = (state[key] for key in ("last", "spent", "made"))
