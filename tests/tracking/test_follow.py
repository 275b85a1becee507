"""What every tracker is told, and when."""

import inspect
import sys
from pathlib import Path
from typing import Any

import pytest
from spacy.util import registry
from thinc.api import Config, ConfigValidationError

from adaptive_spacy.config.names import TRACKERS
from adaptive_spacy.tracking.follow import Follower
from adaptive_spacy.tracking.values import fit, list_values
from tests.report.runs import write_training
from tests.tracking.trackers import INFO, NAMES, follow, needs


def test_values_are_finite_numbers_by_names_that_every_tool_takes() -> None:
    row = {
        **{"rate": None, "phase": None, "epoch": 2, "train_loss": 0.5, "score": None},
        "scores": {"ents_f": 0.25, "ents_loss": float("nan")},
    }
    types = {"PER": {"p": 1.0, "r": None, "f": 0.5}, "a/b": {"f": 0.5}, "a:b": {"f": 0.25}}
    others = {"ents_per_type": types, "cats_auc_per_type": {"A": 0.5, "B": None}, "x": 1}
    found = list_values({"evaluation": row, "other_scores": others})
    assert found == {
        **{"epoch": 2.0, "train_loss": 0.5, "ents_f": 0.25},
        **{"ents_per_type.PER.p": 1.0, "ents_per_type.PER.f": 0.5, "cats_auc_per_type.A": 0.5},
        **{f"ents_per_type.{fit('a/b')}.f": 0.5, f"ents_per_type.{fit('a:b')}.f": 0.25},
    }
    hostile = ["../../x", "<script>", "a" * 300, "\x1b[31m", "é€", "", "a.b", "\ud800"]
    names = [fit(label) for label in hostile]
    assert len(set(names)) == len(hostile)
    assert all(len(name) < 50 and not set(name) & set("./<>\x1b\ud800") for name in names)


class Recorded:
    """A tracker that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def log(self, step: int, values: dict[str, float]) -> None:
        self.told.append(step)

    def keep(self, page: Path, lines: list[str]) -> None:
        raise OSError("no space left")

    def end(self, *, broken: bool) -> None:
        self.told.append(broken)


def test_training_that_breaks_off_is_told_as_broken() -> None:
    tracker = Recorded()
    follower = Follower(lambda config, output: tracker, Config(), "Mine", page=True)
    follower(None)
    follower(INFO)
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012
        try:
            raise KeyboardInterrupt
        finally:
            follower.finish()
    assert tracker.told == [3, True]


def test_page_that_cannot_be_kept_is_a_warning(tmp_path: Path) -> None:
    tracker = Recorded()
    follower = Follower(lambda config, output: tracker, Config(), "Mine", page=True)
    follower({**INFO, "output_path": str(write_training(tmp_path / "mine") / "model-last")})
    with pytest.warns(UserWarning, match="did not get the page of the training: no space left"):
        follower.finish()
    assert tracker.told == [3, False]


def test_tracker_that_fails_ends_no_training(tmp_path: Path) -> None:
    class Gone(Recorded):
        def log(self, step: int, values: dict[str, float]) -> None:
            super().log(step, values)
            raise ConnectionError("refused")

    tracker = Gone()
    follower = Follower(lambda config, output: tracker, Config(), "Mine", page=True)
    info = {**INFO, "output_path": str(write_training(tmp_path / "mine") / "model-last")}
    with pytest.warns(UserWarning, match="did not get an evaluation: refused"):
        follower(info)
    # it was said, and is not tried again
    follower({**info, "step": 6})
    follower.finish()
    assert tracker.told == [3, False]


def test_every_tracker_is_known_by_its_name() -> None:
    assert {f"adaptive_spacy.{name}.v1" for name in NAMES.values()} == {*TRACKERS}


def test_tracker_alone_says_where_it_belongs() -> None:
    """Within a logger of others, which its block does not show."""
    follower = Follower(lambda config, output: Recorded(), Config(), "Mine", page=True)
    info = {key: value for key, value in INFO.items() if key != "evaluation"}
    with pytest.raises(ValueError, match=r"expected it in \[training.logger\] then"):
        follower(info)


def test_wandb_takes_no_mode_that_it_does_not_have() -> None:
    tracker = {"@loggers": "adaptive_spacy.Wandb.v1", "project": "tiny", "mode": "ofline"}
    with pytest.raises(ConfigValidationError, match=r"mode.*'ofline' is not .*'online'"):
        registry.resolve({"logger": tracker})


@pytest.mark.parametrize("name", ["mlflow", "torch.utils.tensorboard", "wandb"])
def test_tracker_that_is_not_installed_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    called = NAMES[name.rpartition(".")[2]]
    arguments = {"project": "x"} if called == "Wandb" else {}
    with pytest.raises(ValueError, match=rf'{called}\.v1 needs .*"adaptive-spacy\[track\]"'):
        registry.get("loggers", f"adaptive_spacy.{called}.v1")(**arguments)


@needs("mlflow")
def test_mlflow_logger_of_spacy_has_no_updates() -> None:
    """Why there is one of ours: with it all evaluations are at step 0."""
    from spacy_loggers import mlflow

    assert "step=" not in inspect.getsource(mlflow._log_step_mlflow)


@needs("tensorboard")
def test_tensorboard_goes_on_where_a_training_is_resumed(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    make = registry.get("loggers", "adaptive_spacy.TensorBoard.v1")
    follow(make(folder=str(tmp_path)), [0, 10, 20, 30])
    follow(make(folder=str(tmp_path)), [20, 40])
    events = EventAccumulator(str(tmp_path))
    events.Reload()
    assert [one.step for one in events.Scalars("learning_rate")] == [0, 10, 20, 40]
    with pytest.raises(ValueError, match="expected a folder, as the training has no output"):
        follow(make(), [0])
