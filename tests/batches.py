"""What tests ask of batches."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any


def count_items(batch: Sequence[Any]) -> list[int]:
    return [len(item) for item in batch]


def padding(
    batches: Iterable[Sequence[Any]], lengths: Callable[[Any], Sequence[int]] = count_items
) -> float:
    """RETURNS (float): Share of padding in padded batches, in [0, 1)."""
    found = [lengths(batch) for batch in batches]
    return 1 - sum(map(sum, found)) / sum(max(one) * len(one) for one in found)
