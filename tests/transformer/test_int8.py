from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import spacy
import torch
from thinc.api import Adam
from torch import nn

from adaptive_spacy.experiments.weights import Weights
from adaptive_spacy.training.optimizer import make_adamw_v1
from adaptive_spacy.transformer import int8
from adaptive_spacy.transformer.int8 import Int8Linear, is_supported, quantized
from tests.conftest import SENTENCES
from tests.ner.pipelines import examples, found
from tests.transformer.pipelines import OURS, learn, trained, weights

pytestmark = pytest.mark.skipif(not is_supported(), reason="this torch has no int8 operators")


def test_looking_for_the_operators_draws_no_random_number() -> None:
    torch.manual_seed(0)
    before = torch.get_rng_state()
    is_supported.__wrapped__()
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("bias", [True, False])
def test_layer_is_near_the_exact_one(bias: bool) -> None:
    torch.manual_seed(0)
    linear = nn.Linear(64, 32, bias=bias)
    linear.weight.data[3] = 0.0  # a row without a scale
    linear.weight.data[5] *= 100.0  # one with a scale of its own
    inputs = torch.randn(4, 7, 64)
    exact, rounded = linear(inputs), Int8Linear(linear)(inputs)
    assert rounded.shape == exact.shape
    spread = exact.std(dim=(0, 1)).clamp(min=1e-3)
    assert ((rounded - exact).abs().amax(dim=(0, 1)) / spread).max() < 0.15
    assert not torch.equal(rounded, exact)


def test_sums_of_the_largest_numbers_do_not_overflow() -> None:
    linear = nn.Linear(64, 32, bias=False)
    linear.weight.data.fill_(1.0)
    linear.weight.data[1] = -1.0
    inputs = torch.ones(4, 64)
    assert torch.allclose(Int8Linear(linear)(inputs), linear(inputs), rtol=1e-3)


@pytest.fixture(params=["x86", "qnnpack"])
def engine(request) -> Iterator[str]:
    """What torch multiplies with: on Intel's processors and their like, and on ARM."""
    if request.param not in torch.backends.quantized.supported_engines:
        pytest.skip("this torch lacks the engine")
    former = torch.backends.quantized.engine
    torch.backends.quantized.engine = request.param
    yield request.param
    torch.backends.quantized.engine = former


@pytest.mark.parametrize("bias", [True, False])
def test_a_row_does_not_depend_on_the_others(engine: str, bias: bool) -> None:
    torch.manual_seed(0)
    linear = nn.Linear(64, 32, bias=bias)
    layer = Int8Linear(linear)
    rows = torch.randn(9, 64) * torch.logspace(-3, 3, 9)[:, None]
    rows[4] = 0.0
    together = layer(rows)
    for row, expected in zip(rows, together, strict=True):
        assert torch.equal(layer(row[None])[0], expected)
    assert torch.equal(layer(rows.flip(0)).flip(0), together)
    errors = (together - linear(rows)).abs().amax(dim=1) / rows.abs().amax(dim=1).clamp(min=1.0)
    assert errors.max() < 0.05


def test_layer_passes_on_what_is_not_a_number() -> None:
    rows = torch.ones(2, 8)
    rows[1, 3] = float("nan")
    output = Int8Linear(nn.Linear(8, 4))(rows)
    assert output[0].isfinite().all()
    assert output[1].isnan().all()


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_entities_do_not_depend_on_the_batch(transformer_folder, precision: str) -> None:
    nlp = trained(transformer_folder, OURS, precision=precision)
    texts = [f"{text} " * (1 + i % 3) for i in range(6) for text, _ in SENTENCES]
    alone = [nlp(text) for text in texts]
    for size in (3, 64):
        for one, other in zip(alone, nlp.pipe(texts, batch_size=size), strict=True):
            assert found(one) == found(other)
            for ent, same in zip(one.ents, other.ents, strict=True):
                assert abs(ent._.confidence - same._.confidence) < 1e-5


