"""Faults of what a benchmark is given are one line, as those of the commands are."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from benchmarks.quality import emulated, int8
from benchmarks.speed import compare, overhead, reading
from tests.conftest import ROOT

COMMANDS = [
    path
    for path in sorted((ROOT / "benchmarks").rglob("*.py"))
    if '\nif __name__ == "__main__":\n' in path.read_text(encoding="utf8")
]


@pytest.mark.parametrize("path", COMMANDS, ids=lambda path: path.stem)
def test_every_benchmark_says_faults_as_the_commands_do(path: Path) -> None:
    text = path.read_text(encoding="utf8")
    decorated = re.search(r"^@one_line_errors\(\)\ndef main\(", text, flags=re.MULTILINE)
    assert decorated or "    with one_line_errors():\n" in text


@pytest.mark.parametrize(
    ("module", "arguments", "said"),
    [
        (int8, ["none", "--corpus", "none.spacy"], "none"),
        (emulated, ["--corpus", "nothing", "--fraction", "0.1", "--output", "OUT"], "nothing"),
        (compare, ["--corpus", "none", "--task", "all"], "--task: expected training, tagging or"),
        (overhead, ["--corpus", "none", "--then", "["], "--then: expected a list of loggers"),
        (reading, ["none.conll", "--other", "none"], "none.conll: no such file or directory"),
    ],
)
def test_fault_is_one_line(
    module: Any,
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    app = typer.Typer(rich_markup_mode=None)
    app.command()(module.main)
    result = CliRunner().invoke(app, [one.replace("OUT", str(tmp_path)) for one in arguments])
    assert result.exit_code == 1, result.output
    (line,) = [one for one in result.output.splitlines() if one.startswith("✘ ")]
    assert said in line
    assert "a bug" not in line
