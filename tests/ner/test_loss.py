import numpy
import pytest
import torch
from thinc.api import NumpyOps

from adaptive_spacy.ner.loss import mean_loss, token_losses

OPS = NumpyOps()
RANDOM = numpy.random.default_rng(0)


@pytest.mark.parametrize("weighted", [False, True])
def test_mean_loss_equals_torch(weighted: bool) -> None:
    logits = RANDOM.normal(size=(7, 4)).astype("float32")
    gold = numpy.array([0, 3, -1, 1, -1, 2, 0])
    weights = numpy.array([0.5, 1.0, 2.0, 4.0], dtype="float32") if weighted else None
    tensor = torch.tensor(logits, requires_grad=True)
    expected = torch.nn.functional.cross_entropy(
        tensor,
        torch.tensor(gold),
        ignore_index=-1,
        weight=torch.tensor(weights) if weighted else None,
    )
    expected.backward()
    loss, gradient = mean_loss(logits, gold, OPS, weights)
    assert loss == pytest.approx(expected.item(), rel=1e-6)
    assert gradient == pytest.approx(tensor.grad.numpy(), abs=1e-7)
    assert gradient.dtype == numpy.float32


def test_mean_loss_of_masked_tokens_alone_is_zero() -> None:
    loss, gradient = mean_loss(numpy.ones((2, 3), dtype="float32"), numpy.array([-1, -1]), OPS)
    assert loss == 0.0
    assert not gradient.any()


def test_token_losses_survive_extreme_logits() -> None:
    logits = numpy.array([[1e4, -1e4], [-1e4, 1e4]], dtype="float32")
    losses, probabilities = token_losses(logits, numpy.array([0, 0]), OPS)
    assert losses.tolist() == [0.0, 2e4]
    assert probabilities.tolist() == [[1.0, 0.0], [0.0, 1.0]]
