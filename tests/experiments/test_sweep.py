"""Sweeps of real trainings, end to end."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from adaptive_spacy.experiments.records import RECORD, read_records
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


@pytest.fixture(scope="module")
def undisturbed(grid_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """Results of the grid by one sweep of local processes."""
    output = tmp_path_factory.mktemp("runs")
    done = run(grid_file, output, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert "8 of 8 jobs are done" in done.stdout
    return results(output)


@pytest.mark.parametrize("running", [True, False])
def test_ray_joins_the_cluster_of_this_machine_or_starts_one(
    monkeypatch: pytest.MonkeyPatch, running: bool
) -> None:
    ray = pytest.importorskip("ray", reason="Ray is not installed")
    from adaptive_spacy.experiments.cluster import connect

    calls = []

    def init(address: str, **options: object) -> None:
        calls.append((address, options.get("num_cpus")))
        if address == "auto" and not running:
            raise ConnectionError("none is running")

    monkeypatch.setattr(ray, "init", init)
    assert connect("", processors=2) == ("" if running else "local")
    assert calls == [("auto", None), ("local", 2)][: 1 if running else 2]
    if not running:
        with pytest.raises(ValueError, match="--ray: expected a cluster at auto, none is running"):
            connect("auto", processors=2)


@pytest.mark.slow
def test_ray_cluster_gives_the_same_results(
    undisturbed: dict[str, dict], grid_file: Path, tmp_path: Path
) -> None:
    pytest.importorskip("ray", reason="Ray is not installed")
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        cluster.add_node(num_cpus=1)
        done = run(grid_file, tmp_path, "--ray", cluster.address)
        assert done.returncode == 0, done.stderr
    finally:
        cluster.shutdown()
    assert results(tmp_path) == undisturbed
    assert len(undisturbed) == 8


@pytest.mark.slow
def test_killed_sweep_loses_and_repeats_nothing(
    undisturbed: dict[str, dict], grid_file: Path, tmp_path: Path
) -> None:
    moments = random.Random(0)
    written: dict[Path, int] = {}
    for _ in range(10):
        process = subprocess.Popen(
            command(grid_file, tmp_path, "--jobs", "2"),
            cwd=ROOT,
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(moments.uniform(0.5, 8))
        process.send_signal(signal.SIGKILL)
        process.wait()
        for path, changed in written.items():
            assert path.stat().st_mtime_ns == changed
        written = {path: path.stat().st_mtime_ns for path in tmp_path.glob(f"*/{RECORD}")}
    done = run(grid_file, tmp_path, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    for path, changed in written.items():
        assert path.stat().st_mtime_ns == changed
    assert results(tmp_path) == undisturbed
