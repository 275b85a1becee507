"""Half precision on a processor that does not have it: the arithmetic is that of half precision."""

import pytest
import torch
from spacy.training import Example
from torch.utils._python_dispatch import TorchDispatchMode

from adaptive_spacy.training.optimizer import make_adamw_v1
from benchmarks.quality.emulated import HALVES, PRODUCTS, HalfProducts, dtype_of, emulation
from tests.ner.pipelines import examples
from tests.transformer.pipelines import OURS, make_nlp


@pytest.mark.parametrize("half", HALVES)
def test_products_are_those_of_torch(half: torch.dtype) -> None:
    torch.manual_seed(1)
    one, other = torch.randn(2, 64, 64, dtype=torch.float64)
    one, other = one.to(half), other.to(half)
    with HalfProducts():
        product = one @ other
    assert product.dtype is half
    # exactly summed and rounded once; sums in float32 may fall on the other side of a rounding
    exact = (one.double() @ other.double()).to(half)
    assert (product != exact).float().mean() < 0.02
    spacing = torch.finfo(half).eps * exact.abs().clamp(min=1)
    assert ((product.double() - exact.double()).abs() <= spacing).all()


def test_other_types_are_left_alone() -> None:
    one = torch.randn(8, 8)
    expected = one @ one
    with HalfProducts():
        assert torch.equal(one @ one, expected)


class Watch(TorchDispatchMode):
    """Notes the types in which products are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.types: set[torch.dtype | None] = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func in PRODUCTS:
            self.types.update(map(dtype_of, args))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("half", HALVES)
def test_networks_learn_in_half_precision(transformer_folder, half: torch.dtype) -> None:
    nlp = make_nlp(transformer_folder, OURS, precision=str(half).removeprefix("torch."))
    data: list[Example] = examples(nlp)
    nlp.initialize(lambda: data)
    optimizer = make_adamw_v1(learn_rate=0.005)
    losses = []
    with emulation(), Watch() as watch:
        for _ in range(12):
            losses.append(nlp.update(data, sgd=optimizer)["transformer_ner"])
            optimizer.step_schedules()
    assert half in watch.types
    assert losses[-1] < 0.7 * losses[0]
    weights = nlp.get_pipe("transformer").model.transformer.parameters()
    assert {weight.dtype for weight in weights} == {torch.float32}
