"""Whether a training runs, as its folder tells."""

import subprocess
import sys
from pathlib import Path

import pytest

from adaptive_spacy.training.lock import LOCK, Lock, claim
from adaptive_spacy.training.running import is_running


def test_training_runs_as_long_as_it_has_its_folder(tmp_path: Path) -> None:
    assert not is_running(tmp_path / "none")
    assert not is_running(tmp_path)
    lock = claim(tmp_path)
    assert is_running(tmp_path)
    del lock
    assert not is_running(tmp_path)


def test_training_that_was_killed_does_not_run(tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    lock = Lock.take(tmp_path)
    assert lock is not None
    ours = (tmp_path / LOCK).read_text()
    theirs = ours.replace(f"process {ours.split()[1]} ", f"process {int(process.stdout)} ")
    (tmp_path / LOCK).write_text(theirs)
    assert not is_running(tmp_path)
    lock.release()


@pytest.mark.parametrize(
    "text", ["", "process 1 on another.machine, since 2026", "process 99999999999 on x, since"]
)
def test_process_that_cannot_be_asked_is_taken_to_run(tmp_path: Path, text: str) -> None:
    (tmp_path / LOCK).write_text(text)
    assert is_running(tmp_path)


def test_look_does_not_take_the_lock(tmp_path: Path) -> None:
    lock = Lock.take(tmp_path)
    assert lock is not None
    assert is_running(tmp_path)
    lock.release()
    # a training that begins while somebody looks finds it free
    assert Lock.take(tmp_path) is not None
