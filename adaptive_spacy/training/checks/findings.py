"""What the checks of a training found: errors and warnings, a line each."""

from dataclasses import dataclass, field


@dataclass
class Findings:
    """errors (list[str]): What would spoil the training, a line each. warnings (list[str]): What
    may. steps_per_epoch (int | None): Batches per epoch; None: of a stream, or not known."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    steps_per_epoch: int | None = None

    def judge(self, count: int, total: int, tolerance: float, line: str) -> None:
        """An error above a share, below a warning, nothing if there is nothing."""
        if count:
            (self.errors if count > tolerance * total else self.warnings).append(line)
