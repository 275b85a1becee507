"""A transformer that a component took along, shared with no other."""

from pathlib import Path

import spacy

from adaptive_spacy.transformer import shim
from tests.ner.pipelines import found
from tests.transformer.pipelines import (
    OURS,
    TEXTS,
    trained,
)


def test_listener_can_be_replaced(transformer_folder, tmp_path: Path) -> None:
    nlp = trained(transformer_folder, OURS, precision="bfloat16")
    expected = [found(doc) for doc in nlp.pipe(TEXTS)]
    nlp.replace_listeners("transformer", "transformer_ner", ["model.tok2vec"])
    nlp.remove_pipe("transformer")
    assert [found(doc) for doc in nlp.pipe(TEXTS)] == expected
    nlp.to_disk(tmp_path / "model")
    loaded = spacy.load(tmp_path / "model")
    assert [found(doc) for doc in loaded.pipe(TEXTS)] == expected
    # also there the numbers of the config are exact, and the precision stays
    nodes = loaded.get_pipe("transformer_ner").model.walk()
    (read,) = [node.shims[0] for node in nodes if node.shims]
    assert isinstance(read, shim.TransformerShim)
    assert read._model.config.layer_norm_eps == 1e-12
    assert read.precision == "bfloat16"
