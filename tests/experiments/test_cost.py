from dataclasses import replace
from pathlib import Path

import pytest
from confection import Config
from spacy.util import load_config

from adaptive_spacy.experiments.cost import (
    ADAPTIVE_ROUNDS,
    epochs_per_round,
    expect,
    fewest_epochs,
    fixed_epochs,
    likely_rounds,
    seconds_per_pass,
)
from adaptive_spacy.experiments.fixed_length import count_batches
from adaptive_spacy.experiments.grid import Grid
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.progress import describe_end
from adaptive_spacy.experiments.records import make_failure
from adaptive_spacy.experiments.run_job import write_corpora, write_job_config
from adaptive_spacy.report.comparison_runs import read_run
from adaptive_spacy.training.rounds import Rounds
from tests.experiments.costs import done, job_of
from tests.report.records import make_job, make_record

# paths in the grid are those of the checkout
pytestmark = pytest.mark.usefixtures("in_root")

SIZES = {"train": 1000.0, "dev": 100.0, "test": 50.0}


@pytest.mark.parametrize(
    ("name", "epochs"),
    # 8 sentences are a batch, and rounds of hybrid.cfg have 8 updates at least
    [("original", 5), ("stable", 20), ("hybrid", 16 * 8), ("adaptive", None)],
)
def test_fixed_epochs_are_read_off_the_config(name: str, epochs: float | None, grid: Grid) -> None:
    job = job_of(grid, "adaptive")
    changed = Job(**{**job.to_dict(), "config": f"configs/{name}.cfg", "settings": {}})
    assert fixed_epochs(changed) == epochs


SIZE = "training.batcher.batcher.size"
ROUND = "training.eval_frequency"


@pytest.mark.parametrize("fraction", [0.5, 1.0])
@pytest.mark.parametrize("train_on_dev", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {f"{ROUND}.least": None},
        {f"{ROUND}.least": 3, SIZE: 5},
        {f"{ROUND}.least": 1, f"{ROUND}.most": 3, SIZE: 1},
        # 5 or 10 sentences of dev are worth 2 or 4 updates
        {f"{ROUND}.least": 1, f"{ROUND}.most": 1, SIZE: 1},
        {f"{ROUND}.least": 1, f"{ROUND}.most": 1, f"{ROUND}.dev": None, SIZE: 1},
        {f"{ROUND}.least": None, f"{ROUND}.epochs": 0.4, f"{ROUND}.times": 3, SIZE: 3},
        # an epoch has more batches than sentences make by their size
        {f"{ROUND}.least": 1, "training.batcher.batcher.batches": 4},
    ],
    ids=str,
)
def test_rounds_of_a_share_are_those_of_its_training(
    grid: Grid, tmp_path: Path, fraction: float, train_on_dev: bool, settings: dict[str, object]
) -> None:
    job = replace(job_of(grid, "adaptive", fraction), settings=settings, train_on_dev=train_on_dev)
    path = write_job_config(job, write_corpora(job, tmp_path), tmp_path, None, keep=False)
    config = load_config(path, interpolate=True)
    training, batches = config["training"], count_batches(config)
    rounds = Rounds.of({**training, "max_steps": 0}, batches)
    assert epochs_per_round(job) == pytest.approx(rounds.interval / batches)
    assert fewest_epochs(job) == pytest.approx(rounds.needed / batches)
    assert expect(job, SIZES).epochs >= max(20 * rounds.interval, rounds.needed) / batches - 1e-9


def test_length_that_a_config_fixes_is_bounded_in_updates(grid: Grid) -> None:
    job = replace(job_of(grid, "adaptive"), config="configs/stable.cfg", settings={})
    # a batch of 8 sentences, of which dev has 5
    for bounds, epochs in (({"least": 3}, 60), ({"most": 1}, 20), ({"least": 2, "most": 4}, 40)):
        settings = {f"training.max_steps.{key}": value for key, value in bounds.items()}
        assert fixed_epochs(replace(job, settings=settings)) == pytest.approx(epochs)
    settings = {"training.max_steps.most": 2, "training.batcher.size": 1}
    assert fixed_epochs(replace(job, settings=settings)) == pytest.approx(20 * 2 / 8)


def test_batches_of_words_do_not_tell_how_many_they_are(grid: Grid) -> None:
    words = {"training.batcher.batcher.@batchers": "spacy.batch_by_words.v1"}
    job = replace(job_of(grid, "adaptive", 1.0), settings=words, labels=20, dev=0.2)
    assert (epochs_per_round(job), fewest_epochs(job)) == (1.0, 0)


def test_a_number_of_updates_is_a_round_too(grid: Grid, tmp_path: Path) -> None:
    config = Config().from_disk("configs/adaptive.cfg", interpolate=False)
    config["training"]["eval_frequency"] = 3
    config.to_disk(tmp_path / "three.cfg")
    job = replace(job_of(grid, "adaptive"), config=str(tmp_path / "three.cfg"), settings={SIZE: 2})
    # 8 sentences are 4 batches
    assert epochs_per_round(job) == pytest.approx(3 / 4)


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
