"""What is served of a training: its page as its files are now."""

import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

from adaptive_spacy.experiments.predictions import CHECKPOINTS, Predictions
from adaptive_spacy.printable import called, one_line
from adaptive_spacy.report.html import Refresh, render
from adaptive_spacy.report.run.page import make_run, predict_run
from adaptive_spacy.training.evaluation import require_corpus
from adaptive_spacy.training.history import HISTORY, Evaluation, read_history
from adaptive_spacy.training.running import has_evaluated, is_running

#: Seconds from one question of a browser to the next
SECONDS = 2.0


class Live:
    """Follows a training by its files.

    While it runs, its page is made of the history alone: no processor is taken from it. When it has
    ended, its model predicts once what the page of `report` has predicted.

    training (Path): Its output folder, which need not exist yet.
    select, corpus, gpu_id: See `write_run`.
    seconds (float): From one question of a browser to the next.
    RAISES (ValueError): If these cannot be what is watched.
    """

    def __init__(
        self,
        training: Path,
        *,
        select: str = "last",
        corpus: Path | None = None,
        gpu_id: int = -1,
        seconds: float = SECONDS,
    ) -> None:
        if training.exists() and not training.is_dir():
            raise ValueError(f"expected the output folder of a training, got the file {training}")
        if select not in CHECKPOINTS:
            raise ValueError(f"--select: expected one of {', '.join(CHECKPOINTS)}, got {select}")
        if corpus is not None:
            require_corpus(corpus)
        self.training, self.seconds = training, seconds
        self.select, self.corpus, self.gpu_id = select, corpus, gpu_id
        # a server that starts anew on the same port has other pages
        self.tag, self.count = secrets.token_hex(4), 0
        self.seen: object = None
        #: Whether the training has ended and its model is still to predict
        self.owed = False
        self.said = ""
        #: The page and which one it is, always replaced as one
        self.served: tuple[bytes, str] = self._waiting("The page is being made.")

    def update(self) -> Iterator[str]:
        """Look at the files, and make the page anew if they have changed.

        YIELDS (str): What is new, in lines.
        RAISES (ValueError): If there is no training any more and its files cannot be read.
        """
        running = is_running(self.training)
        state = (running, _stamp(self.training / HISTORY))
        if state == self.seen and not self.owed:
            return
        try:
            history = self._read(running)
            yield from self._show(history, running, predict=self.owed and state == self.seen)
            self.seen = state
        except (ValueError, OSError) as error:
            if not running and self.seen is None:
                raise
            # its files may be half written; and predictions are not worth the page
            self.owed = False
            yield from self._say(f"{one_line(str(error))}; the page stays as it was")

    def _show(
        self, history: Sequence[Evaluation], running: bool, *, predict: bool
    ) -> Iterator[str]:
        if not history:
            text = f"{self.training} has no evaluation yet: waiting for its {HISTORY}"
            self.served = self._waiting(text)
            yield from self._say(text)
            return
        found: Predictions | None = None
        if predict:
            found = predict_run(
                self.training,
                history,
                select=self.select,
                corpus=self.corpus,
                gpu_id=self.gpu_id,
            )
        refresh = self._refresh()
        page, lines = make_run(
            self.training,
            list(history),
            found,
            select=self.select,
            running=running,
            refresh=refresh,
        )
        self.served = _encode(page), refresh.tag
        # what an ended training found is worth a second page
        self.owed = not running and not predict
        if predict:
            yield from lines
        elif running:
            yield from self._say(f"{self.training} runs")
        else:
            yield from self._say(f"{self.training} has ended; its model predicts now")

    def _read(self, running: bool) -> list[Evaluation]:
        if running and not has_evaluated(self.training):
            return []
        return read_history(self.training, growing=True)

    def _say(self, text: str) -> Iterator[str]:
        """YIELDS (str): The text, unless it was the last one."""
        if text != self.said:
            self.said = text
            yield text

    def _waiting(self, text: str) -> tuple[bytes, str]:
        refresh = self._refresh()
        title = f"Training {one_line(called(self.training).name)}"
        page = render(
            "waiting.html", title=title, about="Not begun yet", text=one_line(text), refresh=refresh
        )
        return _encode(page), refresh.tag

    def _refresh(self) -> Refresh:
        self.count += 1
        return Refresh(f"{self.tag}-{self.count}", self.seconds)


def _encode(page: str) -> bytes:
    return page.encode("utf8", errors="backslashreplace")


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
