"""A tracker begins before anything is trained; one that cannot is refused then, or left out of a
training that is resumed."""

import warnings
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from spacy.util import registry
from thinc.api import Config, ConfigValidationError
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.tracking.follow import Follower, Tracker, following
from adaptive_spacy.training.resume.driver import Driver
from adaptive_spacy.training.resume.loop import Loop
from tests.tracking.trackers import INFO, follow, needs
from tests.training.resume.trainings import Stop, history
from tests.util import scripted_config, train_in_process

LOGGER = "adaptive_spacy.Logger.v1"
#: What the trackers of these tests were told, and whether the second one can begin
TOLD: list[Any] = []
GONE: list[bool] = []


class Recorded:
    """A tracker that notes what it is told."""

    def log(self, step: int, values: dict[str, float]) -> None:
        TOLD.append(step)

    def keep(self, page: Path, lines: list[str]) -> None:
        TOLD.append("page")

    def end(self, *, broken: bool) -> None:
        TOLD.append("broken" if broken else "over")


@registry.loggers("test.tracked")
def make_tracked(name: str) -> Any:
    def start(config: Config, output: Path | None) -> Tracker:
        if name in GONE:
            raise ConnectionError("the server\nis gone.")
        TOLD.append(None if output is None else output.name)
        return Recorded()

    return following(start, name, page=False)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A short training that two trackers are told of."""
    TOLD.clear()
    GONE.clear()
    then = [{"@loggers": "test.tracked", "name": name} for name in ("One", "Other")]
    logger = {"@loggers": LOGGER, "then": then}
    made = scripted_config(tmp_path, [0.0, 0.1, 0.2], training__logger=logger)
    made.to_disk(tmp_path / "config.cfg")
    return tmp_path / "config.cfg"


def run(config: Path, *arguments: str) -> Result:
    options = ["--output", str(config.parent / "out"), "--save-steps", "1"]
    return CliRunner().invoke(app, ["train", str(config), *options, *arguments])


def break_off(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a training that was broken off after three updates."""
    save = Driver.save

    def stopped(self: Driver) -> None:
        save(self)
        if self.loop.step == 2:
            raise Stop

    with monkeypatch.context() as patch:
        patch.setattr(Driver, "save", stopped)
        with pytest.raises(Stop):
            run(config)


def test_tracker_that_cannot_begin_is_refused_before_anything_is_trained(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    GONE.append("Other")
    monkeypatch.setattr(Loop, "_update", lambda *_: pytest.fail("it trains"))
    result = run(config)
    text = " ".join(result.output.split())
    assert result.exit_code == 1, text
    said = "✘ adaptive_spacy.Other.v1 could not begin: the server is gone; correct its block in "
    assert f"{said}[training.logger] then, or take it out" in text
    assert "bug" not in text
    assert "Next:" not in text
    # the one that had begun is told
    assert TOLD == ["out", "broken"]
    assert not (config.parent / "out" / "model-last").exists()


@needs("tensorboard")
def test_tracker_without_the_log_is_refused_before_anything_is_trained(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # before the one of `adapt`, at the first update
    monkeypatch.setattr(Loop, "_update", lambda *_: pytest.fail("it trains"))
    alone = Config().from_disk(config, interpolate=False)
    alone["training"]["logger"] = {"@loggers": "adaptive_spacy.TensorBoard.v1"}
    alone.to_disk(config)
    result = run(config)
    text = " ".join(result.output.split())
    assert result.exit_code == 1, text
    said = '[training.logger] @loggers: expected "adaptive_spacy.Logger.v1" with the tracker in its'
    assert said in text
    assert "bug" not in text
    assert not any((config.parent / "out").glob("model-*"))
    with pytest.raises(ConfigValidationError, match="Tracker without a log"):
        train_in_process(alone)


def test_refusal_leaves_the_training_that_can_be_resumed(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_off(config, monkeypatch)
    before = history(config.parent / "out")
    GONE.append("Other")
    assert run(config).exit_code == 1
    GONE.clear()
    result = run(config, "--resume")
    assert result.exit_code == 0, result.output
    assert "Going on after step 2" in " ".join(result.output.split())
    assert history(config.parent / "out")[: len(before)] == before


def test_training_that_is_resumed_goes_on_without_it(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_off(config, monkeypatch)
    TOLD.clear()
    GONE.append("Other")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = run(config, "--resume")
    assert result.exit_code == 0, result.output
    said = "Other.v1 could not begin: the server is gone; the training goes on without it"
    assert len([one for one in caught if said in str(one.message)]) == 1
    # the other one is told of the rest
    begun, *steps, end = TOLD
    assert (begun, end) == ("out", "over")
    assert steps == [row["step"] for row in history(config.parent / "out")[2:]]


def test_tracker_begins_at_the_first_evaluation_where_nobody_asks() -> None:
    """By spaCy's own `train`."""
    TOLD.clear()

    def start(config: Config, output: Path | None) -> Tracker:
        raise KeyError

    follower = Follower(start, Config(), "Mine", page=True)
    follower(None)
    with pytest.raises(ValueError, match=r"adaptive_spacy\.Mine\.v1 could not begin: KeyError; "):
        follower(INFO)
    follower.finish()
    assert TOLD == []


@needs("tensorboard")
def test_tensorboard_is_refused_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    make = registry.get("loggers", "adaptive_spacy.TensorBoard.v1")
    with pytest.raises(ValueError, match=r"TensorBoard\.v1 could not begin: .*file"):
        follow(make(folder=str(tmp_path / "file")), [0])
