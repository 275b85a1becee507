from dataclasses import replace

import pytest

from adaptive_spacy.experiments.cost import (
    ADAPTIVE_ROUNDS,
    expect,
    fixed_epochs,
    likely_rounds,
    seconds_per_pass,
)
from adaptive_spacy.experiments.grid import Grid
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.progress import describe_end
from adaptive_spacy.experiments.records import make_failure
from adaptive_spacy.report.comparison_runs import read_run
from tests.experiments.costs import done, job_of
from tests.report.records import make_job, make_record

# paths in the grid are those of the checkout
pytestmark = pytest.mark.usefixtures("in_root")

SIZES = {"train": 1000.0, "dev": 100.0, "test": 50.0}


@pytest.mark.parametrize(
    ("name", "epochs"), [("original", 5), ("stable", 20), ("hybrid", 16), ("adaptive", None)]
)
def test_fixed_epochs_are_read_off_the_config(name: str, epochs: float | None, grid: Grid) -> None:
    job = job_of(grid, "adaptive")
    changed = Job(**{**job.to_dict(), "config": f"configs/{name}.cfg", "settings": {}})
    assert fixed_epochs(changed) == epochs


def test_cost_of_a_guess(grid: Grid) -> None:
    cost = expect(job_of(grid, "adaptive"), SIZES)
    assert (cost.epochs, cost.known) == (ADAPTIVE_ROUNDS, False)
    assert cost.updates == ADAPTIVE_ROUNDS * 500
    # each epoch half of dev, at the end three times the test set
    assert cost.evaluations == ADAPTIVE_ROUNDS * 50 + 150
    assert cost.passes == 3 * cost.updates + cost.evaluations


def test_records_are_better_than_a_guess(grid: Grid) -> None:
    same, other = job_of(grid, "adaptive"), job_of(grid, "adaptive", 1.0)
    hybrid = job_of(grid, "hybrid")
    records = [done(same, 30), done(other, 10)]
    assert expect(same, SIZES, records).epochs == 30
    # hybrid is as long as the jobs that it waits for
    assert expect(hybrid, SIZES, records).epochs == 30
    assert expect(same, SIZES, records[1:]).epochs == 10
    assert expect(same, SIZES, [make_failure(same)]).epochs == ADAPTIVE_ROUNDS


def test_seconds_per_pass_of_what_was_measured(grid: Grid) -> None:
    job = job_of(grid, "adaptive")
    passes = 3 * 500 * 10 + 10 * 50 + 3 * 50
    assert seconds_per_pass([done(job, 10, seconds=2.0 * passes), make_failure(job)]) == {
        ("tiny", 1): pytest.approx(2.0)
    }


def test_seconds_are_told_apart_by_threads(grid: Grid) -> None:
    jobs = [replace(job_of(grid, "adaptive"), threads=threads) for threads in (1, 2)]
    records = [done(job, 10, seconds) for job, seconds in zip(jobs, (2.0, 1.0), strict=True)]
    found = seconds_per_pass(records)
    assert found["tiny", 1] == pytest.approx(2 * found["tiny", 2])


def test_dev_set_that_is_learnt_from_costs_updates(grid: Grid) -> None:
    job = replace(job_of(grid, "adaptive"), train_on_dev=True)
    assert expect(job, SIZES).updates == ADAPTIVE_ROUNDS * (500 + 50)


def test_folds_and_the_training_after_them(grid: Grid) -> None:
    """Each label teaches in two of three folds and in the last training, which is twice as long."""
    job = replace(job_of(grid, "adaptive"), folds=3)
    cost = expect(job, SIZES)
    assert not cost.known
    assert cost.updates == 4 * ADAPTIVE_ROUNDS * 550
    # held out once a round, predicted three times in the end; the last one has its dev set too
    assert cost.evaluations == (ADAPTIVE_ROUNDS + 3) * 550 + 2 * ADAPTIVE_ROUNDS * 50 + 150
    # records are of the last training
    record = done(job, 30, 1.0)
    assert expect(job, SIZES, [record]).updates == 4 * 15 * 550
    # one of the time when the last training was as long as the folds took
    del record["definition"]["longer"]
    assert expect(job, SIZES, [record]).updates == 4 * 30 * 550


def test_the_surplus_batch_is_no_epoch() -> None:
    job = make_job("adaptive", 1)
    record = make_record(job, 0.5, epochs=13)
    record["phases"] = [
        {"phase": "cooldown", "start": 5, "end": 12},
        {"phase": "finished", "start": 12, "end": 13},
    ]
    assert likely_rounds(job, [record]) == 12
    assert read_run(record).epochs == 12
    assert "12 rounds" in describe_end(job, record)
