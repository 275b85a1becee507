"""Counts of one split: documents, tokens, entities, and their lengths."""

import math
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy
from spacy.tokens import Doc

from adaptive_spacy.data.entity_codes import MISSING
from adaptive_spacy.data.oddities import measure
from adaptive_spacy.data.shared_texts import as_array, text_key

QUANTILES = (0.5, 0.9, 0.99)


@dataclass
class Lengths:
    """How many documents have each length. counts (Counter[int]): Documents by length."""

    counts: Counter[int] = field(default_factory=Counter)

    def mean(self) -> float:
        total = sum(length * count for length, count in self.counts.items())
        return total / max(1, self.counts.total())

    def longest(self) -> int:
        return max(self.counts, default=0)

    def quantile(self, share: float) -> int:
        """RETURNS (int): The smallest length that at least this share of the documents keeps to."""
        needed, seen = math.ceil(share * self.counts.total()), 0
        for length in sorted(self.counts):
            seen += self.counts[length]
            if seen >= needed:
                return length
        return 0

    def over(self, limit: int) -> int:
        """RETURNS (int): Documents that are longer."""
        return sum(count for length, count in self.counts.items() if length > limit)

    def to_dict(self, limit: int | None) -> dict[str, Any]:
        quantiles = {f"{100 * share:g} %": self.quantile(share) for share in QUANTILES}
        return {
            "mean": round(self.mean(), 2),
            "quantiles": quantiles,
            "longest": self.longest(),
            "limit": limit,
            "over_limit": None if limit is None else self.over(limit),
        }


@dataclass
class SplitCounts:
    """Counts of one split.

    sentences (int): Documents without sentence boundaries count as one.
    missing (int): Tokens without annotation.
    entities (Counter[tuple[str, str]]): Entities by words and type.
    tokens, pieces (Lengths): Lengths of the documents; `pieces` with a transformer only.
    longest (int): The most tokens of a document of which no ends of sentences are known.
    touching (int): Entities that begin where one of the same type ends.
    keys (array): Of each document's text.
    """

    files: list[Path]
    sentences: int = 0
    missing: int = 0
    entities: Counter[tuple[str, str]] = field(default_factory=Counter)
    tokens: Lengths = field(default_factory=Lengths)
    pieces: Lengths = field(default_factory=Lengths)
    longest: int = 0
    touching: int = 0
    touching_example: str | None = None
    keys: "array[int]" = field(default_factory=lambda: array("Q"))

    @property
    def documents(self) -> int:
        return len(self.keys)

    @property
    def n_tokens(self) -> int:
        return sum(length * count for length, count in self.tokens.counts.items())

    def types(self) -> Counter[str]:
        """RETURNS (Counter[str]): Entities by type."""
        counts: Counter[str] = Counter()
        for (_, label), count in self.entities.items():
            counts[label] += count
        return counts

    def duplicates(self) -> int:
        """RETURNS (int): Documents whose text came before in the split."""
        return self.documents - len(numpy.unique(as_array(self.keys)))

    def add(self, doc: Doc, words: Sequence[str], place: str) -> None:
        self.keys.append(text_key(doc.text))
        self.tokens.counts[len(doc)] += 1
        self.longest = max(self.longest, measure(doc))
        self.sentences += len(list(doc.sents)) if doc.has_annotation("SENT_START") else 1
        self.missing += int((doc.to_array("ENT_IOB") == MISSING).sum())
        ents = doc.ents
        for ent in ents:
            self.entities[" ".join(words[ent.start : ent.end]), ent.label_] += 1
        for one, two in pairwise(ents):
            if one.end == two.start and one.label_ == two.label_:
                self.touching += 1
                self.touching_example = self.touching_example or (
                    f"{one.text} | {two.text} ({one.label_}, {place})"
                )
