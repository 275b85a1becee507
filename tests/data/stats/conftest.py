from pathlib import Path

import pytest

from tests.conftest import SENTENCES, write_corpus


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """train: 8 sentences, one of them twice; dev: two of them and a new one; test: a new type."""
    write_corpus(tmp_path / "train.spacy", [*SENTENCES, SENTENCES[0]])
    dev = [*SENTENCES[:2], ("Zoe calls Ada", "B-PER O B-PER")]
    write_corpus(tmp_path / "dev.spacy", dev)
    write_corpus(tmp_path / "test.spacy", [("Siri calls", "B-PRODUCT O")])
    return tmp_path
