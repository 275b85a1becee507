import pytest
import torch
from torch import nn

from adaptive_spacy.transformer.dropout import FastDropout, speed_up_dropout


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("shape", [(1000, 101), (7, 3, 4999)])
def test_dropout_drops_its_share_and_keeps_the_mean(rate: float, shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    output = FastDropout(rate)(torch.ones(shape))
    assert output.shape == shape
    # five standard deviations of a share of 100,000 draws
    assert (output == 0).float().mean().item() == pytest.approx(rate, abs=0.008)
    assert output[output != 0].unique().tolist() == pytest.approx([1 / (1 - rate)], rel=1e-3)


def test_dropout_is_seeded_by_torch_and_new_each_time() -> None:
    layer, ones = FastDropout(0.3), torch.ones(1000)
    torch.manual_seed(1)
    first, second = layer(ones), layer(ones)
    torch.manual_seed(1)
    assert torch.equal(layer(ones), first)
    assert not torch.equal(first, second)


def test_dropout_draws_are_independent() -> None:
    """Four elements share a random number, but not their fate."""
    torch.manual_seed(0)
    kept = (FastDropout(0.5)(torch.ones(40_000)) != 0).float().view(-1, 4)
    correlation = torch.corrcoef(kept.T) - torch.eye(4)
    assert correlation.abs().max() < 0.05


def test_dropout_gradient_is_that_of_what_was_kept() -> None:
    torch.manual_seed(0)
    values = torch.ones(100, requires_grad=True)
    output = FastDropout(0.4)(values)
    output.sum().backward()
    assert torch.equal(values.grad, output.detach())


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_dropout_at_its_ends(rate: float) -> None:
    assert FastDropout(rate)(torch.ones(10)).tolist() == [1 - rate] * 10


def test_dropout_rests_in_evaluation() -> None:
    assert FastDropout(0.9).eval()(torch.ones(10)).tolist() == [1.0] * 10


def test_every_plain_dropout_is_replaced() -> None:
    network = nn.Sequential(nn.Dropout(0.2), nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.3)))
    network.append(nn.AlphaDropout(0.4))
    speed_up_dropout(network)
    assert [type(network[0]), type(network[1][1]), type(network[2])] == [
        FastDropout,
        FastDropout,
        nn.AlphaDropout,
    ]
    assert (network[0].p, network[1][1].p) == (0.2, 0.3)
