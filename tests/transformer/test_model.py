from pathlib import Path

import numpy
import pytest
import torch
from thinc.api import Adam, ConfigValidationError

from adaptive_spacy.transformer import shim
from adaptive_spacy.transformer.model import build_transformer_model_v1
from tests.ner.pipelines import examples, found
from tests.transformer.pipelines import (
    OURS,
    TEXTS,
    THEIRS,
    make_nlp,
    trained,
    vectors,
    weights,
)


def test_model_trains_bit_for_bit_like_that_of_spacy_transformers(
    transformer_folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # but for the random numbers of dropout, and for the order in which a sparse gradient adds up
    # what a word that comes several times contributes (tests/training/test_rowwise_adamw.py)
    monkeypatch.setattr(shim.TransformerShim, "_set_sparse", lambda self, sparse: None)
    still = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    ours, theirs = (
        trained(transformer_folder, one, steps=5, transformer_config=still)
        for one in (OURS, THEIRS)
    )
    for name, weight in weights(theirs).items():
        assert torch.equal(weights(ours)[name], weight), name


def test_model_predicts_like_that_of_spacy_transformers(transformer_folder) -> None:
    ours = trained(transformer_folder, OURS)
    theirs = trained(transformer_folder, THEIRS, steps=1)
    theirs.from_bytes(ours.to_bytes(exclude=["config"]))
    # batches of other sizes add up in another order
    for one, other in zip(vectors(ours), vectors(theirs), strict=True):
        real = one.any(axis=-1)
        assert real.any()
        assert numpy.allclose(one[real], other[real], rtol=0, atol=1e-5)
    entities = [found(doc) for doc in ours.pipe(TEXTS)]
    assert entities == [found(doc) for doc in theirs.pipe(TEXTS)]
    assert any(entities)


def test_files_are_those_of_spacy_transformers(transformer_folder, tmp_path: Path) -> None:
    ours = trained(transformer_folder, OURS)
    theirs = make_nlp(transformer_folder, THEIRS)
    theirs.initialize(lambda: examples(theirs))
    data = ours.get_pipe("transformer").to_bytes(exclude=["vocab"])
    theirs.get_pipe("transformer").from_bytes(data)
    for one, other in zip(weights(ours).values(), weights(theirs).values(), strict=True):
        assert torch.equal(one, other)


def test_training_is_deterministic(transformer_folder) -> None:
    one, other = (trained(transformer_folder, OURS, steps=8) for _ in range(2))
    for name, weight in weights(one).items():
        assert torch.equal(weights(other)[name], weight), name


def test_model_learns_with_the_optimizer_of_thinc(transformer_folder) -> None:
    """Which takes no sparse gradient."""
    nlp = trained(transformer_folder, OURS, steps=0)
    optimizer = Adam(3e-3)
    for _ in range(25):
        nlp.update(examples(nlp), sgd=optimizer)
    assert found(nlp("Ada lives in Paris .")) == [("Ada", "PER"), ("Paris", "LOC")]


def test_unknown_precision_is_refused() -> None:
    message = "precision: expected one of auto, float32, bfloat16, float16, int8, got 'fp8'"
    with pytest.raises(ConfigValidationError, match=message):
        build_transformer_model_v1("x", lambda docs: [], precision="fp8")


def test_a_transformer_that_fails_does_so_before_the_training(copied_transformer: Path) -> None:
    """And in one line: the tokenizer makes a piece that the network does not have."""
    words = (copied_transformer / "vocab.txt").read_text()
    (copied_transformer / "vocab.txt").write_text(words + "\n" * 9 + "hello")
    (copied_transformer / "tokenizer.json").unlink()
    nlp = make_nlp(copied_transformer, OURS)
    with pytest.raises(ConfigValidationError, match=r"name: .*loading it failed \(index out of"):
        nlp.get_pipe("transformer").initialize(lambda: examples(nlp), nlp=nlp)
