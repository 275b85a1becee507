"""Whether a training runs, and what it has evaluated, as its folder tells."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from adaptive_spacy.training.history import HISTORY
from adaptive_spacy.training.lock import LOCK, Lock, claim
from adaptive_spacy.training.running import is_running, read_current
from tests.report.runs import make_history, training_elsewhere, write_history


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


def test_history_of_a_former_training_is_not_that_of_the_one_that_runs(tmp_path: Path) -> None:
    history = make_history(3)
    write_history(tmp_path, history)
    os.utime(tmp_path / HISTORY, (1, 1))
    assert read_current(tmp_path) == (history, False)
    with training_elsewhere(tmp_path):
        for path in (tmp_path, tmp_path / HISTORY):
            with pytest.raises(ValueError, match=rf"^{tmp_path}: .* has none yet \(process "):
                read_current(path)
        # kept under another name it is nobody else's
        shutil.copy2(tmp_path / HISTORY, tmp_path / "former.jsonl")
        assert read_current(tmp_path / "former.jsonl") == (history, False)
        # one that is resumed writes it anew at once
        os.utime(tmp_path / HISTORY)
        assert read_current(tmp_path) == (history, True)
        (tmp_path / HISTORY).unlink()
        with pytest.raises(ValueError, match="has none yet"):
            read_current(tmp_path)
    with pytest.raises(ValueError, match=f"has no {HISTORY}"):
        read_current(tmp_path)


@pytest.mark.parametrize("name", ["", HISTORY])
def test_line_that_is_being_written_is_left_out(tmp_path: Path, name: str) -> None:
    history = make_history(3)
    with training_elsewhere(tmp_path):
        write_history(tmp_path, history)
        with (tmp_path / HISTORY).open("a") as file:
            file.write('{"epoch": 4')
        assert read_current(tmp_path / name) == (history, True)
    with pytest.raises(ValueError, match=f"{HISTORY}:{len(history) + 1}: expected a JSON object"):
        read_current(tmp_path / name)
