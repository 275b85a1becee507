"""Whether a training runs, as its folder tells."""

import subprocess
import sys
from pathlib import Path

import pytest

from adaptive_spacy.training.lock import LOCK, Lock, claim
from adaptive_spacy.training.running import is_running


def test_training_runs_as_long_as_its_process_has_the_folder(tmp_path: Path) -> None:
    assert not is_running(tmp_path / "none")
    assert not is_running(tmp_path)
    code = (
        "import pathlib, sys; from adaptive_spacy.training.lock import claim; "
        "lock = claim(pathlib.Path(sys.argv[1])); print(flush=True); input()"
    )
    arguments = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert is_running(tmp_path)
        process.kill()
    # it was killed, and left its lock file
    assert (tmp_path / LOCK).exists()
    assert not is_running(tmp_path)


def test_training_of_this_process_is_over_for_it(tmp_path: Path) -> None:
    lock = claim(tmp_path)
    assert not is_running(tmp_path)
    del lock


@pytest.mark.parametrize(
    "text", ["", "process 1 on another.machine, since 2026", "process 99999999999 on x, since"]
)
def test_process_that_cannot_be_asked_is_taken_to_run(tmp_path: Path, text: str) -> None:
    (tmp_path / LOCK).write_text(text)
    assert is_running(tmp_path)


def test_look_does_not_take_the_lock(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("process 1 on another.machine, since 2026")
    assert is_running(tmp_path)
    # a training that begins while somebody looks finds it free
    assert Lock.take(tmp_path) is not None
