"""A first step with a transformer that was just put into a folder."""

from pathlib import Path
from typing import Any

import spacy
import torch
from spacy_transformers.span_getters import configure_strided_spans
from transformers import AutoConfig, AutoModel
from transformers.file_utils import ModelOutput

from adaptive_spacy.transformer.loading import SAFE, faults_in_one_line, make_plain, require_vectors
from adaptive_spacy.transformer.model import build_transformer_model_v1

TEXTS = ("Ada lives in Paris .", "it rains", "Åsa  Öberg\nvisits 東京 today, doesn't she?")
#: Weights that are new in many a network: they make a vector per text, which is not used
UNUSED = "pooler"


def try_transformer(folder: Path) -> list[str]:
    """Load a transformer as a training does, predict, and take a step.

    folder (Path): Config, tokenizer and weights.
    RETURNS (list[str]): Weights that the files have and the network has no place for.
    RAISES (ValueError): If that fails.
    """
    unused = _compare_weights(folder)
    # as the recipes of configs/ cut texts
    model: Any = build_transformer_model_v1(str(folder), configure_strided_spans(128, 96))
    nlp = spacy.blank("xx")
    docs = [nlp.make_doc(text) for text in TEXTS]
    try:
        model.initialize(X=docs)
        output, backprop = model.begin_update(docs)
        vectors = output.model_output.last_hidden_state
        output.model_output = ModelOutput(last_hidden_state=torch.ones_like(vectors))
        backprop(output)
        parameters = model.transformer.parameters()
        gradients = [one.grad.to_dense() for one in parameters if one.grad is not None]
        predicted = model.predict(docs).model_output.last_hidden_state
    # whatever a network that nobody has tried may raise
    except Exception as error:
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise ValueError(f"a training step with it failed ({reason})") from None
    if not gradients or not all(map(is_finite, [vectors, predicted, *gradients])):
        raise ValueError("a training step with it failed (its vectors or gradients are not finite)")
    pieces = output.wordpieces.input_ids.shape
    if vectors.shape[:2] != pieces:
        raise ValueError(
            f"expected a vector for each word piece, {tuple(pieces)}, got {tuple(vectors.shape)}"
        )
    return unused


def _compare_weights(folder: Path) -> list[str]:
    """Names that only the files have. RAISES (ValueError): If the network has others,
    or some are not finite."""
    with faults_in_one_line(folder.name):
        config = AutoConfig.from_pretrained(folder, **SAFE)
        require_vectors(config, folder.name)
        make_plain(config)
        network, about = AutoModel.from_pretrained(
            folder, config=config, torch_dtype=torch.float32, output_loading_info=True, **SAFE
        )
    broken = [name for name, one in network.named_parameters() if not is_finite(one.detach())]
    if broken:
        raise ValueError(f"expected numbers for weights, {broken[0]} has infinite ones or none")
    missing = [name for name in about["missing_keys"] if UNUSED not in name]
    if missing:
        raise ValueError(
            f"expected all weights of the network, {len(missing)} are missing, "
            f"e.g. {sorted(missing)[0]}"
        )
    return sorted(about["unexpected_keys"])


def is_finite(numbers: torch.Tensor) -> bool:
    """RETURNS (bool): Whether none is infinite or no number."""
    return bool(torch.isfinite(numbers).all())
