"""A trained pipeline for each module of tests of the component."""

from pathlib import Path

import pytest
from spacy.language import Language

from tests.ner.pipelines import learn, make_nlp


@pytest.fixture(scope="module")
def trained(transformer_folder: Path) -> Language:
    nlp = make_nlp(transformer_folder)
    learn(nlp)
    return nlp
