"""The last lines of a training: why it stopped, what came out, what to do next."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from spacy.training.loop import DIR_MODEL_BEST, DIR_MODEL_LAST
from thinc.api import Config

from adaptive_spacy.adaptive.schedule import PhaseMachine
from adaptive_spacy.config.blocks import resolve_value
from adaptive_spacy.config.metrics import is_loss
from adaptive_spacy.data.spacy_files import find_test, is_annotated
from adaptive_spacy.training.known_texts import path_of
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
    code (Path | None): A Python file with functions of the config, which whoever loads the model
        needs too.
    """

    config: Config
    table: Table
    machine: PhaseMachine | None
    rows: Sequence[Evaluation]
    updates: int
    seconds: float
    output: Path | None
    error: BaseException | None
    code: Path | None = None

    @property
    def best(self) -> Evaluation | None:
        """RETURNS (dict | None): The evaluation whose checkpoint is model-best: of equals the
        latest. None: the first main score was not finite, and spaCy takes none for better."""
        return next((one for one in reversed(self.rows) if one["best"]), None)

    @property
    def last(self) -> Evaluation:
        """RETURNS (dict): The last evaluation."""
        return self.rows[-1]

    @property
    def over(self) -> bool:
        """RETURNS (bool): Whether its phases came to their end."""
        return self.machine is not None and self.machine.finished

    @property
    def scored(self) -> bool:
        """RETURNS (bool): Whether the last weights are those that the last evaluation scored. spaCy
        evaluates after an update whose number, from 0, is that of the row; after the end of phases
        the rate is 0."""
        return self.over or self.updates <= self.last["step"] + 1

    @property
    def limit(self) -> str | None:
        """RETURNS (str | None): The setting of `[training]` that ended it; None: something else."""
        training = self.config["training"]
        max_steps, patience = (resolve_value(training[one]) for one in ("max_steps", "patience"))
        if self.error is not None or self.over:
            return None
        if max_steps and self.updates > max_steps:
            return "max_steps"
        if patience and self.updates - 1 - self._first_best_step() >= patience:
            return "patience"
        return "max_epochs" if training["max_epochs"] > 0 else None

    @property
    def rounds_short(self) -> int:
        """RETURNS (int): Rounds that its schedule lacked at least when it ran out of epochs."""
        machine, adapts = self.machine, self.config["training"]["before_update"] is not None
        cut = adapts and self.limit == "max_epochs"
        return machine.rounds_left() if machine is not None and cut else 0

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
        return self.machine is not None and self.over and self.machine.stalled

    def reason(self) -> str:
        """RETURNS (str): Why the training stopped."""
        machine, limit = self.machine, self.limit
        if isinstance(self.error, KeyboardInterrupt):
            return str(self.error) or "Stopped by hand"
        if self.error is not None:
            return f"Broken off by an error: {str(self.error).strip() or type(self.error).__name__}"
        if machine is not None and self.over:
            if self.stalled:
                return "Ended without learning: the monitored score never rose above its first"
            cooled = f"a whole cool-down of {_count(machine.cooldown, 'round')}"
            spent = cooled if machine.cooldown else _count(machine.patience + 1, "round")
            return f"Finished: {spent} brought nothing more"
        if limit is None:
            return "Done: the corpus has no more batches"
        value = resolve_value(self.config["training"][limit])
        if limit == "patience":
            return f"Done: no better score for {value} updates ([training] patience)"
        early = f", {_count(self.rounds_short, 'round')} or more too early"
        return f"Done: [training] {limit} = {value}{early if self.rounds_short else ''}"

    def lines(self) -> Iterator[str]:
        """YIELDS (str): What is shown at the end, each fit for the terminal."""
        broken = self.error is not None or self.stalled or self.rounds_short
        mark = "✔" if self.learnt and not broken else "⚠"
        time = timedelta(seconds=round(self.seconds))
        yield wrap(
            f"{mark} {self.reason()}. {_count(self._epochs(), 'epoch')}, "
            f"{_count(self.updates, 'update')} in {time}"
        )
        if self.best is None:
            yield wrap(
                "⚠ The first main score, of the weights in [training.score_weights], is no finite "
                f"number, and spaCy takes none for better than that: there is no {DIR_MODEL_BEST}"
            )
        best = self._describe(self.best, DIR_MODEL_BEST) if self.best is not None else "none"
        yield wrap(f"ℹ Best: {best}. Last: {self._describe_last()}")
        if not self.learnt:
            yield wrap(
                f"⚠ {self.table.name(self.table.share)} is 0.0 in every row: do not use this model."
                " Train with another learning rate or more sentences"
            )
        elif self.fell:
            use = f"use {DIR_MODEL_BEST} (in the project: --vars.select best), and "
            yield wrap(
                f"⚠ The last is far below the best: {use if self.best is not None else ''}"
                "take a lower learning rate next time"
            )
        if self.output is not None:
            yield "ℹ Next:"
            for command in self._next(self.output):
                yield command_line(["adaptive-spacy", *command])
        yield wrap(f"ℹ {self.table.legend()}")

    def _first_best_step(self) -> int:
        """As spaCy's patience counts: of equals the earliest, and the first if that is no finite
        number."""
        if self.rows[0]["score"] is None:
            return int(self.rows[0]["step"])
        best = max(one["score"] for one in self.rows if one["score"] is not None)
        return int(next(one["step"] for one in self.rows if one["score"] == best))

    def _epochs(self) -> int:
        # of a round that was not evaluated any more, no row tells
        out_of_epochs = self.limit == "max_epochs"
        return int(self.config["training"]["max_epochs"] if out_of_epochs else self.last["epoch"])

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
        chosen = self.best is not None and (self.fell or by_loss or self.error is not None)
        model = str(output / (DIR_MODEL_BEST if chosen else DIR_MODEL_LAST))
        run = output.resolve().name
        scores = f"metrics/{run}.json"
        corpus = self._corpus()
        code = [] if self.code is None else ["--code", str(self.code)]
        scored = corpus is not None and "ents_f" in self.table.known
        if scored:
            yield ["evaluate", model, str(corpus), "--output", scores, *code]
        yield ["report", str(output), *code]
        yield ["plot", str(output), f"plots/{run}"]
        if not self.learnt:
            return
        name = re.sub(r"[^A-Za-z0-9]+", "_", run).strip("_").lower() or "model"
        stated = ["--metrics", scores] if scored else []
        yield ["package", model, "packages", "--name", name, *stated, *code]

    def _corpus(self) -> Path | None:
        """The test set beside the dev set, or that; None: neither is there and annotated."""
        dev = path_of(self.config, "dev")
        if dev is None:
            return None
        return find_test(dev) or (dev if is_annotated(dev) else None)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
