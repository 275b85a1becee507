"""Corpora in which there is nothing to find."""

from pathlib import Path

import pytest

from tests.conftest import SENTENCES, write_corpus

DEV = [
    ("Cleo lives in London .", "B-PER O O B-LOC O"),
    ("it rains in Paris", "O O O B-LOC"),
]


@pytest.fixture(scope="session")
def sound_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """48 sentences for train and 2 others for dev: nothing to find."""
    folder = tmp_path_factory.mktemp("sound")
    write_corpus(folder / "train.spacy", SENTENCES * 6)
    write_corpus(folder / "dev.spacy", DEV)
    return folder
