import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from adaptive_spacy.transformer.dropout import FastDropout, attention, dropout


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("shape", [(1000, 101), (7, 3, 4999)])
def test_dropout_drops_its_share_and_keeps_the_mean(rate: float, shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    output = dropout(torch.ones(shape), rate)
    assert output.shape == shape
    # five standard deviations of a share of 100,000 draws
    assert (output == 0).float().mean().item() == pytest.approx(rate, abs=0.008)
    assert output[output != 0].unique().tolist() == pytest.approx([1 / (1 - rate)], rel=1e-3)


def test_dropout_is_seeded_by_torch_and_new_each_time() -> None:
    ones = torch.ones(1000)
    torch.manual_seed(1)
    first, second = dropout(ones, 0.3), dropout(ones, 0.3)
    torch.manual_seed(1)
    assert torch.equal(dropout(ones, 0.3), first)
    assert not torch.equal(first, second)


def test_dropout_draws_are_independent() -> None:
    """Four elements share a random number, but not their fate."""
    torch.manual_seed(0)
    kept = (dropout(torch.ones(40_000), 0.5) != 0).float().view(-1, 4)
    correlation = torch.corrcoef(kept.T) - torch.eye(4)
    assert correlation.abs().max() < 0.05


def test_dropout_gradient_is_that_of_what_was_kept() -> None:
    torch.manual_seed(0)
    values = torch.ones(100, requires_grad=True)
    output = dropout(values, 0.4)
    output.sum().backward()
    assert torch.equal(values.grad, output.detach())


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_dropout_at_its_ends(rate: float) -> None:
    assert dropout(torch.ones(10), rate).tolist() == [1 - rate] * 10


def test_dropout_rests_in_evaluation() -> None:
    assert dropout(torch.ones(10), 0.9, training=False).tolist() == [1.0] * 10


def make_inputs(length: int = 9) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    torch.manual_seed(0)
    query, key, value = (torch.randn(2, 3, length, 4, requires_grad=True) for _ in range(3))
    mask = torch.zeros(2, 1, length, length)
    mask[1, :, :, length // 2 :] = torch.finfo(torch.float32).min
    return query, key, value, mask


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("scale", [None, 0.3])
def test_attention_at_almost_no_dropout_is_that_of_torch(masked: bool, scale) -> None:
    *inputs, mask = make_inputs()
    given = mask if masked else None
    # one in 65,536: with this seed nothing is dropped
    ours = attention(*inputs, given, 1 / 65536, scale=scale)
    theirs = functional.scaled_dot_product_attention(*inputs, given, scale=scale)
    assert torch.allclose(ours, theirs, atol=1e-4)
    gradients = [torch.autograd.grad((one**2).sum(), inputs) for one in (ours, theirs)]
    for one, other in zip(*gradients, strict=True):
        assert torch.allclose(one, other, atol=1e-3)


def test_attention_keeps_the_mean() -> None:
    query, key, value, mask = make_inputs()
    exact = functional.scaled_dot_product_attention(query, key, value, mask)
    mean = sum(attention(query, key, value, mask, 0.3) for _ in range(3000)) / 3000
    assert (mean - exact).abs().max() < 0.1


@pytest.mark.parametrize(
    "arguments",
    [{"dropout_p": 0.0}, {"is_causal": True}, {"attn_mask": torch.ones(9, 9, dtype=torch.bool)}],
)
def test_attention_leaves_the_rest_to_torch(arguments: dict) -> None:
    *inputs, _ = make_inputs()
    expected = functional.scaled_dot_product_attention(*inputs, **arguments)
    assert torch.equal(attention(*inputs, **arguments), expected)


def test_context_reaches_the_functions_of_any_network() -> None:
    network = nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, batch_first=True)
    inputs = torch.randn(2, 5, 8)

    def run(context: bool) -> Tensor:
        torch.manual_seed(3)
        if not context:
            return network(inputs)
        with FastDropout():
            return network(inputs)

    assert not torch.equal(run(True), run(False)), "other random numbers"
    assert torch.equal(run(True), run(True))
    network.eval()
    assert torch.equal(run(True), run(False)), "nothing is random"
