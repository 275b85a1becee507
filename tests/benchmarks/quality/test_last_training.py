"""The last training of crossfit, repeated at other lengths and rates."""

import json
from pathlib import Path

import pytest
import spacy
from spacy.tokens import DocBin
from thinc.api import Config
from typer.testing import CliRunner

from adaptive_spacy.experiments.grid import read_grid
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import write_record
from adaptive_spacy.experiments.run_job import run_job, write_corpora
from benchmarks.quality import last_training as module
from tests.conftest import NOISE, SENTENCES, write_corpus
from tests.experiments.conftest import HARD

GRID = """
title: tiny
settings:
  variables.rate: 1e-2
  training.optimizer.learn_rate.warmup: 1
  training.optimizer.learn_rate.cooldown: 2
  training.optimizer.learn_rate.least: 0
  training.eval_frequency.least: 1
approaches:
  crossfit: {{config: configs/adaptive.cfg, folds: 2}}
datasets:
  little: {{path: {corpus}}}
models:
  tiny: {transformer}
labels: [10]
seeds: [1]
"""


@pytest.fixture
def job(tmp_path: Path, transformer_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Ten labelled sentences of a pool of more, in two folds."""
    monkeypatch.chdir(Path(__file__).parents[3])
    corpus = tmp_path / "little"
    corpus.mkdir()
    write_corpus(corpus / "train.spacy", SENTENCES)
    write_corpus(corpus / "dev.spacy", NOISE + HARD)
    write_corpus(corpus / "test.spacy", SENTENCES)
    path = tmp_path / "grid.yml"
    path.write_text(GRID.format(corpus=corpus, transformer=transformer_folder))
    (job,) = read_grid(path).jobs()
    return job


def texts(path: Path) -> set[str]:
    return {doc.text.strip() for doc in DocBin().from_disk(path).get_docs(spacy.blank("xx").vocab)}


def test_sentences_that_score_are_neither_labelled_nor_of_the_test_set(
    job: Job, tmp_path: Path
) -> None:
    write_corpus(tmp_path / "little" / "test.spacy", [("Only a test", "O O O")])
    folder = tmp_path / "job"
    folder.mkdir()
    files = write_corpora(job, folder)
    rest = texts(module.write_rest(job, files, folder))
    labelled = texts(files["train"])
    assert len(labelled) == 10
    assert rest == {text for text, _ in SENTENCES + NOISE + HARD} - labelled
    assert rest


def test_training_twice_as_long_as_the_folds_is_that_of_the_job(job: Job, tmp_path: Path) -> None:
    record = run_job(job, tmp_path / "runs" / job.folder())
    assert record["status"] == "done", record["reason"]
    write_record(tmp_path / "runs" / job.folder(), record)
    output = tmp_path / "lines.jsonl"
    arguments = [str(tmp_path / "runs"), "--rates", "1e-2", "--times", "1,2"]
    app = module.typer.Typer()
    app.command()(module.main)
    done = CliRunner().invoke(app, [*arguments, "--output", str(output)])
    assert done.exit_code == 0, done.output
    once, twice = map(json.loads, output.read_text().splitlines())
    last = record["updates"] - sum(fold["updates"] for fold in record["folds"])
    assert twice["updates"] == last
    assert twice["epochs"] == 2 * once["epochs"]
    assert last / 2 <= once["updates"] < 0.7 * last
    assert 0 <= once["calibration_error"] <= 1
    assert 0 <= once["calibration_error_at_1"] <= 1
    assert (once["dataset"], once["labels"], once["sample"]) == ("little", 10, 1)
    again = [str(tmp_path / "runs"), "--rates", "1e-2", "--linear", "--output", str(output)]
    done = CliRunner().invoke(app, again)
    assert done.exit_code == 0, done.output
    line = json.loads(output.read_text().splitlines()[-1])
    assert (line["linear"], line["updates"]) == (True, once["updates"])
    shipped = [*arguments[:3], "--times", "2", "--on-test", "--output", str(output)]
    done = CliRunner().invoke(app, shipped)
    assert done.exit_code == 0, done.output
    line = json.loads(output.read_text().splitlines()[-1])
    assert line["on"] == "test"
    assert line["f1"] == record["results"]["last"]["test"]["f1"]
    nothing = CliRunner().invoke(app, [*arguments, "--labels", "50"])
    assert nothing.exit_code == 1
    assert "expected records of jobs with folds, found none of these" in nothing.output


def test_linear_decay_replaces_the_schedule_alone(tmp_path: Path) -> None:
    path = tmp_path / "config.cfg"
    held = {"@schedules": "adaptive_spacy.hybrid.v1", "rate": 0.5, "warmup": 3, "cooldown": 7}
    config = Config({"training": {"optimizer": {"learn_rate": held, "grad_clip": 1.0}}})
    config.to_disk(path)
    module.fall(path)
    made = Config().from_disk(path)["training"]["optimizer"]
    assert made.pop("learn_rate") == {
        "@schedules": "adaptive_spacy.linear.v1",
        "rate": 0.5,
        "warmup": 3,
    }
    assert made == {"grad_clip": 1.0}
