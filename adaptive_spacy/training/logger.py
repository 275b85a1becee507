"""The training's log: `adaptive_spacy.Logger.v1`.

A row per evaluation on stdout, a progress bar to the next one on stderr, what the training came to
at the end, and `history.jsonl` in the output folder, which the figures, reports and experiments
read.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import IO, TYPE_CHECKING, Any

from tqdm import tqdm

from adaptive_spacy.adaptive.callback import load_then, save_then
from adaptive_spacy.config.blocks import resolve_value
from adaptive_spacy.config.monitor import list_weights, monitor_of, name_metrics
from adaptive_spacy.files import replacing
from adaptive_spacy.training.checkpoints import keep_temperatures, unsure
from adaptive_spacy.training.collapse import Watch
from adaptive_spacy.training.former_models import drop_beaten
from adaptive_spacy.training.history import HISTORY, as_line
from adaptive_spacy.training.lock import Lock, claim
from adaptive_spacy.training.mean_losses import MeanLosses, finite
from adaptive_spacy.training.messages import show_whole_warnings, wrap
from adaptive_spacy.training.rate_trace import RateTrace
from adaptive_spacy.training.summary import Ending
from adaptive_spacy.training.table import WIDTH, Table
from adaptive_spacy.transformer.shim import precision_of

if TYPE_CHECKING:
    from spacy.language import Language

LogStep = Callable[[dict[str, Any] | None], None]
SetupLogger = Callable[..., tuple[LogStep, Callable[[], None]]]


def make_logger_v1(
    progress_bar: bool = True, then: list[Any] | None = None, summary: bool = True
) -> SetupLogger:
    """Registered as `adaptive_spacy.Logger.v1`.

    progress_bar (bool): Show a bar to the next evaluation, where stderr is a terminal.
    then (list | None): Other loggers that get the same steps, e.g. `adaptive_spacy.MLflow.v1` or
        those of spacy-loggers, as functions or as blocks of a config: {"@loggers":
        "spacy.WandbLogger.v5", ...}. An evaluation's has the row of `history.jsonl` beside what
        spaCy says, as "evaluation".
    summary (bool): Say at the end why it ended, what came out and what to do next.
    """
    # confection 1.3 resolves no promises in lists
    others = [resolve_value(one) for one in then or []]

    def setup(
        nlp: "Language", stdout: IO[str] = sys.stdout, stderr: IO[str] = sys.stderr
    ) -> tuple[LogStep, Callable[[], None]]:
        log = TrainingLog(nlp, stdout, stderr, progress_bar=progress_bar)
        running = [one(nlp, stdout, stderr) for one in others]

        def finalize() -> None:
            if summary:
                log.finish()
            else:
                log.close()
            for _, close in running:
                close()

        log.others = [other for other, _ in running]
        return log, finalize

    return setup


class TrainingLog:
    """Follows one training from its first update to its last.

    nlp (Language): The pipeline.
    stdout, stderr (IO): Where the table and the bar go.
    progress_bar (bool): Whether to show a bar.
    clock (Callable): Seconds.
    """

    def __init__(
        self,
        nlp: "Language",
        stdout: IO[str],
        stderr: IO[str],
        *,
        progress_bar: bool,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        show_whole_warnings()
        self.nlp, self.config = nlp, (config := nlp.config.interpolate())
        training = config["training"]
        self.stdout, self.stderr, self.progress_bar = stdout, stderr, progress_bar
        self.trace, self.means = RateTrace(config), MeanLosses(nlp)
        self.interval = resolve_value(training["eval_frequency"])
        self.max_steps = resolve_value(training["max_steps"])
        self.precision = precision_of(nlp)
        monitored = name_metrics(list_weights(monitor_of(training)))
        self.table = Table(training["score_weights"], monitored)
        self.watch = Watch(self.table.share, self.table.name(self.table.share))
        self.clock, self.started = clock, clock()
        # spaCy closes its logger in a `finally`, also of a training that broke off
        self.outer_exception = sys.exception()
        self.rows: list[dict[str, Any]] = []
        self.output: Path | None = None
        self.code: Path | None = None
        self.lock: Lock | None = None
        self.last_step: int | None = None
        self.made = 0
        self.bar: tqdm | None = None
        self.history: Path | None = None
        #: Loggers that get the same steps
        self.others: list[LogStep] = []
        self._write(self.table.header())

    def __call__(self, info: dict[str, Any] | None) -> None:
        """One update was made; as spaCy calls its loggers."""
        self.step(info)
        if info is not None:
            # a copy: spaCy makes the pipeline's meta of its own
            info = {**info, "evaluation": self.rows[-1]}
        for other in self.others:
            other(info)

    def begin_trackers(self, output: Path | None, *, resumed: bool) -> None:
        """No update was made yet, or none since the training was resumed."""
        for other in self.others:
            if hasattr(other, "begin"):
                other.begin(output, resumed=resumed)

    def save_state(self, nlp: "Language") -> dict[str, Any]:
        """RETURNS (dict): What the log has seen."""
        seconds = self.clock() - self.started
        return {
            "rows": self.rows,
            "made": self.made,
            "seconds": seconds,
            "learnt": self.means.seen,
            "others": [save_then(other, nlp) for other in self.others],
        }

    def load_state(self, nlp: "Language", state: dict[str, Any], output: Path | None) -> None:
        """Go on after these rows. A history that is longer is cut back to them."""
        self.rows, self.made = state["rows"], state["made"]
        # snapshots of before do not have it
        self.means.seen = state.get("learnt", self.means.seen)
        self.started = self.clock() - state["seconds"]
        for _ in range(self.made):
            self.trace.advance()
        for row in self.rows:
            # what was said about them stays said
            list(self.watch.look(row))
            self.last_step = row["step"]
        # snapshots of before do not have it
        for other, saved in zip(self.others, state.get("others", ()), strict=False):
            load_then(other, nlp, saved, output)
        if output is not None and self.rows:
            self.output = output
            self._rewrite(output / HISTORY)

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
        for line in self.watch.look(evaluation):
            self._write(wrap(f"⚠ {line}"))
        if "output_path" in info:
            self.output = Path(info["output_path"]).parent
            self.lock = self.lock or claim(self.output)
            self._drop_former(evaluation)
        self._record(info.get("output_path"), evaluation)
        self.rows.append(evaluation)
        self.last_step = info["step"]
        if self.progress_bar:
            self.bar = tqdm(
                total=self.interval,
                desc=self._round(info["epoch"]),
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

    def finish(self) -> None:
        """The training is over, or broke off: say what it came to."""
        self.close()
        # a training without an output folder writes no checkpoint
        keep_temperatures(self.nlp)
        if self.rows:
            for line in [*self._ending().lines(), *map(wrap, unsure(self.nlp))]:
                self._write(line)

    @property
    def error(self) -> BaseException | None:
        """RETURNS (BaseException | None): What breaks the training off; asked in its `finally`."""
        return None if (error := sys.exception()) is self.outer_exception else error

    def _ending(self) -> Ending:
        return Ending(
            self.config,
            self.table,
            self.trace.machine,
            self.rows,
            self.made,
            self.clock() - self.started,
            self.output,
            self.error,
            self.code,
        )

    def _advance_bar(self) -> None:
        if self.bar is None:
            return
        if self.bar.n == 0 and not self.bar.disable:
            self.bar.set_postfix_str(self._eta())
        self.bar.update(1)

    def _round(self, epoch: int) -> str:
        """RETURNS (str): What the updates up to the next evaluation are, counted from 1: an epoch
        only where that is a round."""
        number = len(self.rows)
        return f"Epoch {number}" if epoch + 1 == number else f"Round {number}"

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
        seconds = steps * (self.clock() - self.started) / self.made
        return f"end in {'' if self.max_steps else '>= '}{tqdm.format_interval(seconds)}"

    def _evaluation(self, info: dict[str, Any]) -> dict[str, Any]:
        step = info["step"]
        updates = step - self.last_step if self.last_step is not None else step + 1
        losses = self.means.take(info["losses"], updates)
        scores = {metric: finite(info["other_scores"].get(metric)) for metric in self.table.known}
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
            "score": finite(info["score"]),
            "best": info["score"] == max(info["checkpoints"])[0],
            "seconds": round(self.clock() - self.started, 3),
            "steps_per_round": self.interval,
            "losses": losses,
            "scores": scores,
            "precision": self.precision,
            "setbacks": self.trace.setbacks,
        }

    def _record(self, output_path: str | None, evaluation: dict[str, Any]) -> None:
        if output_path is None:
            return
        # the path of model-last; spaCy tells it with the first evaluation
        mode = "a" if self.history else "w"
        self.history = Path(output_path).parent / HISTORY
        with self.history.open(mode, encoding="utf8") as file:
            file.write(as_line(evaluation))

    def _rewrite(self, path: Path) -> None:
        with replacing(path) as aside:
            aside.write_text("".join(map(as_line, self.rows)), encoding="utf8")
        self.history = path

    def _drop_former(self, evaluation: dict[str, Any]) -> None:
        """A former training's models go when this one has a better one on the disk."""
        if not evaluation["best"] or evaluation["score"] is None or self.output is None:
            return
        for folder in drop_beaten(self.output, evaluation["score"]):
            self._write(wrap(f"ℹ Better than the former training's best: {folder} is removed"))

    def _write(self, text: str) -> None:
        print(text, file=self.stdout, flush=True)
