"""What the package costs before it does anything."""

import subprocess
import sys

import pytest

import adaptive_spacy

HEAVY = ["spacy", "thinc", "torch", "transformers", "numpy", "seqeval", "matplotlib"]


COMMANDS = [
    *("model", "convert", "export", "init", "stats", "check", "evaluate", "plot"),
    *("package", "smoke-test", "sweep", "report", "refit"),
]


def test_import_is_light() -> None:
    code = f"import sys, adaptive_spacy; print([one for one in {HEAVY} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_names_are_imported_when_they_are_used() -> None:
    code = "import adaptive_spacy, sys; dir(adaptive_spacy); print('spacy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    with pytest.raises(AttributeError, match="nothing"):
        adaptive_spacy.nothing  # noqa: B018


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_light(command: str) -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from adaptive_spacy.cli.app import app; "
        f"result = CliRunner().invoke(app, {command.split()} + ['--help']); "
        "assert result.exit_code == 0, result.output; "
        f"print([one for one in {HEAVY} if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_lists_every_command() -> None:
    command = [sys.executable, "-m", "adaptive_spacy", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    for name in COMMANDS:
        assert name in done.stdout
