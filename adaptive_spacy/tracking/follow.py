"""A logger that hands a training on to a tracker."""

import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Protocol

from spacy.language import Language
from thinc.api import Config, ConfigValidationError

from adaptive_spacy.config.settings import find_logger_faults
from adaptive_spacy.printable import one_line
from adaptive_spacy.report.html import write_page
from adaptive_spacy.report.run.page import PAGE, make_run, predict_run
from adaptive_spacy.tracking.values import list_values
from adaptive_spacy.training.history import read_history
from adaptive_spacy.training.logger import LogStep, SetupLogger


class Tracker(Protocol):
    """A run in the tool that keeps it."""

    def log(self, step: int, values: dict[str, float]) -> None:
        """Keep what was measured after an update."""

    def keep(self, page: Path, lines: list[str]) -> None:
        """Keep the page of the training, and its summary."""

    def end(self, *, broken: bool) -> None:
        """The training is over, or was broken off."""


Start = Callable[[Config, Path | None], Tracker]


def following(start: Start, name: str, *, page: bool) -> SetupLogger:
    """Make a logger of a tracker.

    start (Callable): Begins a run; gets the config, interpolated, and the output folder of the
        training, if it has one. What it raises is said of the tracker.
    name (str): The tracker's, as registered.
    page (bool): Make the page of the training at its end.
    RETURNS (Callable): Sets the logger up, as spaCy does. It raises ConfigValidationError where the
        tracker is the logger of the training itself.
    """

    def setup(
        nlp: Language, stdout: IO[str] = sys.stdout, stderr: IO[str] = sys.stderr
    ) -> tuple[LogStep, Callable[[], None]]:
        config = nlp.config.interpolate()
        # again, for configs without the check
        for fault in find_logger_faults(config):
            raise ConfigValidationError(title="Tracker without a log", desc=fault)
        follower = Follower(start, config, name, page=page)
        return follower, follower.finish

    return setup


class Follower:
    """Follows one training. See `following`."""

    def __init__(self, start: Start, config: Config, name: str, *, page: bool) -> None:
        self.start, self.config, self.name, self.page = start, config, name, page
        self.tracker: Tracker | None = None
        self.output: Path | None = None
        #: Whether the tracker failed, and is told nothing more but the end
        self.lost = False
        #: Whether there is anything that a page could show
        self.evaluated = False
        # spaCy closes its loggers in a `finally`
        self.outer_exception = sys.exception()

    def begin(self, output: Path | None, *, resumed: bool) -> None:
        """The training is about to make an update. spaCy's own `train` does not say so: the tracker
        begins at the first evaluation there, which tells the folder.

        output (Path | None): Of the training.
        resumed (bool): Whether it goes on; then a tracker that cannot begin is a warning.
        RAISES (ValueError): If the tracker of a new training cannot begin.
        """
        if self.tracker is not None or self.lost:
            return
        self.output = output
        try:
            self.tracker = self.start(self.config, output)
        except Exception as fault:
            reason = f"adaptive_spacy.{self.name}.v1 could not begin: {_say(fault)}"
            if not resumed:
                raise ValueError(
                    f"{reason}; correct its block in [training.logger] then, or take it out"
                ) from fault
            # a server that is gone is not worth what was trained before
            self.lost = True
            warnings.warn(f"{reason}; the training goes on without it", stacklevel=2)

    def __call__(self, info: dict[str, Any] | None) -> None:
        """An update was made; `info` is None unless it was evaluated."""
        if info is None:
            return
        if "evaluation" not in info:
            raise ValueError(
                "a tracker of adaptive_spacy follows adaptive_spacy.Logger.v1: expected it in "
                "[training.logger] then, not as [training.logger]"
            )
        path = info.get("output_path")
        self.begin(None if path is None else Path(path).parent, resumed=False)
        self.evaluated = True
        tracker, values = self.tracker, list_values(info)
        if tracker is not None and not self.lost:
            self._tell("an evaluation", lambda: tracker.log(info["step"], values))

    def finish(self) -> None:
        """The training is over: keep its page."""
        tracker, output = self.tracker, self.output
        if tracker is None:
            return
        error = sys.exception()
        broken = error is not None and error is not self.outer_exception
        if self.page and self.evaluated and output is not None and not self.lost:
            self._tell(
                "the page of the training",
                lambda: tracker.keep(*_make_page(output, predict=not broken)),
            )
        self._tell("the end of the training", lambda: tracker.end(broken=broken))

    def _tell(self, what: str, tell: Callable[[], None]) -> None:
        """Tell the tracker something. One that fails, as a server that is gone, is not worth the
        training, and spaCy saves the model after the end."""
        try:
            tell()
        except Exception as fault:
            self.lost = True
            warnings.warn(f"the tracker did not get {what}: {_say(fault)}", stacklevel=2)


def _say(fault: Exception) -> str:
    """RETURNS (str): What a tool says of a fault, and what was noted of it, in one line."""
    said = one_line(str(fault)).rstrip(". ") or type(fault).__name__
    return "; ".join([said, *getattr(fault, "__notes__", ())])


def _make_page(training: Path, *, predict: bool) -> tuple[Path, list[str]]:
    """RETURNS (tuple): The page in the training's folder, and its summary in lines."""
    history = read_history(training)
    # one that is resumed must find its random numbers as they were, and loading a model draws some
    found = predict_run(training, history) if predict else None
    page, lines = make_run(training, history, found, running=False)
    path = training / PAGE
    write_page(page, path)
    return path, lines


def require(package: str, name: str) -> ValueError:
    """RETURNS (ValueError): What says that a tracker is not installed."""
    return ValueError(
        f'adaptive_spacy.{name}.v1 needs {package}: pip install "adaptive-spacy[track]"'
    )


def name_of(output: Path | None) -> str | None:
    """RETURNS (str | None): What a run is called after its output folder; None without one."""
    return None if output is None else output.resolve().name
