import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import spacy
import torch
from spacy.tokens import DocBin

from adaptive_spacy.experiments.grid import Grid
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import RULES, Record
from adaptive_spacy.experiments.run_job import read_results, run_job
from adaptive_spacy.experiments.selection import PREDICTIONS, Candidates
from adaptive_spacy.training.evaluation import evaluate, read_corpus
from adaptive_spacy.training.resume.driver import Driver
from adaptive_spacy.training.resume.pace import Pace


@pytest.fixture(autouse=True)
def _in_root(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.chdir(request.config.rootpath)


@pytest.fixture(scope="module", autouse=True)
def _same_threads():
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def job_of(grid: Grid, approach: str = "adaptive") -> Job:
    return next(job for job in grid.jobs() if job.approach == approach and job.fraction == 1)


def scores(record: Record) -> dict:
    return {rule: record["results"][rule]["test"] for rule in RULES}


def test_job_that_was_killed_goes_on_to_the_same_record(
    grid: Grid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_of(grid)
    whole = run_job(job, tmp_path / "whole")
    assert whole["status"] == "done", whole["reason"]
    save, steps = Driver.save, []

    class Killed(BaseException):
        pass

    def killed(self: Driver) -> None:
        if len(steps) == 4:
            # as if it had taken so much longer
            self.loop.started -= 1000
        save(self)
        steps.append(self.loop.step)
        if len(steps) == 5:
            raise Killed

    monkeypatch.setattr(Driver, "save", killed)
    # saved at each evaluation, whatever it costs
    monkeypatch.setattr(Pace, "is_due", lambda self, step, evaluated, seconds: evaluated)
    with pytest.raises(Killed):
        run_job(job, tmp_path / "job")
    assert (tmp_path / "job" / "resume").is_dir()
    record = run_job(job, tmp_path / "job")
    assert steps[5] > steps[4]
    assert not (tmp_path / "job" / "resume").exists()
    # what was trained before is paid for as well
    assert record["seconds"] > 1000 > whole["seconds"]
    for key in ("results", "epochs", "updates", "token_updates", "phases", "sentences"):
        assert record[key] == whole[key]
    for row, other in zip(record["history"], whole["history"], strict=True):
        assert {**row, "seconds": 0} == {**other, "seconds": 0}


def test_data_that_changes_meanwhile_is_named(
    grid: Grid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its identity and its scores would be of two test sets."""
    job = job_of(grid)
    corpus = Path(shutil.copytree(job.corpus, tmp_path / "corpus"))
    test = corpus / "test.spacy"
    monkeypatch.setattr(Driver, "run", lambda *_: shutil.copy(corpus / "dev.spacy", test))
    record = run_job(replace(job, corpus=str(corpus)), tmp_path / "job")
    assert record["status"] == "failed"
    assert record["reason"].startswith(f"ValueError: {test}: expected the same content")
    # what would go on from a part of it
    assert not (tmp_path / "job" / "resume").exists()


def test_training_that_ends_before_its_first_round_gives_no_result(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"max_epochs, max_steps: expected a round .* at least"):
        read_results(tmp_path)


def test_one_training_gives_three_results(
    grid: Grid, experiment_corpus: Path, tmp_path: Path
) -> None:
    job = job_of(grid)
    record = run_job(job, tmp_path / "kept", keep=True)
    assert record["status"] == "done", record["reason"]
    rows = record["history"][1:]
    losses = [row["dev_loss"] for row in rows]
    f1 = [row["f"] for row in rows]
    epochs = {rule: record["results"][rule]["epoch"] for rule in RULES}
    assert epochs["best_loss"] == max(i for i, x in enumerate(losses, 1) if x == min(losses))
    assert epochs["best_f1"] == max(i for i, x in enumerate(f1, 1) if x == max(f1))
    assert epochs["last"] == record["epochs"] == len(rows)
    # different checkpoints, or the test shows nothing
    assert epochs["best_loss"] < epochs["last"]
    assert scores(record)["best_loss"]["loss"] < scores(record)["last"]["loss"]
    assert record["best_epoch"] == epochs["best_loss"]
    # each score is that of the checkpoint on disk, under both yardsticks
    for rule in RULES:
        result = record["results"][rule]
        model = tmp_path / "kept" / result["checkpoint"]
        measured = evaluate(str(model), experiment_corpus / "test.spacy")
        assert result["test"]["f1"] == measured["spacy"]["ents_f"]
        assert result["test"]["per_type"] == measured["seqeval"]["per_type"]
        dev = evaluate(str(model), experiment_corpus / "dev.spacy")["spacy"]
        assert dev["ents_f"] == result["dev_f1"]
        assert dev["ents_loss"] == pytest.approx(result["dev_loss"], rel=1e-6)
    # one update an epoch, and another at step 0
    assert record["data"]["train"]["sentences"] == 16
    assert record["updates"] == record["epochs"] + 1
    assert record["token_updates"] == (record["epochs"] + 1) * record["data"]["train"]["tokens"]
    # with one update a round, the one that was drawn before the end is evaluated too
    assert [one["phase"] for one in record["phases"]][-2:] == ["cooldown", "finished"]
    assert set(record["versions"]) >= {"spacy", "torch", "python"}
    used = {one["precision"] for one in record["history"]}
    assert {record["precision"]} == used <= {"float32", "bfloat16"}

    dropped = run_job(job, tmp_path / "dropped")
    assert scores(dropped) == scores(record)
    assert sorted(path.name for path in (tmp_path / "dropped").iterdir()) == [
        "config.cfg",
        "history.jsonl",
        "log.txt",
        "predictions.spacy",
    ]
    # what the last model says, in the order of the test set, with its confidences
    last = spacy.load(tmp_path / "kept" / record["results"]["last"]["checkpoint"])
    predicted = list(DocBin().from_disk(tmp_path / "dropped" / PREDICTIONS).get_docs(last.vocab))
    again = [eg.predicted for eg in read_corpus(experiment_corpus / "test.spacy", last)]
    for doc, other in zip(predicted, last.pipe(again), strict=True):
        assert doc.text == other.text
        assert [(str(ent), ent.label_, ent._.confidence) for ent in doc.ents] == [
            (str(ent), ent.label_, pytest.approx(ent._.confidence)) for ent in other.ents
        ]
    assert any(doc.ents for doc in predicted)


def test_broken_job_says_why(grid: Grid, tmp_path: Path) -> None:
    data = grid.model_dump()
    data["approaches"]["hybrid"]["settings"]["training.accumulate_gradient"] = 0
    job = next(job for job in Grid.model_validate(data).jobs() if job.approach == "hybrid")
    record = run_job(job.with_stops({"adaptive": 3}), tmp_path)
    assert record["status"] == "failed"
    assert "[training] accumulate_gradient: expected" in record["reason"]
    assert "Traceback" in (tmp_path / "log.txt").read_text()
    assert "results" not in record


def test_train_on_dev_learns_from_both(grid: Grid, tmp_path: Path) -> None:
    data = grid.model_dump()
    data["approaches"]["hybrid"]["train_on_dev"] = True
    job = next(job for job in Grid.model_validate(data).jobs() if job.approach == "hybrid")
    (tmp_path / "left-over").write_text("")
    record = run_job(job.with_stops({"adaptive": 3}), tmp_path)
    assert record["status"] == "done", record["reason"]
    assert not (tmp_path / "left-over").exists()
    assert record["epochs"] == 3
    # half of 16 and half of 10
    assert record["data"]["train"]["sentences"] == 8 + 5
    docs = DocBin().from_disk(tmp_path / "train-and-dev.spacy")
    assert len(list(docs.get_docs(spacy.blank("xx").vocab))) == 13


def row(step: int, dev_loss: float | None, f: float | None) -> dict:
    return {"step": step, "steps_per_round": 2, "dev_loss": dev_loss, "f": f}


def test_candidates_by_validation_scores_alone() -> None:
    candidates = Candidates()
    nlp = spacy.blank("xx")
    history = [
        row(0, 0.01, 0.99),  # has seen one batch: no result
        row(2, 0.5, 0.3),
        row(4, 0.2, 0.4),
        row(6, 0.3, 0.6),
        row(8, 0.4, 0.6),
        row(10, 0.5, 0.5),
    ]
    for one in history:
        candidates.take(one, nlp)
    assert candidates.best["best_loss"][0]["step"] == 4
    # of equals the latest, as spaCy keeps it
    assert candidates.best["best_f1"][0]["step"] == 8
    assert candidates.last == history[-1]


def test_candidates_without_validation_loss() -> None:
    candidates = Candidates()
    for one in (row(2, None, None), row(4, None, 0.1)):
        candidates.take(one, spacy.blank("xx"))
    assert set(candidates.best) == {"best_f1"}
    assert candidates.best["best_f1"][0]["step"] == 4
