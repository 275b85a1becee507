"""A saved pipeline to tamper with, and what hostile code in one would leave behind, were it run."""

from pathlib import Path

import pytest

from tests.transformer.pipelines import OURS, trained


@pytest.fixture(scope="session")
def pipeline(transformer_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read, never changed."""
    folder = tmp_path_factory.mktemp("saved") / "pipeline"
    trained(transformer_folder, OURS, steps=1).to_disk(folder)
    return folder


@pytest.fixture
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What hostile code would write. Nobody may ask on stdin either."""
    monkeypatch.setattr("builtins.input", lambda *args: pytest.fail("asked on stdin"))
    monkeypatch.setenv("HF_MODULES_CACHE", str(tmp_path / "modules"))
    return tmp_path / "ran"
