"""Trainings in the tools that compare them: what was told is read back from their own files."""

import importlib.util
import json
import struct
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config, registry
from thinc.api import Config

from adaptive_spacy.tracking.follow import Follower
from adaptive_spacy.tracking.values import fit, list_values
from adaptive_spacy.training.history import PHASES
from tests.conftest import ROOT, SENTENCES, write_corpus
from tests.trainings import overrides

NAMES = {"mlflow": "MLflow", "tensorboard": "TensorBoard", "wandb": "Wandb"}
MISSING = [name for name in NAMES if importlib.util.find_spec(name) is None]


def needs(name: str) -> pytest.MarkDecorator:
    reason = f'{name} is not installed: pip install -e ".[track]"'
    return pytest.mark.skipif(name in MISSING, reason=reason)


def values_of(row: dict[str, Any]) -> dict[str, float]:
    """RETURNS (dict): What should be told of a row of `history.jsonl`, but for types."""
    found = {"learning_rate": row["rate"], "phase": PHASES.index(row["phase"]), **row["scores"]}
    return found | {name: row[name] for name in ("epoch", "train_loss", "score")}


@pytest.fixture(scope="module")
def training(
    tmp_path_factory: pytest.TempPathFactory, corpus_folder: Path, transformer_folder: Path
) -> Iterator[Path]:
    """A training that every tool which is installed was told of, in its folder."""
    folder = tmp_path_factory.mktemp("tracked")
    write_corpus(corpus_folder / "test.spacy", SENTENCES)
    arguments: dict[str, dict[str, Any]] = {
        "mlflow": {"uri": f"sqlite:///{folder / 'mlflow.db'}", "experiment": "tiny"},
        "tensorboard": {},
        "wandb": {"project": "tiny", "mode": "offline", "folder": str(folder / "wandb")},
    }
    then = [
        {"@loggers": f"adaptive_spacy.{NAMES[name]}.v1", **arguments[name]}
        for name in NAMES
        if name not in MISSING
    ]
    # as the command line overrides it
    settings = {"training.logger.then": then, "training.max_steps": 6}
    settings |= overrides(corpus_folder, transformer_folder)
    config = load_config(ROOT / "configs" / "adaptive.cfg", overrides=settings)
    with pytest.MonkeyPatch.context() as patch:
        # where MLflow keeps files beside a database, and what W&B would put into the home
        patch.chdir(folder)
        for name in ("CONFIG", "CACHE", "DATA"):
            patch.setenv(f"WANDB_{name}_DIR", str(folder / "wandb-home"))
        out = folder / "out"
        out.mkdir()
        train(init_nlp(config), out, stdout=StringIO(), stderr=StringIO())
        yield folder


