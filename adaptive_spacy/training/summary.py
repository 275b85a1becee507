"""The last lines of a training: why it stopped, what came out, what to do next."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from spacy.training.loop import DIR_MODEL_BEST, DIR_MODEL_LAST
from spacy.util import dot_to_object
from thinc.api import Config

from adaptive_spacy.adaptive.schedule import PhaseMachine
from adaptive_spacy.config.blocks import resolve_value
from adaptive_spacy.config.metrics import is_loss
from adaptive_spacy.training.messages import command_line, wrap
from adaptive_spacy.training.soundness import FAR_BELOW
from adaptive_spacy.training.table import Table

Evaluation = Mapping[str, Any]


@dataclass(frozen=True)
class Ending:
    """A training that has stopped.

    config (Config): The pipeline's, interpolated.
    table (Table): The rows that were shown.
    machine (PhaseMachine | None): The phases, if the schedule has any.
    rows (Sequence[dict]): The evaluations, at least one.
    updates (int): Updates that were made.
    seconds (float): Wall time.
    output (Path | None): The output folder.
    error (BaseException | None): What broke the training off.
    """

    config: Config
    table: Table
    machine: PhaseMachine | None
    rows: Sequence[Evaluation]
    updates: int
    seconds: float
    output: Path | None
    error: BaseException | None

    @property
    def best(self) -> Evaluation:
        """RETURNS (dict): The evaluation whose checkpoint is model-best: of equals the latest."""
        return next(one for one in reversed(self.rows) if one["best"])

    @property
    def last(self) -> Evaluation:
        """RETURNS (dict): The last evaluation."""
        return self.rows[-1]

    @property
    def fell(self) -> bool:
        """RETURNS (bool): Whether the last one is far below the best, by F1 or another share."""
        scores = self._shares()
        return bool(scores) and scores[-1] < FAR_BELOW * max(scores)

    @property
    def learnt(self) -> bool:
        """RETURNS (bool): Whether F1, or another share, was ever above 0."""
        scores = self._shares()
        return not scores or max(scores) > 0

    @property
    def stalled(self) -> bool:
        """RETURNS (bool): Whether it ended as its monitor never rose above its first value."""
        machine = self.machine
        return machine is not None and machine.finished and machine.stalled

    def reason(self) -> str:
        """RETURNS (str): Why the training stopped."""
        training, machine = self.config["training"], self.machine
        max_steps, patience = (resolve_value(training[one]) for one in ("max_steps", "patience"))
        if isinstance(self.error, KeyboardInterrupt):
            return str(self.error) or "Stopped by hand"
        if self.error is not None:
            return f"Broken off by an error: {str(self.error).strip() or type(self.error).__name__}"
        if machine is not None and machine.finished:
            if self.stalled:
                return "Ended without learning: the monitored score never rose above its first"
            cooled = f"a whole cool-down of {_count(machine.cooldown, 'round')}"
            spent = cooled if machine.cooldown else _count(machine.patience + 1, "round")
            return f"Finished: {spent} brought nothing more"
        if max_steps and self.updates > max_steps:
            return f"Done: [training] max_steps = {max_steps}"
        if patience and self.updates - 1 - self._first_best_step() >= patience:
            return f"Done: no better score for {patience} updates ([training] patience)"
        if training["max_epochs"] <= 0:
            return "Done: the corpus has no more batches"
        end = f"Done: [training] max_epochs = {training['max_epochs']}"
        if machine is None or training["before_update"] is None:
            return end
        return f"{end}, {_count(machine.rounds_left(), 'round')} or more too early"

    def lines(self) -> Iterator[str]:
        """YIELDS (str): What is shown at the end, each fit for the terminal."""
        went_well = self.error is None and self.learnt and not self.stalled
        mark = "✔" if went_well else "⚠"
        time = timedelta(seconds=round(self.seconds))
        yield wrap(
            f"{mark} {self.reason()}. {_count(self.last['epoch'], 'epoch')}, "
            f"{_count(self.updates, 'update')} in {time}"
        )
        best = self._describe(self.best, DIR_MODEL_BEST)
        yield wrap(f"ℹ Best: {best}. Last: {self._describe(self.last, DIR_MODEL_LAST)}")
        if not self.learnt:
            yield wrap(
                f"⚠ {self.table.name(self.table.share)} is 0.0 in every row: do not use this model."
                " Train with another learning rate or more sentences"
            )
        elif self.fell:
            yield wrap(
                f"⚠ The last is far below the best: use {DIR_MODEL_BEST} (in the project: "
                "--vars.select best), and a lower learning rate next time"
            )
        if self.output is not None:
            yield "ℹ Next:"
            for command in self._next(self.output):
                yield command_line(["adaptive-spacy", *command])
        yield wrap(f"ℹ {self.table.legend()}")

    def _first_best_step(self) -> int:
        """As spaCy's patience counts: of equals the earliest."""
        best = max(one["score"] for one in self.rows if one["score"] is not None)
        return int(next(one["step"] for one in self.rows if one["score"] == best))

    def _shares(self) -> list[float]:
        scores = [one["scores"].get(self.table.share) for one in self.rows]
        return [one for one in scores if one is not None]

    def _describe(self, row: Evaluation, folder: str) -> str:
        kept = f" ({folder})" if self.output is not None else ""
        return f"epoch {row['epoch']}, {self.table.score(row)}{kept}"

    def _next(self, output: Path) -> Iterator[list[str]]:
        # what ships is the cooled model, unless a loss ranks, as in the paper, or it is worse
        by_loss = is_loss(self.table.ranking or "")
        chosen = self.fell or by_loss or self.error is not None
        model = str(output / (DIR_MODEL_BEST if chosen else DIR_MODEL_LAST))
        corpus = self._corpus()
        if corpus is not None and "ents_f" in self.table.known:
            yield ["evaluate", model, str(corpus)]
        yield ["report", str(output)]
        yield ["plot", str(output), f"plots/{output.resolve().name}"]
        if not self.learnt:
            return
        name = re.sub(r"\W+", "_", output.resolve().name).strip("_").lower() or "model"
        yield ["package", model, "packages", "--name", name]

    def _corpus(self) -> Path | None:
        """The test set beside the dev set, or that."""
        try:
            dev = Path(dot_to_object(self.config, self.config["training"]["dev_corpus"])["path"])
        except (KeyError, TypeError):
            return None
        test = dev.with_name("test.spacy")
        return test if test.is_file() else dev


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
