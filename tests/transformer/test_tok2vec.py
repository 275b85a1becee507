"""A transformer that a component took along, shared with no other."""

from pathlib import Path
from typing import Any

import pytest
import spacy
from thinc.types import ArgsKwargs

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


@pytest.mark.parametrize("shared", [True, False])
def test_what_fails_in_it_goes_to_the_error_handler_where_it_is_shared_with_none(
    transformer_folder: Path, monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    """The pipe `transformer` of spacy-transformers asks no handler (1.4.0). If this changes,
    docs/production.md can promise more."""
    nlp = trained(transformer_folder, OURS, steps=1)
    if not shared:
        nlp.replace_listeners("transformer", "transformer_ner", ["model.tok2vec"])
        nlp.remove_pipe("transformer")
    predict = shim.TransformerShim.predict

    def fail(self: shim.TransformerShim, inputs: ArgsKwargs) -> Any:
        if inputs.kwargs["input_ids"].shape[1] > 10:
            raise RuntimeError("out of memory")
        return predict(self, inputs)

    monkeypatch.setattr(shim.TransformerShim, "predict", fail)
    handled: list[tuple[str, list[str]]] = []
    nlp.set_error_handler(
        lambda name, pipe, docs, error: handled.append((name, [doc.text for doc in docs]))
    )
    texts = ["Ada", long := "in Paris " * 9, "Paris"]
    docs = nlp.pipe(texts, batch_size=1)
    if shared:
        with pytest.raises(RuntimeError, match="out of memory"):
            list(docs)
        assert handled == []
    else:
        assert [doc.text for doc in docs] == ["Ada", "Paris"]
        assert handled == [("transformer_ner", [long])]
