import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.experiments import cluster
from adaptive_spacy.experiments.backends import make_backend, require_ray
from adaptive_spacy.experiments.local import LocalProcesses

OPTIONS = {"shared": False, "threads": 1, "keep": False, "gpu_id": -1}


def test_jobs_run_in_processes_of_this_machine_unless_a_cluster_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster, "RayCluster", lambda address, jobs, **_: (address, jobs))
    local = make_backend(2, ray=None, **OPTIONS)
    assert isinstance(local, LocalProcesses)
    assert local.slots == 2
    local.close()
    # an empty address is a cluster, too
    assert make_backend(2, ray="", **OPTIONS) == ("", 2)


@pytest.mark.parametrize("command", ["sweep", "crossfit"])
def test_paths_that_a_cluster_sees_need_one(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = ModuleType("ray")
    there.__spec__ = ModuleSpec("ray", None)
    monkeypatch.setitem(sys.modules, "ray", there)
    require_ray("", shared=True)
    require_ray(None, shared=False)
    given = tmp_path / "given"
    given.touch()
    arguments = [command, str(given), "--output", str(tmp_path / "out"), "--ray-shared"]
    result = CliRunner().invoke(app, arguments)
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert result.output.startswith("✘ --ray-shared: expected --ray beside it")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["sweep", "crossfit"])
def test_missing_ray_is_said_before_anything_is_made(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    given = tmp_path / "given"
    given.touch()
    arguments = [command, str(given), "--output", str(tmp_path / "out"), "--ray", "local"]
    result = CliRunner().invoke(app, arguments)
    assert (result.exit_code, result.output) == (
        1,
        '✘ --ray needs Ray: pip install "adaptive-spacy[ray]"\n',
    )
    assert not (tmp_path / "out").exists()


def test_whether_ray_is_there_is_told_without_importing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes seconds, which a `--dry-run` would wait for."""
    (tmp_path / "ray.py").write_text("raise RuntimeError('imported')", encoding="utf8")
    monkeypatch.delitem(sys.modules, "ray", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    require_ray("", shared=False)
    assert "ray" not in sys.modules
