"""Divide texts into splits by shares: no text into two, each type into each where it can."""

from array import array
from collections.abc import Iterable, Mapping
from itertools import accumulate
from math import fsum

import numpy
from numpy.typing import NDArray

Indices = NDArray[numpy.int64]
NO_SPLIT = -1


class Pool:
    """What a division has to know of texts: a rank and a number for each, not the text itself.

    Texts of the same rank are the same text. They go to the same split, whatever their entities.
    """

    def __init__(self) -> None:
        self._ranks = array("Q")
        self._kinds = array("L")
        # the types of a text, by kind; kind 0: none
        self._types: dict[frozenset[str], int] = {frozenset(): 0}

    def __len__(self) -> int:
        """RETURNS (int): The number of texts, with all copies."""
        return len(self._ranks)

    def add(self, rank: int, labels: Iterable[str]) -> None:
        """Add a text.

        rank (int): 64 bits, its place in the seeded order.
        labels (Iterable[str]): Types of its entities.
        """
        self._ranks.append(rank)
        self._kinds.append(self._types.setdefault(frozenset(labels), len(self._types)))

    def divide(self, split: Mapping[str, float], *, stratify: bool = True) -> Indices:
        """Draw the split of each text by its rank.

        split (Mapping[str, float]): Shares of the texts by name, copies counted.
        stratify (bool): Divide the texts of each entity type by the same shares, the rarest type
            first, and see that each type is in each split where it can. Otherwise the splits are
            filled one after the other.
        RETURNS (Indices): Number of the split for each text, in the order in which they were added;
            NO_SPLIT if it is beyond the last.
        RAISES (ValueError): A split that gets nothing.
        """
        ranks = numpy.frombuffer(self._ranks, dtype=numpy.uint64)
        # the texts by rank: from here on a text is its place in this order
        texts, copies = numpy.unique(ranks, return_counts=True)
        place = numpy.searchsorted(texts, ranks)
        shares = list(split.values())
        if stratify:
            chosen = stratify_texts(copies, self._list_texts(place), shares)
        else:
            ends = [round(share * len(self)) for share in accumulate(shares)]
            chosen = fill(copies, ends)
        for i, (name, share) in enumerate(split.items()):
            if not (chosen == i).any():
                raise ValueError(
                    f"--split: expected something for each split, but {name}={share:g} of "
                    f"{len(self)} sentences is none"
                )
        return chosen[place]

    def _list_texts(self, place: Indices) -> list[Indices]:
        """RETURNS (list[Indices]): The texts of each type, ascending; the rarest type first."""
        kinds = numpy.frombuffer(self._kinds, dtype=f"u{self._kinds.itemsize}")
        found = []
        for label in sorted(set().union(*self._types)):
            has_label = numpy.array([label in types for types in self._types])
            found.append(numpy.unique(place[has_label[kinds]]))
        return sorted(found, key=len)  # of equals the first by name


def fill(copies: Indices, ends: list[int]) -> Indices:
    """Fill the splits one after the other.

    copies (Indices): How often each text occurs.
    ends (list[int]): Where each split ends, counted with copies.
    RETURNS (Indices): The split of each text.
    """
    starts = numpy.cumsum(copies) - copies
    chosen = numpy.searchsorted(numpy.array(ends), starts, side="right")
    return numpy.where(chosen == len(ends), NO_SPLIT, chosen)


def stratify_texts(copies: Indices, types: list[Indices], shares: list[float]) -> Indices:
    """Divide the texts of each type by the shares, the rarest type first, then all texts.

    What a type's texts have got already, for another type of theirs or to be in each split, counts
    for its share. The texts without a type, which come last, make up for the whole.

    copies (Indices): How often each text occurs.
    types (list[Indices]): The texts of each type, the rarest first.
    shares (list[float]): Share of each split.
    RETURNS (Indices): The split of each text.
    """
    chosen = numpy.full(len(copies), NO_SPLIT)
    for text, split in spread(len(copies), types, len(shares)).items():
        chosen[text] = split
    # what is in no split is one more, without a name
    rest = 1.0 - fsum(shares)
    targets = [*shares, *([rest] if rest > 1e-9 else [])]
    for texts in (*types, numpy.arange(len(copies))):
        size = int(copies[texts].sum())
        taken = [int(copies[texts[chosen[texts] == i]].sum()) for i in range(len(targets))]
        wanted = [max(0.0, size * share - has) for share, has in zip(targets, taken, strict=True)]
        free = texts[chosen[texts] == NO_SPLIT]
        chosen[free] = fill(copies[free], cut(size - sum(taken), wanted))
    return numpy.where(chosen >= len(shares), NO_SPLIT, chosen)


def cut(size: int, parts: list[float]) -> list[int]:
    """RETURNS (list[int]): Ends of parts in proportion to these; the last end is the size."""
    total = fsum(parts)  # exact: the sum of Python 3.12 differs from that of 3.11
    if not total:
        return [size] * len(parts)
    return [*(round(size * end / total) for end in list(accumulate(parts))[:-1]), size]


def spread(count: int, types: list[Indices], splits: int) -> dict[int, int]:
    """Choose texts so that each type is in each split, where it can.

    A type with fewer texts than there are splits comes last and goes to the first splits. Between
    the others the rarest comes first; as a text may have several types, this finds a place for
    all of them mostly, not always: for types that have enough texts without any other, always.

    count (int): The number of texts.
    types (list[Indices]): The texts of each type, by their ranks; the rarest type first.
    splits (int): The number of splits.
    RETURNS (dict[int, int]): The split of each chosen text.
    """
    scarce = numpy.zeros(count, dtype=bool)
    for texts in types:
        if len(texts) < splits:
            scarce[texts] = True
    chosen: dict[int, int] = {}
    for texts in sorted(types, key=lambda texts: len(texts) < splits):
        present = {split for text, split in chosen.items() if is_in(text, texts)}
        lacking = [split for split in range(splits) if split not in present]
        # the types that are too rare for all splits are left for the first
        candidates = (
            int(text)
            for group in (texts[~scarce[texts]], texts[scarce[texts]])
            for text in group
            if int(text) not in chosen
        )
        if len(texts) >= splits:
            lacking.reverse()
        chosen.update(zip(candidates, lacking, strict=False))
    return chosen


def is_in(text: int, texts: Indices) -> bool:
    """Whether a text is among others, which are in order."""
    at = int(numpy.searchsorted(texts, text))
    return at < len(texts) and int(texts[at]) == text
