"""All commands, as their help shows them."""

import inspect
import itertools
import re

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app

COMMANDS = get_command(app).commands


@pytest.mark.parametrize("name", COMMANDS)
def test_help_keeps_its_brackets(name: str) -> None:
    command = COMMANDS[name]
    result = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "400"})
    assert result.exit_code == 0
    shown = "".join(result.output.split())
    options = [one.help or "" for one in command.params]
    for text in (*options, inspect.getdoc(command.callback) or ""):
        for bracket in re.findall(r"\[[^\]]*\]", text):
            assert "".join(bracket.split()) in shown, bracket


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_examples_that_can_be_copied(name: str) -> None:
    """In a terminal of the usual width, line by line: click would fill a paragraph of them."""
    result = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "80"})
    shown = result.output.splitlines()
    given = inspect.getdoc(COMMANDS[name].callback) or ""
    examples = [line for line in given.splitlines() if line.startswith("    ")]
    for line in examples:
        assert f"  {line}" in shown
        assert len(line) <= 78
    for line, after in itertools.pairwise([*examples, ""]):
        assert line.endswith("\\") == after.startswith("        "), line
