"""Decay shapes of the cool-down: pure functions from [0, 1] to [0, 1], from 1 down to 0."""

import math
from collections.abc import Callable

Curve = Callable[[float], float]


def linear(x: float) -> float:
    return 1.0 - x


def sqrt(x: float) -> float:
    return 1.0 - math.sqrt(x)


def cosine(x: float) -> float:
    # cos(pi) + 1 is exactly 0, so the curve ends at zero as the others do
    return (1.0 + math.cos(math.pi * x)) / 2.0


CURVES: dict[str, Curve] = {"linear": linear, "sqrt": sqrt, "cosine": cosine}
