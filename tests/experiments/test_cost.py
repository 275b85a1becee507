import io
from pathlib import Path

import pytest

from adaptive_spacy.experiments import progress as progress_module
from adaptive_spacy.experiments.cost import (
    ADAPTIVE_EPOCHS,
    expect,
    fixed_epochs,
    likely_epochs,
    seconds_per_pass,
)
from adaptive_spacy.experiments.grid import Grid
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.plan import describe_plan
from adaptive_spacy.experiments.progress import Progress, describe_end
from adaptive_spacy.experiments.records import make_failure
from adaptive_spacy.report.comparison import read_run
from tests.report.records import make_job, make_record

SIZES = {"train": 1000.0, "dev": 100.0, "test": 50.0}


@pytest.fixture(autouse=True)
def _in_root(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.chdir(request.config.rootpath)


def job_of(grid: Grid, approach: str, fraction: float = 0.5, **changes: object) -> Job:
    jobs = grid.model_copy(update=changes).jobs()
    return next(job for job in jobs if job.approach == approach and job.fraction == fraction)


def done(job: Job, epochs: float, seconds: float = 1.0) -> dict:
    return {
        **make_failure(job),
        "status": "done",
        "epochs": epochs,
        "seconds": seconds,
        "token_updates": 500 * epochs,
        "results": {"last": {"test": {"f1": 0.5}}},
        "data": {"train": {"tokens": 500}, "dev": {"tokens": 50}, "test": {"tokens": 50}},
    }


@pytest.mark.parametrize(
    ("name", "epochs"), [("original", 5), ("stable", 20), ("hybrid", 16), ("adaptive", None)]
)
def test_fixed_epochs_are_read_off_the_config(name: str, epochs: float | None, grid: Grid) -> None:
    job = job_of(grid, "adaptive")
    changed = Job(**{**job.to_dict(), "config": f"configs/{name}.cfg", "settings": {}})
    assert fixed_epochs(changed) == epochs


def test_cost_of_a_guess(grid: Grid) -> None:
    cost = expect(job_of(grid, "adaptive"), SIZES)
    assert (cost.epochs, cost.known) == (ADAPTIVE_EPOCHS, False)
    assert cost.updates == ADAPTIVE_EPOCHS * 500
    # each epoch half of dev, at the end three times the test set
    assert cost.evaluations == ADAPTIVE_EPOCHS * 50 + 150
    assert cost.passes == 3 * cost.updates + cost.evaluations


def test_records_are_better_than_a_guess(grid: Grid) -> None:
    same, other = job_of(grid, "adaptive"), job_of(grid, "adaptive", 1.0)
    hybrid = job_of(grid, "hybrid")
    records = [done(same, 30), done(other, 10)]
    assert expect(same, SIZES, records).epochs == 30
    # hybrid is as long as the jobs that it waits for
    assert expect(hybrid, SIZES, records).epochs == 30
    assert expect(same, SIZES, records[1:]).epochs == 10
    assert expect(same, SIZES, [make_failure(same)]).epochs == ADAPTIVE_EPOCHS


def test_seconds_per_pass_of_what_was_measured(grid: Grid) -> None:
    job = job_of(grid, "adaptive")
    passes = 3 * 500 * 10 + 10 * 50 + 3 * 50
    assert seconds_per_pass([done(job, 10, seconds=2.0 * passes), make_failure(job)]) == {
        ("tiny", 1): pytest.approx(2.0)
    }


def test_plan_counts_what_is_left(grid: Grid) -> None:
    jobs = list(grid.jobs())
    nothing = describe_plan(jobs, [], side_by_side=2)
    assert "8 jobs, 0 with a record, 8 to run" in nothing
    assert "no time yet" in nothing
    plan = describe_plan(jobs, [done(jobs[0], 12)], side_by_side=2)
    assert "8 jobs, 1 with a record, 7 to run" in plan
    assert "with 2 at a time" in plan
    row = next(line for line in plan.splitlines() if line.startswith("little"))
    assert row.split()[:6] == ["little", "tiny", "0.5", "adaptive", "1,", "2"]
    assert "1 of 2" in row
    assert "~12" in row


def test_plan_of_a_corpus_that_is_missing(grid: Grid) -> None:
    data = grid.model_dump()
    data["datasets"]["little"]["path"] = "nowhere"
    plan = describe_plan(list(Grid.model_validate(data).jobs()), [], side_by_side=1)
    assert "the corpus is not there yet" in plan


def test_progress_tells_the_end(grid: Grid, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: now[0])
    jobs = list(grid.model_copy(update={"seeds": [1], "fractions": [0.5]}).jobs())
    silent = Progress(jobs, silent=True, file=io.StringIO())
    assert silent.seconds_left() is None
    silent.start(jobs[0])
    now[0] = 160.0
    silent.settle(jobs[0], done(jobs[0], 12), ran=True)
    # both jobs are expected to cost the same
    assert silent.seconds_left() == pytest.approx(60.0)
    silent.settle(jobs[1], make_failure(jobs[1], "why"), ran=False)
    assert silent.seconds_left() == pytest.approx(0.0, abs=1e-6)
    assert (silent.running, silent.done, silent.failed) == (0, 1, 1)
    silent.close()


def test_end_of_a_job_in_a_line(grid: Grid) -> None:
    job = job_of(grid, "adaptive")
    name = "little-tiny-0.5-adaptive-1"
    assert progress_module.describe_end(job, done(job, 12)) == f"✔ {name}: F1 50.0, 12 rounds, 1 s"
    assert progress_module.describe_end(job, make_failure(job, "why")) == f"✘ {name}: why"


def test_corpus_sizes_are_the_files(grid: Grid, experiment_corpus: Path) -> None:
    job = job_of(grid, "adaptive", 1.0)
    sizes = {split: path.stat().st_size for split, path in job.files().items()}
    assert Progress([job], silent=True).left == expect(job, sizes).passes
    assert set(experiment_corpus.iterdir()) == set(job.files().values())


def test_the_surplus_batch_is_no_epoch() -> None:
    job = make_job("adaptive", 1)
    record = make_record(job, 0.5, epochs=13)
    record["phases"] = [
        {"phase": "cooldown", "start": 5, "end": 12},
        {"phase": "finished", "start": 12, "end": 13},
    ]
    assert likely_epochs(job, [record]) == 12
    assert read_run(record).epochs == 12
    assert "12 rounds" in describe_end(job, record)
