"""Trainings that are broken off, and what they end with."""

import hashlib
import io
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest
import spacy
from spacy.language import Language
from spacy.training.initialize import init_nlp
from thinc.api import Config

from adaptive_spacy.training.lock import LOCK
from adaptive_spacy.training.resume.driver import Driver
from adaptive_spacy.training.resume.pace import Pace
from adaptive_spacy.training.resume.parameters import save_weights
from adaptive_spacy.training.resume.snapshots import Snapshots
from tests.util import scripted_config


class Stop(BaseException):
    """What breaks a training off in these tests, as a kill would."""


def fingerprint(nlp: Language) -> str:
    """RETURNS (str): A hash of all weights, to the last bit."""
    digest = hashlib.sha256()
    for name, value in sorted(save_weights(nlp).items()):
        digest.update(name.encode())
        digest.update(numpy.ascontiguousarray(value).tobytes())
    return digest.hexdigest()


def files(folder: Path) -> dict[str, bytes]:
    """RETURNS (dict): The files of a model, by path."""
    return {
        one.relative_to(folder).as_posix(): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        # which says since when
        if one.is_file() and one.name != LOCK
    }


def history(output: Path) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): The rows, without the time that they took."""
    rows = [json.loads(line) for line in (output / "history.jsonl").read_text().splitlines()]
    return [{key: value for key, value in row.items() if key != "seconds"} for row in rows]


def make_driver(config: Config, output: Path | None, snapshots: Path | None = None) -> Driver:
    """A training that is saved after each step."""
    if output is not None:
        output.mkdir(exist_ok=True)
    place = snapshots or (output / "resume" if output else None)
    return Driver(
        init_nlp(config),
        output,
        snapshots=Snapshots(place) if place else None,
        pace=Pace(steps=1),
        stdout=io.StringIO(),
        stderr=io.StringIO(),
    )


def stop_after(driver: Driver, step: int) -> None:
    """Have the next step break off, in its middle; or what follows the last one."""
    update, finalize = driver.nlp.update, driver.finalize

    def broken(*args: Any, **kwargs: Any) -> Any:
        if driver.loop.step == step + 1:
            raise Stop
        return update(*args, **kwargs)

    def ended() -> None:
        if driver.loop.step == step:
            raise Stop
        finalize()

    driver.nlp.update = broken  # type: ignore[method-assign]
    driver.finalize = ended


def break_off(
    monkeypatch: pytest.MonkeyPatch, *, at: int, by: Callable[[], None] | None = None
) -> list[int]:
    """Have all trainings of this process saved at each evaluation, and break one off.

    at (int): Number of the snapshot after which that is done, from 1.
    by (Callable | None): What breaks it off; None: an exception that nobody catches.
    RETURNS (list[int]): Gets the step of each snapshot.
    """
    save, steps = Driver.save, list[int]()

    def saving(self: Driver) -> None:
        save(self)
        steps.append(self.loop.step)
        if len(steps) == at:
            if by is None:
                raise Stop
            by()

    monkeypatch.setattr(Driver, "save", saving)
    monkeypatch.setattr(Pace, "is_due", lambda self, step, evaluated, seconds: evaluated)
    return steps


def run_resumed(config: Config, output: Path | None, snapshots: Path | None = None) -> Driver:
    """Go on in the same process, as another one would. RETURNS (Driver): What has ended."""
    driver = make_driver(config, output, snapshots)
    assert driver.snapshots is not None
    found = driver.snapshots.read()
    assert found is not None
    driver.run(found[1])
    return driver


def killed(task: Callable[[], Any], moment: int | None) -> int | None:
    """Run a task in a process that is killed (SIGKILL) at a call of a Python function.

    moment (int | None): Number of the call; None: it is not killed.
    RETURNS (int | None): The calls that it took to its end; None: it was killed.
    """
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        count = 0

        def watch(frame: Any, event: str, argument: Any) -> None:
            nonlocal count
            if event == "call":
                count += 1
                if count == moment:
                    os.kill(os.getpid(), signal.SIGKILL)

        code = 1
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(1, 2)
            sys.stdout = sys.stderr = io.StringIO()
            sys.setprofile(watch)
            task()
            sys.setprofile(None)
            os.write(writing, str(count).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return None
    assert os.WEXITSTATUS(status) == 0
    return int(text)


def make_config(folder: Path, scores: list[float]) -> Path:
    """RETURNS (Path): The config of a short training with these scores, in a file."""
    made = scripted_config(
        folder,
        scores,
        training__score_weights={"scripted": 1.0, "cats_score": None},
        training__logger={"@loggers": "adaptive_spacy.Logger.v1"},
        training__before_to_disk={"@callbacks": "adaptive_spacy.checkpoint.v1"},
        training__dropout=0.2,
    )
    made.to_disk(folder / "config.cfg")
    return folder / "config.cfg"


def check_models(output: Path, whole: Path, had_best: bool) -> bool:
    """No model is a mixture, and the best one stays. RETURNS (bool): Whether there is one."""
    best = output / "model-best"
    assert best.exists() or not had_best
    for model in (best, output / "model-last"):
        if model.exists():
            assert files(model).keys() == files(whole / model.name).keys()
            assert spacy.load(model).pipe_names == spacy.load(whole / model.name).pipe_names
    return best.exists()
