"""Sweeps of local processes, whatever happens to them."""

import random
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.local import LocalProcesses
from adaptive_spacy.experiments.records import RECORD, read_record
from adaptive_spacy.training.lock import Lock
from tests.conftest import ROOT
from tests.experiments.sweeps import ENVIRONMENT, command, results, run

KILLS = 3


def count_rounds(output: Path) -> int:
    """RETURNS (int): Of all jobs, as far as they are."""
    return sum(one.read_bytes().count(b"\n") for one in output.glob("*/history.jsonl"))


@pytest.mark.slow
def test_killed_sweep_loses_and_repeats_nothing(
    undisturbed: dict[str, dict], grid_file: Path, tmp_path: Path
) -> None:
    draw = random.Random(0)
    written: dict[Path, int] = {}
    for _ in range(KILLS):
        goal = count_rounds(tmp_path) + draw.randint(1, 20)
        process = subprocess.Popen(
            command(grid_file, tmp_path, "--jobs", "2"),
            cwd=ROOT,
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while process.poll() is None and count_rounds(tmp_path) < goal:
            time.sleep(0.01)
        assert process.poll() is None, "it ended before"
        process.kill()
        process.wait()
        for path, changed in written.items():
            assert path.stat().st_mtime_ns == changed
        written = {path: path.stat().st_mtime_ns for path in tmp_path.glob(f"*/{RECORD}")}
    done = run(grid_file, tmp_path, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    for path, changed in written.items():
        assert path.stat().st_mtime_ns == changed
    assert results(tmp_path) == undisturbed


def test_system_that_cannot_hand_locks_on_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("multiprocessing.get_all_start_methods", lambda: ["spawn"])
    for gpu_id in (-1, 0):
        with pytest.raises(ValueError, match="which Windows cannot; run them in WSL"):
            LocalProcesses(1, keep=False, gpu_id=gpu_id)


def test_job_that_died_is_recorded_as_it_began(
    jobs: list[Job], tmp_path: Path, in_root: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = Path(shutil.copy(jobs[0].config, tmp_path / "mine.cfg"))
    job, folder = replace(jobs[0], config=str(mine)), tmp_path / "job"
    before, lock = job.identity(), Lock.take(folder)
    assert lock is not None
    dead = {"start": lambda: None, "join": lambda: None, "is_alive": lambda: False, "sentinel": 0}
    there: dict[str, Any] = {"Process": lambda **_: SimpleNamespace(exitcode=-9, **dead)}
    monkeypatch.setattr("adaptive_spacy.experiments.local.wait", lambda *_: [])
    backend = LocalProcesses(1, keep=False, gpu_id=-1)
    monkeypatch.setattr(backend, "context", SimpleNamespace(**there))
    backend.start(job, folder, lock)
    mine.write_text("half a conf")
    assert list(backend.finished(0)) == [folder]
    record = read_record(folder)
    assert record is not None
    assert record["id"] == before
    assert "SIGKILL" in record["reason"]
