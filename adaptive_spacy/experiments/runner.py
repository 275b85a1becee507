"""Sweeps: all jobs of a grid, each run once, whatever happens in between.

A job is done when its record is there. Whoever runs a job holds the lock of its folder; a sweep
that finds a job locked goes on with others and comes back to it. So a sweep that was killed
continues where it was, and several into one folder share the work.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Protocol

from adaptive_spacy.experiments.budget import require_labels
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.progress import Progress
from adaptive_spacy.experiments.records import RECORD, Record, read_record, stop_of
from adaptive_spacy.experiments.stops import require_same_rounds
from adaptive_spacy.training.lock import Lock

#: Seconds between two looks at jobs that another sweep runs
POLL = 1.0


class Backend(Protocol):
    """Where jobs run.

    slots (int): Jobs at a time.
    """

    slots: int

    def start(self, job: Job, folder: Path, lock: Lock) -> None:
        """Start a job; the lock is the backend's to release."""

    def finished(self, timeout: float) -> Iterable[Path]:
        """Wait for jobs to end, for so many seconds. YIELDS (Path): The folders of those that
        have, each with its record."""

    def close(self) -> None:
        """End what is still running, which leaves no record."""


@dataclass
class Outcome:
    """What a sweep leaves.

    done, failed (list[Record]): Records of the grid's jobs, old and new.
    blocked (list[Job]): Jobs that wait for the stop of jobs that failed.
    """

    done: list[Record] = field(default_factory=list)
    failed: list[Record] = field(default_factory=list)
    blocked: list[Job] = field(default_factory=list)


class Queue:
    """Jobs that are to be settled, in order, but those that need others after them.

    jobs (Sequence[Job]): All jobs.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.waiting = list(jobs)
        self.postponed: list[Job] = []
        self.open = Counter((job.cell, job.approach) for job in jobs)
        self.stops: dict[tuple[object, str], list[float]] = defaultdict(list)
        self.broken: set[tuple[object, str]] = set()
        self.outcome = Outcome()

    def __bool__(self) -> bool:
        return bool(self.waiting or self.postponed)

    def take(self) -> Job | None:
        """RETURNS (Job | None): The next job that can run, with the stops that it needs."""
        while (job := self._take_ready()) is not None:
            if not any((job.cell, need) in self.broken for need in job.needs):
                return job.with_stops(
                    {need: round(mean(self.stops[job.cell, need])) for need in job.needs}
                )
            self.outcome.blocked.append(job)
        return None

    def _take_ready(self) -> Job | None:
        """RETURNS (Job | None): The next job that needs none that is still open."""
        for i, job in enumerate(self.waiting):
            if not any(self.open[job.cell, need] for need in job.needs):
                return self.waiting.pop(i)
        return None

    def postpone(self, job: Job) -> None:
        """Another sweep runs this job."""
        self.postponed.append(job)

    def look_again(self) -> None:
        """Consider postponed jobs again, first of all."""
        self.waiting[:0] = self.postponed
        self.postponed.clear()

    def settle(self, job: Job, record: Record) -> None:
        """A job has its record."""
        key = job.cell, job.approach
        self.open[key] -= 1
        if record["status"] == "done":
            self.outcome.done.append(record)
            self.stops[key].append(stop_of(record))
        else:
            self.outcome.failed.append(record)
            self.broken.add(key)


@dataclass
class Work:
    """Jobs on their way from the queue through the backend to their records.

    output (Path), backend (Backend), progress (Progress): See `sweep`.
    queue (Queue): Jobs that are to be settled.
    retry (set): Keys of jobs that are run again if they failed before.
    running (dict[Path, Job]): Jobs of the backend by their folders.
    """

    output: Path
    backend: Backend
    queue: Queue
    progress: Progress
    retry: set[object]
    running: dict[Path, Job] = field(default_factory=dict)

    def start(self) -> None:
        """Give the backend as many jobs as it takes; settle what has its record already."""
        while len(self.running) < self.backend.slots and (job := self.queue.take()):
            folder = self.output / job.folder()
            claimed = claim(folder, retry=job.key in self.retry)
            self.retry.discard(job.key)
            if isinstance(claimed, Lock):
                self.backend.start(job, folder, claimed)
                self.running[folder] = job
                self.progress.start(job)
            elif claimed is None:
                self.queue.postpone(job)
            else:
                self._settle(job, claimed, ran=False)

    def collect(self) -> None:
        """Settle what has ended, or wait for the jobs of other sweeps."""
        if self.running:
            for folder in self.backend.finished(POLL):
                record = read_record(folder)
                assert record is not None, folder
                self._settle(self.running.pop(folder), record, ran=True)
        elif self.queue:
            time.sleep(POLL)

    def _settle(self, job: Job, record: Record, *, ran: bool) -> None:
        self.queue.settle(job, record)
        self.progress.settle(job, record, ran=ran)


def sweep(
    jobs: Sequence[Job],
    output: Path,
    backend: Backend,
    *,
    retry_failed: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Run the jobs that have no record yet.

    jobs (Sequence[Job]): The grid's jobs.
    output (Path): Gets a folder per job.
    backend (Backend): Where they run.
    retry_failed (bool): Run jobs again that failed before.
    progress (Progress | None): Is told what happens.
    RETURNS (Outcome): The records.
    RAISES (ValueError): If a job lacks a file or has a broken config; before anything is run.
    """
    check_jobs(jobs)
    output.mkdir(parents=True, exist_ok=True)
    retry: set[object] = {job.key for job in jobs} if retry_failed else set()
    work = Work(output, backend, Queue(jobs), progress or Progress(jobs, silent=True), retry)
    try:
        while work.queue or work.running:
            work.start()
            work.collect()
            work.queue.look_again()
    except KeyboardInterrupt:
        work.progress.stop()
        raise
    finally:
        backend.close()
        work.progress.close()
    return work.queue.outcome


def claim(folder: Path, *, retry: bool = False) -> Record | Lock | None:
    """Take a job, unless it is done or taken.

    folder (Path): The job's folder.
    retry (bool): Whether the record of a failure does not count; it is removed.
    RETURNS (Record | Lock | None): Its record, the right to run it, or None: another sweep does.
    """
    record = read_record(folder)
    if record is not None and not (retry and record["status"] == "failed"):
        return record
    lock = Lock.take(folder)
    if lock is None:
        return None
    # it may have been settled since
    record = read_record(folder)
    if record is None:
        return lock
    if retry and record["status"] == "failed":
        (folder / RECORD).unlink()
        return lock
    lock.release()
    return record


def check_jobs(jobs: Sequence[Job], *, planned: bool = False) -> None:
    """Refuse what would fail later.

    jobs (Sequence[Job]): All jobs.
    planned (bool): Whether corpora and transformers may be missing yet.
    RAISES (ValueError): With a line per fault, each once, if a job cannot run.
    """
    faults: dict[str, None] = {}
    seen = set()
    for job in jobs:
        key = job.approach, job.dataset, job.model, job.labels
        if key not in seen:
            seen.add(key)
            try:
                if planned:
                    job.check_config()
                else:
                    job.check()
                require_same_rounds(job, jobs)
                if not planned or job.has_files():
                    require_labels(job)
            except ValueError as error:
                faults[str(error)] = None
    if faults:
        raise ValueError("; ".join(faults))
