"""Sweeps on a cluster of Ray."""

from pathlib import Path

import pytest

from tests.experiments.sweeps import results, run


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
