"""Sweeps of real trainings, as users start them."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import read_records
from tests.conftest import ROOT

ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
# what two runs of a job may differ in
VARIABLE = ("seconds", "finished", "machine")


def command(grid: Path, output: Path, *options: str) -> list[str]:
    sweep = [sys.executable, "-m", "adaptive_spacy", "sweep", str(grid), "--output", str(output)]
    return [*sweep, *options]


def run(grid: Path, output: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(grid, output, *options),
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )


def results(output: Path) -> dict[str, dict]:
    """All that a record says, apart from clocks."""
    found = {}
    for record in read_records(output):
        assert record["status"] == "done", record["reason"]
        for row in record["history"]:
            del row["seconds"]
        found[record["id"]] = {k: v for k, v in record.items() if k not in VARIABLE}
    return found


def with_own_config(job: Job, folder: Path) -> Job:
    """RETURNS (Job): The job with a copy of its config, which a test may edit."""
    return replace(job, config=str(shutil.copy(job.config, folder / "mine.cfg")))
