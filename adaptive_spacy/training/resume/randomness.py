"""The global random states: Python's, NumPy's, torch's and those of torch's GPUs.

CuPy has no way to read its own (13.6): what draws from it, as thinc's dropout on a GPU, goes on
with other numbers.
"""

import random
from typing import Any

import numpy
import torch

State = dict[str, Any]


def take() -> State:
    """RETURNS (dict): The states by generator, to be compared and saved."""
    version, numbers, gauss = random.getstate()
    state: Any = numpy.random.get_state()
    _, words, place, has_gauss, cached = state
    found: State = {
        "python": [version, numpy.array(numbers, dtype=numpy.int64), gauss],
        "numpy": [words.astype(numpy.int64), int(place), int(has_gauss), float(cached)],
        "torch": [torch.get_rng_state()],
    }
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        found["cuda"] = torch.cuda.get_rng_state_all()
    return found


def restore(state: State) -> None:
    """Put generators back into their states; those that are not named stay."""
    if "python" in state:
        version, numbers, gauss = state["python"]
        random.setstate((version, tuple(_array(numbers).tolist()), gauss))
    if "numpy" in state:
        words, place, has_gauss, cached = state["numpy"]
        array = _array(words).astype(numpy.uint32)
        numpy.random.set_state(("MT19937", array, place, has_gauss, cached))
    if "torch" in state:
        torch.set_rng_state(state["torch"][0])
    if "cuda" in state:
        torch.cuda.set_rng_state_all(state["cuda"])


def changed(before: State, after: State) -> set[str]:
    """RETURNS (set[str]): The generators whose states differ."""
    return {name for name, parts in before.items() if not all(map(_is_same, parts, after[name]))}


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, numpy.ndarray):
        return bool(numpy.array_equal(one, other))
    return bool(one == other)


def _array(values: Any) -> numpy.ndarray:
    return values.numpy() if isinstance(values, torch.Tensor) else values
