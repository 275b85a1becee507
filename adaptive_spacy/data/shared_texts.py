"""Texts that several splits have, found by their keys: 8 bytes a text."""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

from adaptive_spacy.data.corpus import rank


def without_spaces(text: str) -> str:
    """RETURNS (str): What a text from CoNLL, which has a space before each full stop, has in common
    with the one that never had it."""
    return "".join(text.split())


def text_key(text: str) -> int:
    """RETURNS (int): The same for texts that differ in white space alone."""
    return rank(0, without_spaces(text))


def keys_of(texts: Iterable[str]) -> "array[int]":
    """RETURNS (array[int]): The key of each text, in their order."""
    return array("Q", map(text_key, texts))


def count_copies(keys: "array[int]", known: "array[int]") -> int:
    """RETURNS (int): How many of some texts are among others, by the keys of both."""
    return int(numpy.isin(as_array(keys), as_array(known), kind="sort").sum())


def unify_spaces(texts: Iterable[str]) -> list[str]:
    """RETURNS (list[str]): Of each text the first that differs from it in white space at most."""
    first: dict[str, str] = {}
    return [first.setdefault(without_spaces(text), text) for text in texts]


def count_shared(keys: Mapping[str, "array[int]"]) -> Counter[tuple[str, ...]]:
    """Count the texts that several splits have.

    keys (Mapping[str, array[int]]): The key of each text, by split.
    RETURNS (Counter[tuple[str, ...]]): Different texts, by their splits.
    """
    each = [numpy.unique(as_array(found)) for found in keys.values()]
    texts, counts = numpy.unique(numpy.concatenate(each), return_counts=True)
    texts = texts[counts > 1]
    # by sorting: by a table, numpy 2.0 overflows at keys beyond 2^63
    shared = numpy.stack([numpy.isin(texts, one, assume_unique=True, kind="sort") for one in each])
    names = list(keys)
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
    """RETURNS (Shared | None): What two splits share, by the keys of their texts; None: nothing.

    names (tuple[str, str]): The two.
    """
    one, other = as_array(first), as_array(second)
    count = count_copies(second, first)
    is_whole = bool(numpy.isin(one, other, kind="sort").all())
    return Shared(names, count, count / len(other), is_whole) if count else None


def find_common(first: "array[int]", second: "array[int]") -> set[int]:
    """RETURNS (set[int]): The keys that both splits have."""
    return set(numpy.intersect1d(as_array(first), as_array(second)).tolist())


def as_array(keys: "array[int]") -> NDArray[numpy.uint64]:
    """RETURNS (NDArray[numpy.uint64]): The keys, without a copy."""
    return numpy.frombuffer(keys, dtype=numpy.uint64) if keys else numpy.zeros(0, numpy.uint64)
