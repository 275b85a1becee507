"""What a job is: its identity, and whether what it names is there."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from adaptive_spacy.experiments.grid import Grid
from adaptive_spacy.experiments.job import Job


@pytest.fixture(autouse=True)
def _root(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.chdir(request.config.rootpath)


@pytest.fixture
def jobs(grid: Grid) -> list[Job]:
    return list(grid.model_copy(update={"fractions": [1.0]}).jobs())


def test_identity_is_of_content_and_names(jobs: list[Job], tmp_path: Path) -> None:
    job = jobs[0]
    moved = replace(job, corpus=str(copytree(job.corpus, tmp_path / "elsewhere")))
    assert moved.identity() == job.identity()
    (tmp_path / "elsewhere" / "test.spacy").write_bytes(b"other")
    copied = replace(job, transformer=str(copytree(job.transformer, tmp_path / "transformer")))
    assert copied.identity() == job.identity()
    (tmp_path / "transformer" / "config.json").write_bytes(b"other")
    others = [
        moved,
        copied,
        replace(job, seed=3),
        replace(job, fraction=0.5),
        replace(job, threads=2),
        replace(job, device="gpu"),
        replace(job, approach="other"),
        replace(job, train_on_dev=True),
        replace(job, settings={**job.settings, "variables.rate": 1e-3}),
    ]
    assert len({one.identity() for one in [job, *others]}) == 1 + len(others)
