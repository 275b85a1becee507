"""Who takes a network's gradients, and when."""

from dataclasses import dataclass
from typing import Any

from thinc.api import Optimizer


@dataclass(eq=False)
class Forward:
    """A forward pass in training. optimizer (Any): Gets the gradients as soon as they are there."""

    optimizer: Any = None


def copying(optimizer: Any) -> Any:
    """A function that only collects gradients, as `nlp.rehearse` has one, gets copies: the shim
    zeroes its own.

    RETURNS (Callable): What to call in the optimizer's place.
    """
    if isinstance(optimizer, Optimizer):
        return optimizer
    return lambda key, weights, gradient: optimizer(key, weights, gradient.copy())
