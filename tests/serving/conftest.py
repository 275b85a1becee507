from pathlib import Path

import pytest
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config

from tests.conftest import ROOT


@pytest.fixture(scope="session")
def foreign(corpus_folder: Path, transformer_folder: Path, tmp_path_factory) -> Path:
    """A pipeline with spaCy's own ner, trained with ner.cfg."""
    settings = {
        "paths.train": str(corpus_folder / "train.spacy"),
        "paths.dev": str(corpus_folder / "dev.spacy"),
        "variables.transformer": str(transformer_folder),
        "variables.rate": 5e-3,
        "training.max_steps": 30,
    }
    folder = tmp_path_factory.mktemp("foreign")
    train(init_nlp(load_config(ROOT / "configs" / "ner.cfg", overrides=settings)), folder)
    return folder / "model-last"
