from pathlib import Path

import pytest
import srsly
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config

from adaptive_spacy.data.datasets import Recipe
from adaptive_spacy.serving.package import package
from tests.conftest import ROOT
from tests.ner.pipelines import learn, make_nlp

RECIPE = Recipe("sample", "CC0-1.0", "https://example.org/data", [], {})


@pytest.fixture(scope="session")
def foreign(corpus_folder: Path, transformer_folder: Path, tmp_path_factory) -> Path:
    """A pipeline with spaCy's own ner, trained with ner.cfg."""
    settings = {
        "paths.train": str(corpus_folder / "train.spacy"),
        "paths.dev": str(corpus_folder / "dev.spacy"),
        "variables.transformer": str(transformer_folder),
        "variables.rate": 5e-3,
        "training.max_steps": 30,
        # a round is an epoch
        "training.eval_frequency.least": 1,
    }
    folder = tmp_path_factory.mktemp("foreign")
    train(init_nlp(load_config(ROOT / "configs" / "ner.cfg", overrides=settings)), folder)
    return folder / "model-last"


@pytest.fixture(scope="session")
def trained(transformer_folder: Path, tmp_path_factory) -> Path:
    """A trained pipeline with our component."""
    folder = tmp_path_factory.mktemp("trained") / "model-last"
    nlp = make_nlp(transformer_folder)
    learn(nlp, steps=25)
    nlp.to_disk(folder)
    return folder


@pytest.fixture(scope="session")
def packages(trained: Path, transformer_folder: Path, tmp_path_factory) -> Path:
    """The wheels of `trained`."""
    folder = tmp_path_factory.mktemp("packages")
    metrics = folder.parent / "metrics.json"
    srsly.write_json(metrics, {"spacy": {"ents_f": 0.875, "ents_loss": 0.25}})
    wheels = package(
        trained,
        folder,
        name="tiny_ner",
        version="1.2.3",
        metrics=metrics,
        transformer=transformer_folder,
        dataset=RECIPE,
    )
    assert [wheel.name for wheel in wheels] == sorted(path.name for path in folder.iterdir())[::-1]
    return folder
