"""`adaptive-spacy plot` as its user meets it."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from tests.report.evaluations import evaluation

ROWS = [
    asdict(evaluation(10 * epoch, phase="warmup", rate=1e-5 * (epoch + 1))) for epoch in range(3)
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the output of a training."""
    (tmp_path / "training").mkdir()
    lines = "".join(json.dumps(row) + "\n" for row in ROWS)
    (tmp_path / "training" / "history.jsonl").write_text(lines, encoding="utf8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANSI_COLORS_DISABLED", "1")
    return tmp_path


def run(*arguments: str) -> tuple[int, str, str]:
    """RETURNS (tuple[int, str, str]): Exit code, stdout, stderr."""
    result = CliRunner().invoke(app, ["plot", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("arguments", "stem"),
    [
        (("training", "figures/one"), "figures/one"),
        (("training/history.jsonl", "training"), "training/training"),
    ],
)
def test_plot_writes_and_names_both_files(folder, arguments, stem):
    code, out, _ = run(*arguments)
    assert (code, out) == (0, f"✔ Saved to {stem}.png\n✔ Saved to {stem}.svg\n")
    assert (folder / f"{stem}.png").stat().st_size
    assert "no cool-down" in (folder / f"{stem}.svg").read_text(encoding="utf8")


def test_plot_says_in_one_line_what_is_wrong(folder):
    (folder / "training" / "history.jsonl").write_text("{}\n", encoding="utf8")
    code, out, err = run("training", "one")
    assert (code, out) == (1, "")
    assert err.startswith("✘ training/history.jsonl:1: expected the keys of an evaluation, epoch, ")
    assert err.count("\n") == 1
    assert sorted(path.name for path in folder.iterdir()) == ["training"]


def test_plot_without_matplotlib_says_what_to_install(folder):
    code = (
        "import sys; sys.modules['matplotlib'] = None; "
        "from adaptive_spacy.cli.app import app; app()"
    )
    command = [sys.executable, "-c", code, "plot", "training", "one"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr == '✘ plot needs matplotlib: pip install "adaptive-spacy[plot]"\n'
