"""A sweep's progress: what runs, what is done, what failed, and when the end is to be expected."""

import sys
import time
from collections.abc import Sequence
from typing import IO

from tqdm import tqdm

from adaptive_spacy.experiments.cost import expect
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import Record, stop_of
from adaptive_spacy.printable import one_line


class Progress:
    """A bar over the jobs and a line per job that ended.

    jobs (Sequence[Job]): All jobs of the sweep.
    silent (bool): Show nothing.
    file (IO): Where to.
    """

    def __init__(
        self, jobs: Sequence[Job], *, silent: bool = False, file: IO[str] | None = None
    ) -> None:
        self.silent = silent
        self.work = {job.key: _work(job) for job in jobs}
        self.left = sum(self.work.values())
        self.worked = 0.0
        self.running = self.done = self.failed = 0
        self.started = time.monotonic()
        self.bar = tqdm(
            total=len(jobs),
            unit="job",
            file=file or sys.stderr,
            bar_format="{n}/{total} jobs |{bar}| {postfix}",
            disable=silent or None,
            leave=False,
        )

    def start(self, job: Job) -> None:
        """A job began."""
        self.running += 1
        self._show()

    def settle(self, job: Job, record: Record, *, ran: bool) -> None:
        """A job has its record, now or from before."""
        if ran:
            self.running -= 1
            self.worked += self.work[job.key]
        self.left -= self.work[job.key]
        failed = record["status"] == "failed"
        self.failed += failed
        self.done += not failed
        if ran and not self.silent:
            self.bar.write(describe_end(job, record), file=sys.stdout)
        self.bar.update(1)
        self._show()

    def stop(self) -> None:
        """Say what a signal leaves."""
        if not self.silent:
            total = len(self.work)
            done = f"{self.done} of {total} jobs {'is' if self.done == 1 else 'are'} done"
            begun = f"{self.running} {'is' if self.running == 1 else 'are'} begun"
            text = f"ℹ Stopped: {done}, {begun}. Go on: the same command"
            self.bar.write(text, file=sys.stdout)

    def close(self) -> None:
        """Take the bar away."""
        self.bar.close()

    def seconds_left(self) -> float | None:
        """RETURNS (float | None): As long as the rest takes at the speed so far; None: no job of
        this sweep has ended yet."""
        if not self.worked:
            return None
        return (time.monotonic() - self.started) * self.left / self.worked

    def _show(self) -> None:
        seconds = self.seconds_left()
        eta = "?" if seconds is None else tqdm.format_interval(seconds)
        self.bar.set_postfix_str(
            f"{self.running} running, {self.done} done, {self.failed} failed, ETA {eta}"
        )


def describe_end(job: Job, record: Record) -> str:
    """RETURNS (str): How a job ended, in one line."""
    if record["status"] == "failed":
        return one_line(f"✘ {job.name}: {record['reason']}")
    last = record["results"]["last"]["test"]["f1"]
    score = "-" if last is None else f"{100 * last:.1f}"
    length = f"{stop_of(record):g} rounds, {record['seconds']:.0f} s"
    if last == 0:
        return f"⚠ {job.name}: F1 0.0, no entity is right, {length}"
    return f"✔ {job.name}: F1 {score}, {length}"


def _work(job: Job) -> float:
    """Bytes of the corpus stand for its tokens: they are known without reading it."""
    sizes = {split: float(path.stat().st_size) for split, path in job.files().items()}
    return expect(job, sizes).passes