def history(training: Path) -> list[dict[str, Any]]:
    text = (training / "out" / "history.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


@needs("mlflow")
def test_mlflow_has_each_evaluation_at_its_update_and_the_page(training: Path) -> None:
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{training / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("tiny")
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    assert (run.info.status, run.info.run_name) == ("FINISHED", "out")
    assert run.data.params["training.max_steps"] == "6"
    rows = history(training)
    assert len(rows) == 3
    for name in values_of(rows[-1]):
        told = {one.step: one.value for one in client.get_metric_history(run.info.run_id, name)}
        known = {row["step"]: values_of(row)[name] for row in rows}
        assert told == pytest.approx({k: v for k, v in known.items() if v is not None})
    (last,) = client.get_metric_history(run.info.run_id, "ents_per_type.PER.f")[-1:]
    assert last.step == rows[-1]["step"]
    assert {one.path for one in client.list_artifacts(run.info.run_id)} == {
        "config.cfg",
        "report.html",
    }
    page = Path(client.download_artifacts(run.info.run_id, "report.html", str(training)))
    assert "measured on the test set, 8 sentences" in page.read_text()
    assert "What ships: " in run.data.tags["mlflow.note.content"]


@needs("tensorboard")
def test_tensorboard_has_each_evaluation_and_the_summary(training: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(training / "out" / "tensorboard"))
    events.Reload()
    rows = history(training)
    for name in values_of(rows[-1]):
        told = {one.step: one.value for one in events.Scalars(name)}
        known = {row["step"]: values_of(row)[name] for row in rows}
        # single precision
        assert told == pytest.approx({k: v for k, v in known.items() if v is not None}, rel=1e-6)
    assert len(events.Scalars("ents_per_type.LOC.f")) == len(rows)
    (text,) = events.Tensors("summary/text_summary")
    summary = text.tensor_proto.string_val[0].decode()
    assert "What ships: " in summary
    assert str(training / "out" / "report.html") in summary
    assert (
        "max_steps = 6"
        in events.Tensors("config/text_summary")[0].tensor_proto.string_val[0].decode()
    )


def read_wandb(path: Path) -> Iterator[Any]:
    """YIELDS (Record): What W&B would send; a log in the form of LevelDB, in blocks of 32 kB."""
    from wandb.proto import wandb_internal_pb2

    data, at, parts = path.read_bytes(), 7, b""
    while at + 7 <= len(data):
        left = 32768 - at % 32768
        if left < 7:
            at += left
            continue
        _, length, kind = struct.unpack("<IHB", data[at : at + 7])
        parts += data[at + 7 : at + 7 + length]
        at += 7 + length
        # 1: a whole record, 4: the last part of one
        if kind in (1, 4):
            record = wandb_internal_pb2.Record()
            record.ParseFromString(parts)
            parts = b""
            yield record


@needs("wandb")
def test_wandb_offline_has_each_evaluation_and_the_page(training: Path) -> None:
    (path,) = training.glob("wandb/wandb/offline-run-*/*.wandb")
    records = list(read_wandb(path))
    told = {}
    for one in records:
        if one.HasField("history"):
            items = one.history.item
            found = {item.key or ".".join(item.nested_key): item.value_json for item in items}
            told[one.history.step.num] = {key: json.loads(text) for key, text in found.items()}
    rows = history(training)
    assert list(told) == [row["step"] for row in rows]
    for row in rows:
        known = {name: value for name, value in values_of(row).items() if value is not None}
        assert {name: told[row["step"]][name] for name in known} == pytest.approx(known)
        assert "ents_per_type.PER.f" in told[row["step"]]
    (artifact,) = [one.artifact for one in records if one.HasField("artifact")]
    assert [one.path for one in artifact.manifest.contents] == ["report.html"]
    notes = [one.run.notes for one in records if one.HasField("run")][-1]
    assert "It was stopped, " in notes
    assert "What ships: " in notes
    assert [one.exit.exit_code for one in records if one.HasField("exit")] == [0]


@pytest.mark.skipif(len(MISSING) == len(NAMES), reason="none of them is installed")
def test_trackers_leave_the_model_as_it_was(training: Path) -> None:
    meta = spacy.load(training / "out" / "model-last").meta
    assert "evaluation" not in meta["performance"]
    assert (training / "out" / "report.html").is_file()


def test_values_are_finite_numbers_by_names_that_every_tool_takes() -> None:
    row = {
        **{"rate": None, "phase": None, "epoch": 2, "train_loss": 0.5, "score": None},
        "scores": {"ents_f": 0.25, "ents_loss": float("nan")},
    }
    types = {"PER": {"p": 1.0, "r": None, "f": 0.5}, "a/b": {"f": 0.5}, "a:b": {"f": 0.25}}
    found = list_values({"evaluation": row, "other_scores": {"ents_per_type": types, "x": 1}})
    assert found == {
        **{"epoch": 2.0, "train_loss": 0.5, "ents_f": 0.25},
        **{"ents_per_type.PER.p": 1.0, "ents_per_type.PER.f": 0.5},
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


INFO = {
    **{"step": 3, "other_scores": {}, "score": 0.0, "losses": {}},
    "evaluation": {
        **{"rate": 0.1, "phase": "warmup", "epoch": 0, "train_loss": 1.0, "score": 0.0},
        "scores": {},
    },
}


def test_training_that_breaks_off_is_told_as_broken() -> None:
    tracker = Recorded()
    follower = Follower(lambda config, output: tracker, Config(), page=True)
    follower.step(None)
    follower.step(INFO)
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012
        try:
            raise KeyboardInterrupt
        finally:
            follower.finish()
    assert tracker.told == [3, True]


def test_page_that_cannot_be_kept_is_a_warning(training: Path) -> None:
    tracker = Recorded()
    follower = Follower(lambda config, output: tracker, Config(), page=True)
    follower.step({**INFO, "output_path": str(training / "out" / "model-last")})
    with pytest.warns(UserWarning, match="did not get the page of the training: no space left"):
        follower.finish()
    assert tracker.told == [3, False]


def test_tracker_that_fails_ends_no_training(training: Path) -> None:
    class Gone(Recorded):
        def log(self, step: int, values: dict[str, float]) -> None:
            super().log(step, values)
            raise ConnectionError("refused")

    tracker = Gone()
    follower = Follower(lambda config, output: tracker, Config(), page=True)
    info = {**INFO, "output_path": str(training / "out" / "model-last")}
    with pytest.warns(UserWarning, match="did not get an evaluation: refused"):
        follower.step(info)
    # it was said, and is not tried again
    follower.step({**info, "step": 6})
    follower.finish()
    assert tracker.told == [3, False]


def test_tracker_alone_says_where_it_belongs() -> None:
    follower = Follower(lambda config, output: Recorded(), Config(), page=True)
    info = {key: value for key, value in INFO.items() if key != "evaluation"}
    with pytest.raises(ValueError, match=r"expected it in \[training.logger\] then"):
        follower.step(info)


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
    import inspect

    from spacy_loggers import mlflow

    assert "step=" not in inspect.getsource(mlflow._log_step_mlflow)
