"""Two trainings into one folder."""

import errno
import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import spacy
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from thinc.api import ConfigValidationError

from adaptive_spacy.training import lock
from adaptive_spacy.training.lock import LOCK, claim, output_of
from tests.training.holder import HOLDER
from tests.util import scripted_config


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that trains into the folder "out"."""
    (tmp_path / "out").mkdir()
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "out")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_folder_is_refused_with_the_process_that_has_it(tmp_path: Path, other) -> None:
    with pytest.raises(
        ValueError, match=rf"another training .*\(process {other.pid} on "
    ) as caught:
        claim(tmp_path / "out")
    assert "\n" not in str(caught.value)
    # what was killed leaves no stale lock
    other.kill()
    other.wait()
    lock = claim(tmp_path / "out")
    assert f"process {os.getpid()} on " in (tmp_path / "out" / LOCK).read_text()
    assert claim(tmp_path / "out") is lock
    del lock
    gc.collect()
    assert not (tmp_path / "out" / LOCK).exists()


def test_folder_is_free_after_the_other_has_ended(tmp_path: Path, other) -> None:
    other.communicate("")
    assert not (tmp_path / "out" / LOCK).exists()
    claim(tmp_path / "out")


def test_lock_of_a_folder_that_was_moved_leaves_that_of_the_next(tmp_path: Path) -> None:
    mine = claim(tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / "aside")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / LOCK).write_text("another's")
    del mine
    gc.collect()
    assert (tmp_path / "out" / LOCK).read_text() == "another's"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")
@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_drive_without_locks_refuses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(descriptor: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(lock.fcntl, "flock", fail)
    mine = claim(tmp_path)
    assert f"process {os.getpid()} on " in (tmp_path / LOCK).read_text()
    del mine
    number = errno.EIO
    with pytest.raises(OSError, match="error"):
        claim(tmp_path / "other")


SAFE = {"training__before_to_disk": {"@callbacks": "adaptive_spacy.checkpoint.v1"}}
LOGGED = {"training__logger": {"@loggers": "adaptive_spacy.Logger.v1"}}


def test_spacy_train_stops_before_it_deletes_anything(
    tmp_path: Path, other, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = {"before_init": {"@callbacks": "adaptive_spacy.check.v1"}}
    config = scripted_config(tmp_path, [0, 1], initialize=check)
    output = tmp_path / "out"
    arguments = ["/lib/spacy/__main__.py", "train", "config.cfg", "--output", str(output)]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(ConfigValidationError, match=f"process {other.pid} on "):
        init_nlp(config)
    other.communicate("")
    nlp = init_nlp(config)
    assert (output / LOCK).exists()
    del nlp
    gc.collect()
    assert not (output / LOCK).exists()


@pytest.mark.parametrize("settings", [SAFE, LOGGED])
def test_training_from_code_stops_at_its_first_evaluation(settings, tmp_path: Path, other) -> None:
    config = scripted_config(tmp_path, [0, 1, 1, 1, 1], **settings)
    with pytest.raises(ValueError, match=f"process {other.pid} on "):
        train(init_nlp(config), tmp_path / "out")
    assert not (tmp_path / "out" / "history.jsonl").exists()
    if settings is SAFE:
        assert not (tmp_path / "out" / "model-last").exists()
    other.communicate("")
    train(init_nlp(config), tmp_path / "out")
    gc.collect()
    assert not (tmp_path / "out" / LOCK).exists()
    assert spacy.load(tmp_path / "out" / "model-last").pipe_names == ["textcat", "scripted"]


@pytest.mark.parametrize(
    ("arguments", "output"),
    [
        (["/x/spacy/__main__.py", "train", "a.cfg", "-o", "out"], "out"),
        (["/bin/spacy", "train", "a.cfg", "--nlp.lang", "en", "--output=a b"], "a b"),
        (["/bin/spacy", "train", "--output-path", "out", "a.cfg", "--gpu-id", "0"], "out"),
        (["/bin/spacy", "train", "a.cfg"], None),
        (["/bin/spacy", "debug", "data", "a.cfg", "-o", "out"], None),
        (["/bin/pytest", "train", "-o", "out"], None),
        ([""], None),
    ],
)
def test_output_of_spacy_train(arguments: list[str], output: str | None) -> None:
    assert output_of(arguments) == (Path(output) if output else None)
