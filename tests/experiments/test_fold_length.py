"""Jobs that learn from all their labels, as long as folds found."""

import errno
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.tokens import DocBin
from thinc.api import Config

from adaptive_spacy.experiments import run_job as module
from adaptive_spacy.experiments.cost import expect
from adaptive_spacy.experiments.courses import Course
from adaptive_spacy.experiments.crossfit import crossfit
from adaptive_spacy.experiments.expectation import Expectation
from adaptive_spacy.experiments.fold_length import Found, find_course
from adaptive_spacy.experiments.fold_outcomes import FOLDS
from adaptive_spacy.experiments.grid import Grid
from adaptive_spacy.experiments.inputs import keep_config
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import make_failure
from adaptive_spacy.experiments.run_job import run_job
from adaptive_spacy.experiments.schema import check_record
from tests.conftest import NOISE, SENTENCES, write_corpus
from tests.experiments.sweeps import with_own_config


@pytest.fixture
def job(grid: Grid, tmp_path: Path, in_root: None) -> Job:
    """14 labelled sentences in two folds."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    write_corpus(folder / "train.spacy", SENTENCES)
    write_corpus(folder / "dev.spacy", NOISE)
    write_corpus(folder / "test.spacy", SENTENCES)
    labels = len({text for text, _ in SENTENCES + NOISE})
    job = next(grid.jobs())
    return replace(job, corpus=str(folder), fraction=1.0, labels=labels, dev=0.2, folds=2)


def losses(record: dict[str, Any]) -> list[float]:
    return [row["train_loss"] for row in record["history"]]


def test_job_with_folds_trains_as_crossfit_does(job: Job, tmp_path: Path) -> None:
    least = 24  # more than the folds would take
    job = replace(job, settings={**job.settings, "training.optimizer.learn_rate.least": least})
    record = run_job(job, tmp_path / "job")
    assert record["status"] == "done", record["reason"]
    check_record(record)
    docs = list(
        DocBin().from_disk(tmp_path / "job" / "train.spacy").get_docs(spacy.blank("xx").vocab)
    )
    settings = {**job.settings, "variables.transformer": job.transformer}
    _, _, expected = crossfit(
        docs,
        config=Path(job.config),
        output=tmp_path / "crossfit",
        folds=2,
        seed=job.seed,
        settings=settings,
        silent=True,
    )
    measured = ("epochs", "halved", "updates", "token_updates", "sentences", "f1")
    assert [{key: one[key] for key in measured} for one in record["folds"]] == [
        {key: one[key] for key in measured} for one in expected["folds"]
    ]
    assert losses(record) == losses(expected)
    assert json.dumps(record["expected"]) == json.dumps(expected["expected"])
    assert 0 <= record["expected"]["f1"] <= 1
    # all labels taught, and each training is in the cost
    assert record["data"]["labelled"] == record["data"]["train"]
    assert record["data"]["train"]["sentences"] == job.labels
    assert all(one["updates"] >= least for one in record["folds"])
    last = record["history"][-1]["step"] + 1
    assert record["updates"] == last + sum(one["updates"] for one in record["folds"])
    assert record["token_updates"] > sum(one["token_updates"] for one in record["folds"]) > 0


def test_last_training_reads_no_labels_but_its_own(job: Job, tmp_path: Path) -> None:
    """Of the corpus's dev set it has the sentences that were drawn, not all."""
    assert job.labels is not None
    few = replace(job, labels=job.labels - 4)
    assert run_job(few, tmp_path / "job")["status"] == "done"
    config = Config().from_disk(tmp_path / "job" / "config.cfg").interpolate()
    for split in ("train", "dev"):
        assert config["corpora"][split]["path"] == str(tmp_path / "job" / f"{split}.spacy")


