"""With integers, a text's vectors are the same in any batch, to the last bit."""

from pathlib import Path
from types import SimpleNamespace

import numpy
import pytest
import torch
from thinc.api import fix_random_seed
from torch import Tensor
from transformers import AutoModel
from transformers.file_utils import ModelOutput

from adaptive_spacy.transformer.int8 import is_supported, quantized
from adaptive_spacy.transformer.prediction import predict_by_length
from adaptive_spacy.transformer.rowwise_attention import PLAIN, attends_apart
from tests.conftest import SENTENCES
from tests.ner.pipelines import examples
from tests.tiers import sliced
from tests.transformer.architectures import ARCHITECTURES, make
from tests.transformer.pipelines import OURS, make_nlp

pytestmark = pytest.mark.skipif(not is_supported(), reason="this torch has no int8 operators")
TEXTS = [f"{text} " * (1 + i % 3) for i in range(3) for text, _ in SENTENCES]


def vectors(doc) -> list[numpy.ndarray]:
    """The vectors of the pieces of each stretch of a doc, without padding."""
    data = doc._.trf_data
    masks = data.wordpieces.attention_mask.astype(bool)
    return [one[mask] for one, mask in zip(data.tensors[0], masks, strict=True)]


@pytest.mark.parametrize("precision", ["float32", "int8"])
@pytest.mark.parametrize(
    "name", sliced(["bert", "roberta", "electra", "convbert", "mobilebert"], of=ARCHITECTURES)
)
def test_vectors_are_the_same_in_any_batch(name: str, precision: str, tmp_path: Path) -> None:
    fix_random_seed(0)
    nlp = make_nlp(make(name, tmp_path / name), OURS, precision=precision)
    nlp.initialize(lambda: examples(nlp))
    network = nlp.get_pipe("transformer").model.transformer
    assert attends_apart(network) == (network.config.model_type in PLAIN)
    # to the last bit with integers, to rounding in float32 and where others multiply by hand
    tolerance = 0.0 if precision == "int8" and attends_apart(network) else 2e-6
    alone = [vectors(nlp(text)) for text in TEXTS]
    for size in (3, 64):
        for expected, doc in zip(alone, nlp.pipe(TEXTS, batch_size=size), strict=True):
            for one, other in zip(expected, vectors(doc), strict=True):
                assert numpy.allclose(one, other, rtol=0.0, atol=tolerance)


def make_rows(lengths: list[int]) -> dict[str, Tensor]:
    torch.manual_seed(0)
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    ids = torch.randint(5, 40, mask.shape) * mask
    return {"input_ids": ids, "attention_mask": mask.long()}


def test_padding_is_told_from_pieces_without_a_mask(transformer_folder) -> None:
    network = AutoModel.from_pretrained(transformer_folder).eval()
    assert attends_apart(network)
    rows = make_rows([3, 9, 1, 9, 5, 2, 12, 40])
    with torch.no_grad():
        whole = network(**rows)
        apart = predict_by_length(network, exactly=True, **rows)
    real = rows["attention_mask"].bool()
    expected, found = whole["last_hidden_state"][real], apart["last_hidden_state"][real]
    assert torch.allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(
    "settings",
    [
        {"model_type": "another"},
        {"_attn_implementation": "eager"},
        {"is_decoder": True},
        {"position_embedding_type": "relative_key"},
    ],
)
def test_attention_that_is_not_known_gets_rows_of_one_length(settings) -> None:
    known = {"model_type": "bert", "_attn_implementation": "sdpa", "is_decoder": False}
    seen = []

    class Network(torch.nn.Module):
        config = SimpleNamespace(**known)

        def forward(self, input_ids: Tensor, attention_mask: Tensor) -> ModelOutput:
            seen.append(tuple(attention_mask.shape))
            return ModelOutput(last_hidden_state=input_ids[..., None] * 1.0)

    rows = make_rows([3, 9, 9, 3, 5])
    predict_by_length(Network(), exactly=True, **rows)
    assert seen == [(5, 9)]
    Network.config = SimpleNamespace(**{**known, **settings})
    output = predict_by_length(Network(), exactly=True, **rows)
    assert seen[1:] == [(2, 9), (1, 5), (2, 3)]
    assert torch.equal(output["last_hidden_state"][..., 0], rows["input_ids"] * 1.0)


def test_rows_are_rounded_alike_beside_any_others(transformer_folder) -> None:
    network = quantized(AutoModel.from_pretrained(transformer_folder).eval())
    rows = make_rows([7, 30, 7, 12, 3])
    with torch.no_grad():
        together = predict_by_length(network, exactly=True, **rows)["last_hidden_state"]
        for i, length in enumerate([7, 30, 7, 12, 3]):
            part = {name: one[i : i + 1, :length] for name, one in rows.items()}
            alone = predict_by_length(network, exactly=True, **part)["last_hidden_state"]
            assert torch.equal(together[i, :length], alone[0])
