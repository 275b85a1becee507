"""Texts that several splits have, found by their ranks (`data.corpus.rank`): 8 bytes a text."""

from array import array
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray


def count_shared(ranks: Mapping[str, "array[int]"]) -> Counter[tuple[str, ...]]:
    """Count the texts that several splits have.

    ranks (Mapping[str, array[int]]): The rank of each text, by split.
    RETURNS (Counter[tuple[str, ...]]): Different texts, by their splits.
    """
    each = [numpy.unique(as_array(found)) for found in ranks.values()]
    texts, counts = numpy.unique(numpy.concatenate(each), return_counts=True)
    texts = texts[counts > 1]
    # by sorting: by a table, numpy 2.0 overflows at ranks beyond 2^63
    shared = numpy.stack([numpy.isin(texts, one, assume_unique=True, kind="sort") for one in each])
    names = list(ranks)
    found, counts = numpy.unique(shared, axis=1, return_counts=True)
    return Counter(
        {
            tuple(name for name, has in zip(names, column, strict=True) if has): int(count)
            for column, count in zip(found.T, counts, strict=True)
        }
    )


@dataclass
class Shared:
    """Texts that two splits have in common.

    splits (tuple[str, str]): The two.
    documents (int): Documents of the second whose text is in the first.
    share (float): Of the second's documents, in [0, 1].
    is_whole (bool): Whether the second has all texts of the first: as what the first was drawn
        from, as all.spacy beside train.spacy.
    example (str | None): One of the texts.
    """

    splits: tuple[str, str]
    documents: int
    share: float
    is_whole: bool = False
    example: str | None = None


def compare(names: tuple[str, str], first: "array[int]", second: "array[int]") -> Shared | None:
    """RETURNS (Shared | None): What two splits share, by the ranks of their texts; None: nothing.

    names (tuple[str, str]): The two.
    """
    one, other = as_array(first), as_array(second)
    count = int(numpy.isin(other, one, kind="sort").sum())
    is_whole = bool(numpy.isin(one, other, kind="sort").all())
    return Shared(names, count, count / len(other), is_whole) if count else None


def find_common(first: "array[int]", second: "array[int]") -> set[int]:
    """RETURNS (set[int]): The ranks that both splits have."""
    return set(numpy.intersect1d(as_array(first), as_array(second)).tolist())


def as_array(ranks: "array[int]") -> NDArray[numpy.uint64]:
    """RETURNS (NDArray[numpy.uint64]): The ranks, without a copy."""
    return numpy.frombuffer(ranks, dtype=numpy.uint64) if ranks else numpy.zeros(0, numpy.uint64)
