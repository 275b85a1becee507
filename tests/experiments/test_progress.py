"""What a sweep says while it runs."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from adaptive_spacy.experiments import progress as progress_module
from adaptive_spacy.experiments.cost import (
    expect,
)
from adaptive_spacy.experiments.grid import Grid
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.progress import Progress
from adaptive_spacy.experiments.records import make_failure
from tests.experiments.costs import done, job_of

# paths in the grid are those of the checkout
pytestmark = pytest.mark.usefixtures("in_root")


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


def test_jobs_of_one_name_are_work_of_their_own(
    namesakes: list[Job], capsys: pytest.CaptureFixture[str]
) -> None:
    # the second of them costs more
    namesakes[2] = replace(namesakes[2], train_on_dev=True)
    progress = Progress(namesakes)
    costs = {job.key: Progress([job], silent=True).left for job in namesakes}
    assert progress.work == costs
    assert progress.left == pytest.approx(sum(costs.values()))
    progress.stop()
    progress.close()
    assert "0 of 4 jobs are done" in capsys.readouterr().out


def test_end_of_a_job_in_a_line(grid: Grid) -> None:
    job = job_of(grid, "adaptive")
    name = "little-tiny-0.5-adaptive-1"
    assert progress_module.describe_end(job, done(job, 12)) == f"✔ {name}: F1 50.0, 12 rounds, 1 s"
    nothing = {**done(job, 12), "results": {"last": {"test": {"f1": 0.0}}}}
    assert progress_module.describe_end(job, nothing) == (
        f"⚠ {name}: F1 0.0, no entity is right, 12 rounds, 1 s"
    )
    assert progress_module.describe_end(job, make_failure(job, "why")) == f"✘ {name}: why"


def test_corpus_sizes_are_the_files(grid: Grid, experiment_corpus: Path) -> None:
    job = job_of(grid, "adaptive", 1.0)
    sizes = {split: path.stat().st_size for split, path in job.files().items()}
    assert Progress([job], silent=True).left == expect(job, sizes).passes
    assert set(experiment_corpus.iterdir()) == set(job.files().values())
