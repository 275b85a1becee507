"""Reading data without moving the training's random numbers."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy


@contextmanager
def same_randomness() -> Iterator[None]:
    """Leave Python's and NumPy's global random states as they were."""
    python, numpy_ = random.getstate(), numpy.random.get_state()
    try:
        yield
    finally:
        random.setstate(python)
        numpy.random.set_state(numpy_)
