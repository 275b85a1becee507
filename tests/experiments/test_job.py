"""What a job is: its identity, and whether what it names is there."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from adaptive_spacy.experiments.job import Job

# paths in the grid are those of the checkout
pytestmark = pytest.mark.usefixtures("in_root")


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


def test_job_waits_for_stops_and_for_no_other_table(jobs: list[Job]) -> None:
    weights = {"PER": 2.0}
    job = replace(
        jobs[0],
        settings={
            "components.transformer_ner.class_weights": weights,
            "variables.total": {"stop_of": "adaptive"},
        },
    )
    assert job.needs == {"adaptive"}
    assert job.with_stops({"adaptive": 7}).settings == {
        "components.transformer_ner.class_weights": weights,
        "variables.total": 7,
    }
    known = job.with_stops({"adaptive": 7})
    assert known.waited == ["variables.total"]
    assert known.with_stops({}).waited == ["variables.total"]
    assert jobs[0].with_stops({}).waited == []
    # what a job is does not depend on where a number comes from
    given = replace(jobs[0], settings=known.settings)
    assert known.definition() == given.definition()


def test_identity_is_of_files_that_the_config_names_too(jobs: list[Job], tmp_path: Path) -> None:
    folder = tmp_path / "vectors"
    folder.mkdir()
    (folder / "key2row").write_text("first")
    job = replace(jobs[0], settings={**jobs[0].settings, "paths.vectors": str(folder)})
    before = job.identity()
    assert "files" not in jobs[0].definition()
    (folder / "key2row").write_text("another one")
    assert job.identity() != before
