"""`report` and `plot` of a training that runs: its own evaluations, and no half a line."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.report.run import page
from adaptive_spacy.training.history import HISTORY
from tests.report.runs import training_elsewhere, write_training


@pytest.fixture
def training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The output of a training, in the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANSI_COLORS_DISABLED", "1")
    return write_training(Path("mine"))


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*map(str, arguments)])
    return result.exit_code, result.output


def commands(training: Path) -> list[list[str | Path]]:
    return [
        ["report", training, "--output", "page.html"],
        ["plot", training, "figure"],
        ["plot", training / HISTORY, "figure"],
    ]


def test_former_training_is_not_shown_as_the_one_that_has_just_begun(
    training: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.utime(training / HISTORY, (1, 1))
    # nor does its model predict
    monkeypatch.setattr(page, "predict_run", None)
    with training_elsewhere(training):
        for command in commands(training):
            code, out = run(*command)
            assert code == 1
            assert out.startswith(
                "✘ mine: expected an evaluation, but the training that runs there"
            )
            assert out.count("\n") == 1
    assert {path.name for path in Path.cwd().iterdir()} == {"mine", "corpus"}


def test_training_can_be_shown_while_it_writes_a_line(training: Path) -> None:
    with training_elsewhere(training):
        # what it has written since it took the folder
        os.utime(training / HISTORY)
        with (training / HISTORY).open("a", encoding="utf8") as file:
            file.write('{"epoch": 6, "st')
        for command in commands(training):
            code, out = run(*command)
            assert code == 0, out
    assert "Where it stands" in Path("page.html").read_text(encoding="utf8")
