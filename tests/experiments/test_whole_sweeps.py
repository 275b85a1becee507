"""Sweeps from their first job to their last: killed again and again, and on a cluster. In one file,
as both are held against the same undisturbed sweep, which takes a process a minute."""

import random
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest
from spacy.util import load_config

from adaptive_spacy.experiments.records import RECORD
from tests.conftest import ROOT
from tests.experiments.sweeps import ENVIRONMENT, command, results, run

KILLS = 2


def count_rounds(output: Path) -> int:
    """RETURNS (int): Of all jobs, as far as they are."""
    found = 0
    for path in output.glob("*/history.jsonl"):
        # a job that begins anew deletes its own
        with suppress(FileNotFoundError):
            found += path.read_bytes().count(b"\n")
    return found


@pytest.mark.slow
def test_killed_sweep_loses_and_repeats_nothing(
    undisturbed: dict[str, dict], grid_file: Path, tmp_path: Path
) -> None:
    draw = random.Random(0)
    written: dict[Path, int] = {}
    for _ in range(KILLS):
        goal = count_rounds(tmp_path) + draw.randint(1, 20)
        process = subprocess.Popen(
            command(grid_file, tmp_path, "--jobs", "2"),
            cwd=ROOT,
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while process.poll() is None and count_rounds(tmp_path) < goal:
            time.sleep(0.01)
        assert process.poll() is None, "it ended before"
        process.kill()
        process.wait()
        for path, changed in written.items():
            assert path.stat().st_mtime_ns == changed
        written = {path: path.stat().st_mtime_ns for path in tmp_path.glob(f"*/{RECORD}")}
    done = run(grid_file, tmp_path, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    for path, changed in written.items():
        assert path.stat().st_mtime_ns == changed
    assert results(tmp_path) == undisturbed


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
    for path in tmp_path.glob("*/config.cfg"):
        logger = load_config(path, interpolate=True)["training"]["logger"]
        assert logger["folder"] == str(path.parent.resolve())