def test_folds_that_have_their_record_are_not_trained_again(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run_job(job, tmp_path / "job")
    assert first["status"] == "done", first["reason"]
    trained: list[str] = []
    real = run_job

    def counting(one: Job, *arguments: Any, **options: Any) -> dict[str, Any]:
        trained.append(one.dataset)
        return {**real(one, *arguments, **options), "seconds": 5000.0}

    monkeypatch.setattr(module, "run_job", counting)
    (record,) = (tmp_path / "job" / FOLDS).glob("fold-2-*/record.json")
    record.unlink()
    (kept,) = (tmp_path / "job" / FOLDS).glob("fold-1-*/record.json")
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "seconds": 1000.0}))
    again = run_job(job, tmp_path / "job")
    assert trained == ["fold-2"]
    # they are paid for all the same, and what is trained anew is not paid for twice
    assert 1000 < again["seconds"] < 5000
    assert losses(again) == losses(first)


def test_config_may_change_while_the_folds_are_trained(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = with_own_config(job, tmp_path)
    mine = Path(job.config)
    before = job.identity()
    identities = []

    def find(kept: Job, *_: Any) -> Found:
        mine.write_text(mine.read_text().replace("dropout = 0.1", "dropout = 0.3"))
        identities.extend([kept.identity(), job.identity()])
        return Found(Course(4.0), [], Expectation(14, 9, 0.5, 0.5, 0.5, None, {}), 0.0)

    monkeypatch.setattr(module, "find_course", find)
    monkeypatch.setattr(module.Driver, "run", lambda *_: None)
    run_job(job, tmp_path / "job")
    # the folds have their names by it
    assert identities[0] == before != identities[1]
    # and the last training is as theirs
    assert Config().from_disk(tmp_path / "job" / "config.cfg")["training"]["dropout"] == 0.1


def test_transformer_that_changes_meanwhile_is_named(job: Job, tmp_path: Path) -> None:
    transformer = Path(shutil.copytree(job.transformer, tmp_path / "transformer"))

    def train(fold: Job, place: Path) -> dict[str, Any]:
        (transformer / "notes.txt").write_text("other weights")
        return make_failure(fold, "its weights do not fit")

    write_corpus(tmp_path / "train.spacy", SENTENCES + NOISE)
    (job,) = keep_config([replace(job, transformer=str(transformer))], tmp_path)
    with pytest.raises(ValueError, match=rf"^{transformer}: expected the same content"):
        find_course(job, tmp_path / "train.spacy", tmp_path / "job", train)


def test_fold_that_fails_is_the_reason(job: Job, tmp_path: Path) -> None:
    settings = {**job.settings, "training.max_steps": 2}
    record = run_job(replace(job, settings=settings), tmp_path / "job")
    assert record["status"] == "failed"
    assert "fold-1" in record["reason"]


def test_fold_that_failed_is_trained_again(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_disk(*arguments: Any, **options: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr("adaptive_spacy.experiments.run_job.init_nlp", fill_disk)
        record = run_job(job, tmp_path / "job")
    assert record["status"] == "failed"
    assert "fold-1: OSError" in record["reason"]
    again = run_job(job, tmp_path / "job")
    assert again["status"] == "done", again["reason"]


def test_job_with_folds_is_another_and_costs_more(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    single = replace(job, folds=None)
    before = single.identity(), job.identity()
    assert before[0] != before[1]
    # a sweep from when the last training was another one is not gone on with
    monkeypatch.setattr("adaptive_spacy.experiments.job.LONGER", 1)
    assert single.identity() == before[0]
    assert job.identity() not in before
    monkeypatch.undo()
    assert job.learns_from_all
    assert not single.learns_from_all
    sizes = {"train": 800.0, "dev": 200.0, "test": 100.0}
    once, folded = expect(single, sizes), expect(job, sizes)
    # half of the labels in each of two folds, then all twice as often, instead of four fifths
    assert folded.updates / once.updates == pytest.approx(3 / 0.8)
    assert folded.evaluations > once.evaluations


def test_folds_need_an_adaptive_schedule(job: Job) -> None:
    fixed = replace(job, config="configs/stable.cfg", settings={})
    with pytest.raises(ValueError, match=r"^approaches\.adaptive\.folds: .*expected @schedules = "):
        fixed.check()
    job.check()
