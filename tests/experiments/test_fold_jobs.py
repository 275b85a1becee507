"""The adaptive trainings of the folds, as jobs."""

from dataclasses import replace

import pytest

from adaptive_spacy.experiments.fold_jobs import find_freely
from adaptive_spacy.experiments.job import Job
from tests.report.records import make_job

LEAST = "training.optimizer.learn_rate.least"


@pytest.fixture
def job(in_root: None) -> Job:
    return replace(make_job("adaptive", 1), config="configs/adaptive.cfg", settings={})


def least_of(job: Job) -> int | None:
    schedule = job.make_config().interpolate()["training"]["optimizer"]["learn_rate"]
    return schedule.get("least")


@pytest.mark.parametrize("given", [{}, {LEAST: 300}])
def test_fold_may_end_before_the_updates_that_its_schedule_asks_for(
    job: Job, given: dict[str, int]
) -> None:
    job = replace(job, settings=given)
    assert least_of(job) == (300 if given else 200)
    assert least_of(find_freely(job)) == 0
    assert find_freely(job).settings == {LEAST: 0}


@pytest.mark.parametrize("name", ["paper", "hybrid"])
def test_fold_of_another_config_is_as_it_was(job: Job, name: str) -> None:
    job = replace(job, config=f"configs/{name}.cfg")
    assert find_freely(job) is job
