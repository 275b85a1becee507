"""Hints at noise in the labels: the same words labelled in different ways.

Words that are labelled so here and otherwise there, or not at all, need not be mistakes
("Washington" is a person and a place), but mistakes are among them, and the most frequent ones
are worth a look.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from spacy.tokens import Doc

from adaptive_spacy.data.entity_codes import OUTSIDE

#: Tokens of context on each side of an example
CONTEXT = 4

Words = tuple[str, ...]


class Place(NamedTuple):
    """Where something is. file (str): Name of the file. doc (int): From 1. context (str): The words
    and their neighbours."""

    file: str
    doc: int
    context: str

    def __str__(self) -> str:
        return f"{self.file}, document {self.doc}: {self.context}"


@dataclass
class Readings:
    """How the same words are annotated.

    labels (Counter[str]): Entities of exactly these words, by type.
    unlabelled (int): Occurrences outside of all entities.
    places (dict[str, Place]): The first occurrence of each type, and of none as "".
    """

    labels: Counter[str] = field(default_factory=Counter)
    unlabelled: int = 0
    places: dict[str, Place] = field(default_factory=dict)

    @property
    def against(self) -> int:
        """RETURNS (int): Occurrences that are not annotated as most of them are."""
        counts = [*self.labels.values(), self.unlabelled]
        return sum(counts) - max(counts)

    @property
    def odd_place(self) -> Place:
        """RETURNS (Place): The first occurrence of the reading that is rarest."""
        counts = Counter(self.labels)
        if self.unlabelled:
            counts[""] = self.unlabelled
        return self.places[min(counts, key=lambda label: (counts[label], label))]


class LabelNoise:
    """Compares the annotation of the same words over a corpus, in two passes.

    Memory grows with the number of different entities, not with the text.
    """

    def __init__(self) -> None:
        self.readings: dict[Words, Readings] = defaultdict(Readings)
        self._lengths: dict[str, set[int]] = {}

    def add(self, doc: Doc, words: Sequence[str], file: str, number: int) -> None:
        """First pass: take in the entities of a doc. words: Its tokens, as strings."""
        for ent in doc.ents:
            key = tuple(words[ent.start : ent.end])
            reading = self.readings[key]
            reading.labels[ent.label_] += 1
            if ent.label_ not in reading.places:
                reading.places[ent.label_] = _place(words, ent.start, ent.end, file, number)

    def seek(self, doc: Doc, words: Sequence[str], file: str, number: int) -> None:
        """Second pass: count the occurrences of known entities outside of all entities."""
        lengths = self._first_words()
        if not any(word in lengths for word in words):
            return
        marks = doc.to_array("ENT_IOB").tolist()
        for start, word in enumerate(words):
            for length in lengths.get(word, ()):
                end = start + length
                if marks[start:end] != [OUTSIDE] * length:
                    continue
                reading = self.readings.get(tuple(words[start:end]))
                if reading is not None:
                    reading.unlabelled += 1
                    if "" not in reading.places:
                        reading.places[""] = _place(words, start, end, file, number)

    def most_frequent(self) -> Iterator[tuple[str, Readings]]:
        """YIELDS (tuple): Words with more than one reading, those with most occurrences against
        the majority first."""
        noisy = [(words, one) for words, one in self.readings.items() if one.against]
        noisy.sort(key=lambda pair: (-pair[1].against, pair[0]))
        for words, one in noisy:
            yield " ".join(words), one

    def _first_words(self) -> dict[str, set[int]]:
        if not self._lengths:
            for words in self.readings:
                self._lengths.setdefault(words[0], set()).add(len(words))
        return self._lengths


def _place(words: Sequence[str], start: int, end: int, file: str, number: int) -> Place:
    before = words[max(0, start - CONTEXT) : start]
    after = words[end : end + CONTEXT]
    context = " ".join([*before, f"[{' '.join(words[start:end])}]", *after])
    return Place(file, number, " ".join(context.split()))
