"""What a sweep says of its jobs before it begins."""

import pytest

from adaptive_spacy.experiments.grid import Grid
from adaptive_spacy.experiments.plan import describe_plan
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


def test_plan_of_a_corpus_that_is_missing(grid: Grid) -> None:
    data = grid.model_dump()
    data["datasets"]["little"]["path"] = "nowhere"
    plan = describe_plan(list(Grid.model_validate(data).jobs()), [], side_by_side=1)
    assert "the corpus is not there yet" in plan
