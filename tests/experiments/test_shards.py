"""Corpora whose splits are folders of shards, as `convert` writes large ones, in what comes after
the training: the twin of a corpus of three files gives the same."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from spacy.vocab import Vocab
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.data.spacy_files import read_docs
from adaptive_spacy.experiments.budget import count_pool, draw_labels
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.plan import describe_plan
from adaptive_spacy.experiments.records import read_records
from adaptive_spacy.experiments.run_job import write_corpora
from tests.conftest import write_corpus, write_shards
from tests.report.runs import write_training


def call(*arguments: str | Path) -> str:
    """RETURNS (str): What a command printed."""
    result = CliRunner().invoke(app, [*map(str, arguments)])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


@pytest.fixture
def twin(experiment_corpus: Path, tmp_path: Path) -> Path:
    return write_shards(experiment_corpus, tmp_path / "twin")


@pytest.fixture
def sharded_training(tmp_path: Path) -> Path:
    """A training's folder, beside a corpus whose files have become folders since."""
    training = write_training(tmp_path / "mine")
    write_shards(tmp_path / "corpus", tmp_path / "shards")
    shutil.rmtree(tmp_path / "corpus")
    (tmp_path / "shards").rename(tmp_path / "corpus")
    return training


@pytest.mark.usefixtures("in_root")
def test_sweep_runs_on_shards(grid_file: Path, twin: Path, tmp_path: Path) -> None:
    output = tmp_path / "runs"
    options = ["--approaches", "adaptive", "--seeds", "1", "--datasets", twin, "--labels", "13"]
    command = ["sweep", grid_file, "--output", output, *options]
    assert "1 jobs, 0 with a record, 1 to run; about" in call(*command, "--dry-run")
    assert "1 of 1 jobs are done" in call(*command)
    (record,) = read_records(output)
    assert record["status"] == "done", record["reason"]
    counts = {split: count["sentences"] for split, count in record["data"].items()}
    assert counts["labelled"] == 13
    assert counts["test"] == 12
    assert "1 jobs, 1 with a record, 0 to run" in call(*command, "--dry-run")


@pytest.mark.usefixtures("in_root")
def test_sweep_says_which_shards_are_missing(grid_file: Path, twin: Path, tmp_path: Path) -> None:
    shutil.rmtree(twin / "dev")
    (twin / "dev").mkdir()
    command = ["sweep", grid_file, "--output", tmp_path / "runs", "--datasets", twin]
    result = CliRunner().invoke(app, [*map(str, command)])
    assert result.exit_code == 1
    assert result.output == (
        f"✘ datasets.twin: expected {twin}/dev.spacy, or a folder dev of its shards, found neither;"
        f" `adaptive-spacy convert` makes the folder {twin}\n"
    )
    assert "the corpus is not there yet" in call(*command, "--dry-run")


@pytest.mark.usefixtures("in_root")
def test_job_costs_and_draws_the_same_of_shards(
    jobs: list[Job], twin: Path, tmp_path: Path
) -> None:
    def draw(job: Job, name: str) -> dict[str, list[str]]:
        (tmp_path / name).mkdir()
        drawn = replace(job, labels=13, dev=0.2)
        files = draw_labels(drawn, drawn.files(), tmp_path / name)
        joined = write_corpora(replace(job, train_on_dev=True), tmp_path / name)
        files["joined"] = joined["train"]
        return {
            split: [doc.text for doc in read_docs(path, Vocab())] for split, path in files.items()
        }

    job = jobs[0]
    other = replace(job, corpus=str(twin))
    assert count_pool(other) == count_pool(job) == 26
    assert draw(other, "sharded") == draw(job, "whole")
    plans = [describe_plan([one], [], side_by_side=1) for one in (job, other)]
    assert plans[0] == plans[1]


@pytest.mark.usefixtures("in_root")
def test_identity_is_of_every_shard(jobs: list[Job], twin: Path) -> None:
    job = replace(jobs[0], corpus=str(twin))
    before = job.identity()
    moved = Path(shutil.copytree(twin, twin.parent / "moved"))
    assert replace(job, corpus=str(moved)).identity() == before
    # the folder of a file that is written over keeps its time
    write_corpus(moved / "train" / "001.spacy", [("Ada calls", "B-PER O")] * 9)
    changed = replace(job, corpus=str(moved))
    assert changed.identity() != before
    assert count_pool(changed) == count_pool(job) + 4
    (moved / "test" / "002.spacy").unlink()
    assert changed.identity() not in (before, job.identity())


def test_suspects_and_compare_know_what_was_learnt_of_shards(
    sharded_training: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = sharded_training.parent / "corpus"
    assert "entities of the test set" in call("suspects", sharded_training)
    with pytest.warns(UserWarning, match="5 of 5 documents are what this model has learnt from"):
        call("suspects", sharded_training, "--corpus", corpus / "train.spacy")
    other = Path(shutil.copytree(sharded_training, corpus.parent / "other"))
    command = ["compare", sharded_training, other, "--corpus", corpus / "train.spacy"]
    with pytest.warns(UserWarning, match="has learnt from 5 of the 5 documents"):
        assert "other has F1" in call(*command)


def test_folder_without_docs_is_no_test_set(sharded_training: Path) -> None:
    corpus = sharded_training.parent / "corpus"
    shutil.rmtree(corpus / "test")
    (corpus / "test").mkdir()
    assert "entities of the dev set" in call("suspects", sharded_training)
