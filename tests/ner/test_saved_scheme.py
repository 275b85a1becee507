"""Weights are read under the scheme that they were trained with, or not at all."""

import json
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language

from adaptive_spacy.ner.component import TransformerNER
from tests.conftest import SENTENCES
from tests.ner.pipelines import examples, found, learn, make_nlp

TEXT = "Ada lives in Paris ."
ENTITIES = [("Ada", "PER"), ("Paris", "LOC")]


@pytest.fixture(scope="module")
def trained(transformer_folder: Path) -> Language:
    nlp = make_nlp(transformer_folder)
    learn(nlp)
    return nlp


@pytest.fixture
def folder(trained: Language, tmp_path: Path) -> Path:
    trained.to_disk(tmp_path / "model")
    return tmp_path / "model"


def load(folder: Path, **settings: Any) -> Language:
    return spacy.load(folder, config={"components": {"transformer_ner": settings}})


def ner_of(nlp: Language) -> TransformerNER:
    pipe = nlp.get_pipe("transformer_ner")
    assert isinstance(pipe, TransformerNER)
    return pipe


def change(folder: Path, **values: Any) -> None:
    """Change what the file of the labels says; None: it says nothing of it."""
    path = folder / "transformer_ner" / "cfg"
    cfg = {**json.loads(path.read_text()), **values}
    kept = {key: value for key, value in cfg.items() if value is not None or key not in values}
    path.write_text(json.dumps(kept))


REFUSED = (
    "transformer_ner: expected the scheme BIO, which its weights were trained with, got {}: "
    'set [components.transformer_ner] scheme = "BIO", or train anew'
)


@pytest.mark.parametrize("decoder", ["viterbi", "greedy"])
@pytest.mark.parametrize("scheme", ["BILOU", "IO"])
@pytest.mark.parametrize("older", [False, True])
def test_another_scheme_is_refused_on_loading(
    folder: Path, scheme: str, decoder: str, older: bool
) -> None:
    if older:
        change(folder, scheme=None)
    with pytest.raises(ValueError, match="expected the scheme") as error:
        load(folder, scheme=scheme, decoder=decoder)
    assert str(error.value) == REFUSED.format(scheme)


@pytest.mark.parametrize("begun", [False, True])
def test_another_scheme_is_refused_from_bytes(
    trained: Language, transformer_folder: Path, begun: bool
) -> None:
    other = make_nlp(transformer_folder, scheme="BILOU")
    if begun:
        other.initialize(lambda: examples(other, SENTENCES))
    ner = ner_of(other)
    before = ner.labels, ner.cfg["scheme"], ner.model.maybe_get_dim("nO")
    with pytest.raises(ValueError, match="expected the scheme") as error:
        ner.from_bytes(ner_of(trained).to_bytes())
    assert str(error.value) == REFUSED.format("BILOU")
    assert (ner.labels, ner.cfg["scheme"], ner.model.maybe_get_dim("nO")) == before


def test_what_was_written_before_is_read_as_ever(
    trained: Language, folder: Path, tmp_path: Path
) -> None:
    change(folder, scheme=None)
    assert "scheme" not in json.loads((folder / "transformer_ner" / "cfg").read_text())
    nlp = load(folder, decoder="greedy")
    assert found(nlp(TEXT)) == ENTITIES == found(trained(TEXT))
    nlp.to_disk(tmp_path / "again")
    cfg = json.loads((tmp_path / "again" / "transformer_ner" / "cfg").read_text())
    assert cfg["scheme"] == "BIO"


@pytest.mark.parametrize("scheme", ["BIO", "BILOU", "IO"])
def test_its_own_scheme_is_read_with_labels_added_at_last(
    transformer_folder: Path, tmp_path: Path, scheme: str
) -> None:
    nlp = make_nlp(transformer_folder, scheme=scheme)
    nlp.initialize(lambda: examples(nlp))
    ner_of(nlp).add_label("TEAM")
    nlp.to_disk(tmp_path)
    for older in (False, True):
        if older:
            change(tmp_path, scheme=None)
        ner = ner_of(spacy.load(tmp_path))
        assert (ner.scheme, ner.labels) == (scheme, ("LOC", "PER", "TEAM"))


def test_labels_of_other_weights_are_refused(folder: Path) -> None:
    change(folder, labels=["A", "B", "C"])
    with pytest.raises(ValueError, match="rows") as error:
        load(folder)
    assert str(error.value) == (
        "transformer_ner: expected an output layer of 7 rows for 3 labels under the scheme BIO, "
        "got 5: its files cfg and model are not of one training; copy the pipeline anew"
    )


def test_parts_are_read_alone(trained: Language, folder: Path, transformer_folder: Path) -> None:
    ner = ner_of(make_nlp(transformer_folder))
    for name in ("ONE", "TWO", "THREE"):
        ner.add_label(name)
    # labels without weights, from a file and from bytes of them alone
    parts = ["model", "vocab"]
    assert ner.from_disk(folder / "transformer_ner", exclude=parts).labels == ("LOC", "PER")
    ner.cfg["labels"] = ["ONE"]
    assert ner.from_bytes(ner_of(trained).to_bytes(exclude=["model"])).labels == ("LOC", "PER")
    # weights without labels
    ner.cfg["labels"] = ["ONE"]
    assert ner.from_bytes(ner_of(trained).to_bytes(exclude=["cfg"])).labels == ("ONE",)


def test_a_pipe_that_was_not_trained_is_read(transformer_folder: Path, tmp_path: Path) -> None:
    make_nlp(transformer_folder, scheme="IO").to_disk(tmp_path)
    assert ner_of(spacy.load(tmp_path)).labels == ()
