"""Trainings in the tools that compare them: what was told is read back from their own files."""

import json
import shutil
import struct
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config, registry

from adaptive_spacy.training.history import PHASES
from tests.conftest import ROOT, SENTENCES, write_corpus
from tests.tracking.trackers import MISSING, NAMES, follow, needs
from tests.trainings import overrides


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
    corpus = Path(shutil.copytree(corpus_folder, folder / "corpus"))
    write_corpus(corpus / "test.spacy", SENTENCES)
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
    settings |= overrides(corpus, transformer_folder)
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
    wanted = {"learning_rate", "phase", "train_loss", "ents_loss", "ents_loss_refined"}
    assert wanted | {"temperature", "ents_f"} <= set(values_of(rows[-1]))
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


@needs("mlflow")
def test_mlflow_goes_on_with_a_run(training: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlflow import MlflowClient

    monkeypatch.chdir(training)
    uri = f"sqlite:///{training / 'mlflow.db'}"
    client = MlflowClient(uri)
    experiment = client.create_experiment("resumed")
    run = client.create_run(experiment).info.run_id
    client.log_param(run, "training.max_steps", "other")
    follow(registry.get("loggers", "adaptive_spacy.MLflow.v1")(uri=uri, run_id=run), [7, 9])
    told = [one.step for one in client.get_metric_history(run, "learning_rate")]
    assert told == [7, 9]
    found = client.get_run(run)
    assert (found.info.status, found.data.params) == ("FINISHED", {"training.max_steps": "other"})


@needs("mlflow")
def test_mlflow_has_no_run_of_a_mistyped_number(training: Path) -> None:
    uri = f"sqlite:///{training / 'mlflow.db'}"
    make = registry.get("loggers", "adaptive_spacy.MLflow.v1")
    said = "adaptive_spacy.MLflow.v1 could not begin: Run with id=mistyped not found; correct its"
    with pytest.raises(ValueError, match=said):
        follow(make(uri=uri, run_id="mistyped"), [0])


@needs("mlflow")
@pytest.mark.parametrize("back", [True, False])
def test_mlflow_run_that_does_not_begin_is_ended(
    training: Path, monkeypatch: pytest.MonkeyPatch, back: bool
) -> None:
    from mlflow import MlflowClient

    def lose(*_: Any) -> None:
        raise ConnectionError("the server\nis gone.")

    client = MlflowClient(f"sqlite:///{training / 'mlflow.db'}")
    make = registry.get("loggers", "adaptive_spacy.MLflow.v1")
    tracker = make(uri=f"sqlite:///{training / 'mlflow.db'}", experiment=f"gone {back}")
    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "log_param", lose)
        if not back:
            patch.setattr(MlflowClient, "set_terminated", lose)
        with pytest.raises(ValueError, match="could not begin: the server is gone; ") as error:
            follow(tracker, [0])
    experiment = client.get_experiment_by_name(f"gone {back}")
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.info.status == ("FAILED" if back else "RUNNING")
    left = f"gone; its run {run.info.run_id} could not be ended, and stays RUNNING there; correct"
    assert (left in str(error.value)) == (not back)
    assert "\n" not in str(error.value)


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
