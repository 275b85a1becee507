"""Jobs as processes of this machine, a fresh one for each."""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import (
    Record,
    make_failure,
    read_record,
    state_reason,
    write_record,
)
from adaptive_spacy.training.lock import Lock

#: Imported once by the process that the jobs' processes are forked off
PRELOAD = ["adaptive_spacy.experiments.preload"]


class LocalProcesses:
    """Runs up to `slots` jobs side by side.

    The lock of a job's folder is handed to its process, so that it is held until both this
    process and that one have let go: whoever is killed first, nobody starts the job again while
    it is still running. A job's process ends when this one does.

    slots (int): Jobs at a time.
    keep (bool): Whether checkpoints are kept.
    gpu_id (int): Number of the GPU; -1: the processor.
    """

    def __init__(self, slots: int, *, keep: bool, gpu_id: int) -> None:
        self.slots, self.keep, self.gpu_id = slots, keep, gpu_id
        # a process that is forked off one that has asked for the GPU cannot use it
        method = "spawn" if gpu_id >= 0 else "forkserver"
        if "forkserver" not in multiprocessing.get_all_start_methods():
            raise ValueError(
                "sweep and crossfit hand the locks of their jobs on to processes, which Windows "
                "cannot; run them in WSL, or on a cluster (--ray)"
            )
        self.context: Any = multiprocessing.get_context(method)
        if gpu_id < 0:
            self.context.set_forkserver_preload(PRELOAD)
        self.running: dict[Path, tuple[Any, Lock, Record]] = {}

    def start(self, job: Job, folder: Path, lock: Lock) -> None:
        """Start a job. The lock is the backend's to release from here on."""
        # before what it reads may change
        failure = make_failure(job)
        process = self.context.Process(
            target=_work, args=(job, folder, lock, self.keep, self.gpu_id), name=job.name
        )
        with _plain_main():
            process.start()
        self.running[folder] = process, lock, failure

    def finished(self, timeout: float) -> Iterator[Path]:
        """Wait for jobs to end. YIELDS (Path): Folders of those that have, each with its record."""
        wait([process.sentinel for process, _, _ in self.running.values()], timeout)
        for folder, (process, lock, failure) in list(self.running.items()):
            if process.is_alive():
                continue
            process.join()
            # a process may also break down on its way out, when its record is there
            if read_record(folder) is None:
                write_record(folder, state_reason(failure, _describe_death(process.exitcode)))
            lock.release()
            del self.running[folder]
            yield folder

    def close(self) -> None:
        """End what is still running; its folders stay without record."""
        for process, _, _ in self.running.values():
            process.terminate()
        for process, lock, _ in self.running.values():
            process.join()
            lock.release()
        self.running.clear()


def _work(job: Job, folder: Path, lock: Lock, keep: bool, gpu_id: int) -> None:
    """In the job's process."""
    # Ctrl-C goes to the whole group of processes; the sweep decides what ends
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from adaptive_spacy.experiments.run_job import run_job

    write_record(folder, run_job(job, folder, keep=keep, gpu_id=gpu_id))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _describe_death(exit_code: int) -> str:
    """Why a job's process ended without a record."""
    if exit_code >= 0:
        return f"the job's process ended with exit code {exit_code}; see log.txt"
    name = signal.Signals(-exit_code).name
    hint = ", as systems do when memory runs out" if name == "SIGKILL" else ""
    return f"the job's process was ended by {name}{hint}; see log.txt"


@contextlib.contextmanager
def _plain_main() -> Iterator[None]:
    """Keep multiprocessing from running the main script again in each process: the jobs need
    nothing of it."""
    import __main__ as main

    kept = {key: getattr(main, key) for key in ("__file__", "__spec__") if hasattr(main, key)}
    try:
        for key in kept:
            setattr(main, key, None)
        yield
    finally:
        for key, value in kept.items():
            setattr(main, key, value)
