"""What a sweep says of its jobs before it begins."""

from dataclasses import replace

import pytest

from adaptive_spacy.experiments.grid import Grid
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.plan import describe_plan, find_left
from adaptive_spacy.experiments.records import make_failure
from tests.experiments.costs import done

# paths in the grid are those of the checkout
pytestmark = pytest.mark.usefixtures("in_root")


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


def test_plan_counts_records_as_the_sweep_does(grid: Grid) -> None:
    jobs = list(grid.jobs())
    # of the same names, but of another config: the sweep trains them
    changed = [replace(job, settings={**job.settings, "training.seed": 7}) for job in jobs]
    assert [job.name for job in changed] == [job.name for job in jobs]
    plan = describe_plan(jobs, [done(job, 12) for job in changed], side_by_side=1)
    assert "8 jobs, 0 with a record, 8 to run" in plan


def test_plan_knows_jobs_that_wait_by_the_stops_they_had(grid: Grid) -> None:
    jobs = list(grid.jobs())
    first = [job for job in jobs if not job.needs]
    records = [done(job, 12) for job in first]
    hybrids = [job.with_stops(dict.fromkeys(job.needs, 12)) for job in jobs if job.needs]
    assert hybrids
    assert find_left(jobs, records) == {job.key for job in hybrids}
    assert not find_left(jobs, [*records, *(done(job, 12) for job in hybrids)])
    # the mean of what they wait for is another one
    longer = [done(job, 14) for job in first]
    again = find_left(jobs, [*longer, *(done(job, 12) for job in hybrids)])
    assert again == {job.key for job in hybrids}


def test_failures_count_where_they_are_tried_again(grid: Grid) -> None:
    jobs = [job for job in grid.jobs() if not job.needs]
    records = [make_failure(job) for job in jobs]
    assert not find_left(jobs, records)
    assert find_left(jobs, records, retry_failed=True) == {job.key for job in jobs}


def test_jobs_of_one_name_are_told_apart(namesakes: list[Job]) -> None:
    assert len(find_left(namesakes, [])) == 4
    for job in namesakes:
        assert find_left(namesakes, [done(job, 12)]) == {
            one.key for one in namesakes if one is not job
        }
    plan = describe_plan(namesakes, [done(namesakes[1], 12)], side_by_side=1)
    assert "4 jobs, 1 with a record, 3 to run" in plan
    assert plan.count("0 of 1") == 1


def test_plan_of_shares_has_the_updates_that_it_promises(grid: Grid) -> None:
    """Half of 16 sentences are a batch, and a training is 200 updates at least."""
    job = replace(next(grid.jobs()), settings={})
    plan = describe_plan([job], [], side_by_side=1)
    assert "no fewer updates than its least" in plan
    assert "~200" in plan


def test_plan_of_a_corpus_that_is_missing(grid: Grid) -> None:
    data = grid.model_dump()
    data["datasets"]["little"]["path"] = "nowhere"
    plan = describe_plan(list(Grid.model_validate(data).jobs()), [], side_by_side=1)
    assert "the corpus is not there yet" in plan
