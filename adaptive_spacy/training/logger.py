"""The training's log: `adaptive_spacy.Logger.v1`.

A row per evaluation on stdout, a progress bar to the next one on stderr, and `history.jsonl` in
the output folder, which the figures, reports and experiments read.
"""

import json
import math
import sys
from collections.abc import Callable, Iterator
from numbers import Real
from pathlib import Path
from time import perf_counter
from typing import IO, TYPE_CHECKING, Any

from thinc.api import Config
from tqdm import tqdm
from wasabi import row

from adaptive_spacy.adaptive import binding
from adaptive_spacy.adaptive.blocks import find_blocks, resolve_value
from adaptive_spacy.adaptive.callback import ADAPTIVE
from adaptive_spacy.adaptive.schedule import PhaseMachine, PhaseSchedule

if TYPE_CHECKING:
    from spacy.language import Language

LogStep = Callable[[dict[str, Any] | None], None]
SetupLogger = Callable[..., tuple[LogStep, Callable[[], None]]]

HISTORY = "history.jsonl"
#: Columns of a terminal that the table fits into
WIDTH = 80
SHORT_NAMES = {"ents_loss": "LOSS", "ents_p": "P", "ents_r": "R", "ents_f": "F"}


def make_logger_v1(progress_bar: bool = True, then: list[Any] | None = None) -> SetupLogger:
    """Registered as `adaptive_spacy.Logger.v1`.

    progress_bar (bool): Show a bar to the next evaluation, where stderr is a terminal.
    then (list | None): Other loggers that get the same steps, e.g. of spacy-loggers, as functions
        or as blocks of a config: {"@loggers": "spacy.WandbLogger.v5", ...}.
    """
    # confection 1.3 resolves no promises in lists
    others = [resolve_value(one) for one in then or []]

    def setup(
        nlp: "Language", stdout: IO[str] = sys.stdout, stderr: IO[str] = sys.stderr
    ) -> tuple[LogStep, Callable[[], None]]:
        log = TrainingLog(nlp, stdout, stderr, progress_bar=progress_bar)
        running = [one(nlp, stdout, stderr) for one in others]

        def log_step(info: dict[str, Any] | None) -> None:
            log.step(info)
            for other, _ in running:
                other(info)

        def finalize() -> None:
            log.close()
            for _, close in running:
                close()

        return log_step, finalize

    return setup


class RateTrace:
    """The rate and phase of each update, without the optimizer, which spaCy keeps to itself.

    An adaptive schedule is read directly. Any other depends on the number of updates alone, so a
    second one, built from the config, runs alongside.

    config (Config): The pipeline's config, interpolated.
    """

    def __init__(self, config: Config) -> None:
        self.machine: PhaseMachine | None = None
        self.rates: Iterator[float] | None = None
        self.current: float | None = None
        optimizer = config["training"]["optimizer"]
        latest = binding.latest()
        if latest is not None and find_blocks(optimizer, "schedules", ADAPTIVE):
            self.machine = latest.machine
        elif "learn_rate" in optimizer:
            rate = resolve_value(optimizer["learn_rate"])
            if isinstance(rate, PhaseSchedule):
                self.machine = rate.machine
            elif isinstance(rate, int | float):
                self.current = float(rate)
            else:
                self.rates = iter(rate)

    def advance(self) -> None:
        """One more update was made."""
        if self.rates is not None:
            self.current = next(self.rates, self.current)

    def rate(self, step: int) -> float | None:
        """RETURNS (float | None): The rate of the update just made; None if unknown."""
        return self.machine.rate(step) if self.machine else self.current

    def phase(self, step: int) -> str | None:
        """RETURNS (str | None): The phase of the update just made; None without phases."""
        return self.machine.phase(step) if self.machine else None