def test_copy_shares_what_is_not_rounded() -> None:
    network = nn.Sequential(nn.Embedding(10, 8), nn.LayerNorm(8), nn.Linear(8, 8))
    twin = quantized(network)
    assert [type(one) for one in network] == [nn.Embedding, nn.LayerNorm, nn.Linear]
    assert type(twin[2]) is Int8Linear
    assert twin[0].weight is network[0].weight
    assert twin[1].weight is network[1].weight


def test_pipeline_predicts_with_integers_and_keeps_exact_weights(
    transformer_folder, tmp_path: Path
) -> None:
    plain, nlp = (
        trained(transformer_folder, OURS),
        trained(transformer_folder, OURS, precision="int8"),
    )
    for name, weight in weights(plain).items():
        assert torch.equal(weights(nlp)[name], weight), "trained in float32"
    rounded, exact = (one("Ada lives in Paris .")._.trf_data.tensors[0] for one in (nlp, plain))
    assert 0 < abs(rounded - exact).max() < 0.5
    texts = [text for text, _ in SENTENCES]
    entities = [found(doc) for doc in nlp.pipe(texts)]
    assert entities == [found(doc) for doc in plain.pipe(texts)]
    nlp.to_disk(tmp_path / "model")
    loaded = spacy.load(tmp_path / "model")
    assert [found(doc) for doc in loaded.pipe(texts)] == entities


def test_rounded_copy_follows_training(transformer_folder) -> None:
    nlp = trained(transformer_folder, OURS, steps=0, precision="int8")
    before = nlp("Ada lives in Paris .")._.trf_data.tensors[0]
    learn(nlp, steps=3)
    after = nlp("Ada lives in Paris .")._.trf_data.tensors[0]
    assert abs(before - after).max() > 1e-3


@pytest.mark.parametrize("annotating", [False, True])
def test_rounded_copy_is_of_the_weights_that_are_here(transformer_folder, annotating: bool) -> None:
    nlp = trained(transformer_folder, OURS, steps=0, precision="int8")

    def vectors() -> Any:
        return nlp("Ada lives in Paris .")._.trf_data.tensors[0]

    before, kept = vectors(), Weights(nlp)
    if annotating:
        # predicts in the middle of an update
        optimizer = make_adamw_v1(3e-3)
        for _ in range(3):
            nlp.update(examples(nlp), sgd=optimizer, annotates=["transformer"])
    else:
        learn(nlp, steps=3)
    shim = nlp.get_pipe("transformer").model.layers[0].shims[0]
    trained_now = vectors()
    shim._quantized = None
    assert (trained_now == vectors()).all()
    assert abs(trained_now - before).max() > 1e-3
    kept.restore()
    assert (vectors() == before).all()


def test_rounded_copy_follows_an_optimizer_of_thinc(transformer_folder) -> None:
    """It writes weights through NumPy, which torch does not count as a change."""
    nlp = trained(transformer_folder, OURS, steps=0, precision="int8")
    shim = nlp.get_pipe("transformer").model.layers[0].shims[0]

    def vectors() -> Any:
        return nlp("Ada lives in Paris .")._.trf_data.tensors[0]

    optimizer = Adam(3e-3)
    for _ in range(3):
        vectors()
        nlp.update(examples(nlp), sgd=optimizer)
    trained_now = vectors()
    shim._quantized = None
    assert (trained_now == vectors()).all()


def test_float32_serves_where_there_are_no_operators(transformer_folder, monkeypatch) -> None:
    monkeypatch.setattr(int8, "is_supported", lambda: False)
    plain, nlp = (
        trained(transformer_folder, OURS),
        trained(transformer_folder, OURS, precision="int8"),
    )
    vectors = [one("Ada lives in Paris .")._.trf_data.tensors[0] for one in (plain, nlp)]
    assert (vectors[0] == vectors[1]).all()
