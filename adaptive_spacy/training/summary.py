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
    def scored(self) -> bool:
        """RETURNS (bool): Whether the last weights are those that the last evaluation scored. spaCy
        evaluates after an update whose number, from 0, is that of the row; after the end of phases
        the rate is 0."""
        over = self.machine is not None and self.machine.finished
        return over or self.updates <= self.last["step"] + 1

    @property
    def out_of_epochs(self) -> bool:
        """RETURNS (bool): Whether `max_epochs` ended it, where nothing else did."""
        training = self.config["training"]
        max_steps, patience = self._limits()
        return not (
            self.error is not None
            or (self.machine is not None and self.machine.finished)
            or (max_steps and self.updates > max_steps)
            or (patience and self._updates_since_best() >= patience)
            or training["max_epochs"] <= 0
        )

    @property
    def rounds_short(self) -> int:
        """RETURNS (int): Rounds that its schedule lacked at least when it ran out of epochs."""
        machine = self.machine
        if machine is None or self.config["training"]["before_update"] is None:
            return 0
        return machine.rounds_left() if self.out_of_epochs else 0

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
        machine, (max_steps, patience) = self.machine, self._limits()
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
        if patience and self._updates_since_best() >= patience:
            return f"Done: no better score for {patience} updates ([training] patience)"
        if not self.out_of_epochs:
            return "Done: the corpus has no more batches"
        end = f"Done: [training] max_epochs = {self.config['training']['max_epochs']}"
        left = self.rounds_short
        return f"{end}, {_count(left, 'round')} or more too early" if left else end

    def lines(self) -> Iterator[str]:
        """YIELDS (str): What is shown at the end, each fit for the terminal."""
        went_well = self.error is None and self.learnt and not self.stalled
        went_well = went_well and not self.rounds_short
        mark = "✔" if went_well else "⚠"
        time = timedelta(seconds=round(self.seconds))
        yield wrap(
            f"{mark} {self.reason()}. {_count(self._epochs(), 'epoch')}, "
            f"{_count(self.updates, 'update')} in {time}"
        )
        best = self._describe(self.best, DIR_MODEL_BEST)
        yield wrap(f"ℹ Best: {best}. Last: {self._describe_last()}")
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

    def _limits(self) -> tuple[int, int]:
        training = self.config["training"]
        return resolve_value(training["max_steps"]), resolve_value(training["patience"])

    def _updates_since_best(self) -> int:
        """As spaCy's patience counts: of equals the earliest."""
        best = max(one["score"] for one in self.rows if one["score"] is not None)
        step = int(next(one["step"] for one in self.rows if one["score"] == best))
        return self.updates - 1 - step

    def _epochs(self) -> int:
        # of a round that was not evaluated any more, no row tells
        epochs = self.config["training"]["max_epochs"] if self.out_of_epochs else self.last["epoch"]
        return int(epochs)

    def _shares(self) -> list[float]:
        scores = [one["scores"].get(self.table.share) for one in self.rows]
        return [one for one in scores if one is not None]

    def _describe(self, row: Evaluation, folder: str) -> str:
        return f"epoch {row['epoch']}, {self.table.score(row)}{self._kept(folder)}"

    def _describe_last(self) -> str:
        if self.scored:
            return self._describe(self.last, DIR_MODEL_LAST)
        return f"update {self.updates}, not evaluated any more{self._kept(DIR_MODEL_LAST)}"

    def _kept(self, folder: str) -> str:
        return f" ({folder})" if self.output is not None else ""

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
        name = re.sub(r"[^A-Za-z0-9]+", "_", output.resolve().name).strip("_").lower() or "model"
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