class TrainingLog:
    """Follows one training from its first update to its last.

    nlp (Language): The pipeline.
    stdout, stderr (IO): Where the table and the bar go.
    progress_bar (bool): Whether to show a bar.
    """

    def __init__(
        self, nlp: "Language", stdout: IO[str], stderr: IO[str], *, progress_bar: bool
    ) -> None:
        config = nlp.config.interpolate()
        training = config["training"]
        self.stdout, self.stderr, self.progress_bar = stdout, stderr, progress_bar
        self.trace = RateTrace(config)
        self.interval = resolve_value(training["eval_frequency"])
        self.max_steps = resolve_value(training["max_steps"])
        self.pipes = [name for name, pipe in nlp.pipeline if _has_loss(pipe)]
        self.table = Table(training["score_weights"])
        self.started = perf_counter()
        self.last_step: int | None = None
        self.made = 0
        self.bar: tqdm | None = None
        self.history: Path | None = None
        self._write(self.table.header())

    def step(self, info: dict[str, Any] | None) -> None:
        """One update was made; `info` is None unless it was evaluated."""
        self.trace.advance()
        self.made += 1
        if info is None:
            self._advance_bar()
            return
        self.close()
        evaluation = self._evaluation(info)
        self._write(self.table.row(evaluation))
        self._record(info.get("output_path"), evaluation)
        self.last_step = info["step"]
        if self.progress_bar:
            self.bar = tqdm(
                total=self.interval,
                desc=f"Epoch {info['epoch'] + 1}",
                unit="step",
                leave=False,
                file=self.stderr,
                ncols=WIDTH - 1,
                # None: no bar where stderr is no terminal
                disable=None,
            )

    def close(self) -> None:
        """Take the bar away."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None

    def _advance_bar(self) -> None:
        if self.bar is None:
            return
        if self.bar.n == 0 and not self.bar.disable:
            self.bar.set_postfix_str(self._eta())
        self.bar.update(1)

    def _eta(self) -> str:
        """The shortest time that the training can still take. Asked after the first update of a
        round, when the schedule has seen the evaluation."""
        machine = self.trace.machine
        if self.max_steps:
            steps = self.max_steps - self.made
        elif machine is not None:
            steps = machine.rounds_left() * self.interval
        else:
            return ""
        seconds = steps * (perf_counter() - self.started) / self.made
        return f"end in {'' if self.max_steps else '>= '}{tqdm.format_interval(seconds)}"

    def _evaluation(self, info: dict[str, Any]) -> dict[str, Any]:
        step = info["step"]
        updates = step - self.last_step if self.last_step is not None else step + 1
        losses = {name: _number(info["losses"].get(name)) for name in self.pipes}
        losses = {name: loss / updates for name, loss in losses.items() if loss is not None}
        scores = {metric: _number(info["other_scores"].get(metric)) for metric in self.table.known}
        return {
            "epoch": info["epoch"],
            "step": step,
            "phase": self.trace.phase(step),
            "rate": self.trace.rate(step),
            "train_loss": sum(losses.values()) if losses else None,
            "dev_loss": scores.get("ents_loss"),
            "p": scores.get("ents_p"),
            "r": scores.get("ents_r"),
            "f": scores.get("ents_f"),
            "score": _number(info["score"]),
            "best": info["score"] == max(info["checkpoints"])[0],
            "seconds": round(perf_counter() - self.started, 3),
            "steps_per_round": self.interval,
            "losses": losses,
            "scores": scores,
        }

    def _record(self, output_path: str | None, evaluation: dict[str, Any]) -> None:
        if output_path is None:
            return
        # the path of model-last; spaCy tells it with the first evaluation
        mode = "a" if self.history else "w"
        self.history = Path(output_path).parent / HISTORY
        with self.history.open(mode, encoding="utf8") as file:
            # not srsly: it keeps nine decimals
            file.write(json.dumps(evaluation, default=float) + "\n")

    def _write(self, text: str) -> None:
        print(text, file=self.stdout, flush=True)


class Table:
    """The rows of the terminal, at most 80 columns wide.

    score_weights (dict): `[training.score_weights]`: what spaCy reports.
    """

    # E and # are epoch and step, as in spaCy's own table
    BASE = (("E", 3), ("#", 6), ("PHASE", 8), ("RATE", 7), ("TRAIN", 6))
    LAST = (("SCORE", 6), ("BEST", 4))
    SPACING = 2

    def __init__(self, score_weights: dict[str, float | None]) -> None:
        self.known = [metric for metric in score_weights if not metric.endswith("_per_type")]
        shown = [m for m in self.known if score_weights[m] is not None or m.endswith("_loss")]
        room = WIDTH - sum(width + self.SPACING for _, width in self.BASE + self.LAST)
        self.metrics: list[str] = []
        self.widths: list[int] = []
        for metric in sorted(shown, key=lambda m: not m.endswith("_loss")):
            width = max(len(_short(metric)), 5)
            if sum(self.widths) + width + len(self.widths) * self.SPACING <= room:
                self.metrics.append(metric)
                self.widths.append(width)

    def header(self) -> str:
        """RETURNS (str): The names and a rule."""
        names = [name for name, _ in self.BASE] + [_short(m) for m in self.metrics]
        names += [name for name, _ in self.LAST]
        return self._row(names) + "\n" + self._row(["-" * width for width in self._widths()])

    def row(self, evaluation: dict[str, Any]) -> str:
        """RETURNS (str): One evaluation. Losses in nats, scores in percent."""
        rate = evaluation["rate"]
        cells = [
            str(evaluation["epoch"]),
            str(evaluation["step"]),
            evaluation["phase"] or "",
            "" if rate is None else f"{rate:.1e}",
            _cell(evaluation["train_loss"], 1),
        ]
        for metric in self.metrics:
            factor = 1 if metric.endswith("_loss") or metric == "speed" else 100
            cells.append(_cell(evaluation["scores"][metric], factor))
        cells += [_cell(evaluation["score"], 1), "*" if evaluation["best"] else ""]
        return self._row(cells)

    def _widths(self) -> list[int]:
        base, last = [w for _, w in self.BASE], [w for _, w in self.LAST]
        return [*base, *self.widths, *last]

    def _row(self, cells: list[str]) -> str:
        widths = self._widths()
        return row(cells, widths=widths, aligns="r", spacing=self.SPACING).rstrip()


def _short(metric: str) -> str:
    return SHORT_NAMES.get(metric, metric.upper())


def _cell(value: float | None, factor: int) -> str:
    return "-" if value is None else f"{value * factor:.{2 if factor == 1 else 1}f}"


def _number(value: Any) -> float | None:
    """A finite number, or None: JSON has no NaN."""
    return float(value) if isinstance(value, Real) and math.isfinite(value) else None


def _has_loss(pipe: Any) -> bool:
    """Whether a pipe's loss is one. A transformer or tok2vec that others listen to reports the
    squared norm of its gradient under that name."""
    return getattr(pipe, "is_trainable", False) and not getattr(pipe, "listener_map", None)
