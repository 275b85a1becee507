"""Warnings of this package, as whole lines."""

import warnings
from pathlib import Path

import pytest

from adaptive_spacy.training.messages import show_whole_warnings


def test_warnings_of_this_package_are_whole_lines(capsys: pytest.CaptureFixture[str]) -> None:
    show_whole_warnings()
    own = Path(show_whole_warnings.__code__.co_filename)
    message = "entities of the training corpus that do not fit the tokens are masked: 12 " * 3
    shown = warnings.formatwarning(message, UserWarning, str(own), 12)
    assert shown.startswith("⚠ entities")
    assert shown.split()[1:] == message.split()
    other = warnings.formatwarning(message, UserWarning, "/somewhere/else.py", 12)
    assert other.startswith("/somewhere/else.py:12: UserWarning: ")
