"""Fixtures of trainings."""

import pytest

from adaptive_spacy.training.guard import Guard


@pytest.fixture
def without_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the guard know of scores alone: made-up ones have no training that broke."""
    monkeypatch.setattr(Guard, "_loss", staticmethod(lambda *_: None))
