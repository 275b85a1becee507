"""Sweeps of local processes, whatever happens to them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.local import LocalProcesses
from adaptive_spacy.experiments.records import read_record
from adaptive_spacy.training.lock import Lock
from tests.experiments.sweeps import with_own_config


def test_system_that_cannot_hand_locks_on_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("multiprocessing.get_all_start_methods", lambda: ["spawn"])
    for gpu_id in (-1, 0):
        with pytest.raises(ValueError, match="which Windows cannot; run them in WSL"):
            LocalProcesses(1, keep=False, gpu_id=gpu_id)


def test_job_that_died_is_recorded_as_it_began(
    jobs: list[Job], tmp_path: Path, in_root: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, folder = with_own_config(jobs[0], tmp_path), tmp_path / "job"
    before, lock = job.identity(), Lock.take(folder)
    assert lock is not None
    dead = {"start": lambda: None, "join": lambda: None, "is_alive": lambda: False, "sentinel": 0}
    there: dict[str, Any] = {"Process": lambda **_: SimpleNamespace(exitcode=-9, **dead)}
    monkeypatch.setattr("adaptive_spacy.experiments.local.wait", lambda *_: [])
    backend = LocalProcesses(1, keep=False, gpu_id=-1)
    monkeypatch.setattr(backend, "context", SimpleNamespace(**there))
    backend.start(job, folder, lock)
    Path(job.config).write_text("half a conf")
    assert list(backend.finished(0)) == [folder]
    record = read_record(folder)
    assert record is not None
    assert record["id"] == before
    assert "SIGKILL" in record["reason"]
