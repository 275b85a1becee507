"""Labels damaged on purpose, each with a note of what it was: to see whether they are found again.

Four ways, as people damage them: an entity is forgotten, gets another type, loses or takes in a
token at its edge, or is read otherwise than the same words everywhere else.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from spacy.tokens import Doc, Span

MISSING, TYPE, BOUNDARY, INCONSISTENT = WAYS = ("missing", "type", "boundary", "inconsistent")
#: Occurrences of the same words with the same type that make a reading of them the usual one
USUAL = 3

Ent = tuple[int, int, str]


class Damage(NamedTuple):
    """doc (int): Number of the doc, from 0. way (str): One of `WAYS`. was (tuple): The entity
    before: first token, token after the last, type. now (tuple | None): What it became; None:
    nothing."""

    doc: int
    way: str
    was: Ent
    now: Ent | None


def corrupt(docs: Sequence[Doc], share: float, *, seed: int = 0) -> tuple[list[Doc], list[Damage]]:
    """Damage a share of the entities, as many in each way.

    docs (Sequence[Doc]): Annotated docs; they stay as they are.
    share (float): Of all entities, in (0, 1).
    seed (int): Of what is drawn.
    RETURNS (tuple): Copies of the docs, and what was done to them.
    """
    generator = random.Random(seed)
    ents = [[(ent.start, ent.end, ent.label_) for ent in doc.ents] for doc in docs]
    places = [(i, ent) for i, found in enumerate(ents) for ent in found]
    generator.shuffle(places)
    change = Changes(docs, ents, generator)
    wanted = dict.fromkeys(WAYS, round(share * len(places) / len(WAYS)))
    damages = []
    # first the way that fewest entities can be damaged in
    for way in (INCONSISTENT, BOUNDARY, TYPE, MISSING):
        for place in list(places):
            if not wanted[way]:
                break
            damage = change.make(way, *place)
            if damage is not None:
                places.remove(place)
                damages.append(damage)
                wanted[way] -= 1
    for damage in damages:
        ents[damage.doc].remove(damage.was)
        if damage.now is not None:
            ents[damage.doc].append(damage.now)
    copies = [doc.copy() for doc in docs]
    for copy, found in zip(copies, ents, strict=True):
        copy.ents = tuple(Span(copy, start, end, label) for start, end, label in sorted(found))
    return copies, damages


class Changes:
    """What can become of an entity. docs, ents: The docs and their entities. generator: Chance."""

    def __init__(
        self, docs: Sequence[Doc], ents: Sequence[Sequence[Ent]], generator: random.Random
    ) -> None:
        self.docs, self.ents, self.generator = docs, ents, generator
        self.types = sorted({label for found in ents for _, _, label in found})
        self.readings: dict[str, Counter[str]] = defaultdict(Counter)
        for doc, found in zip(docs, ents, strict=True):
            for start, end, label in found:
                self.readings[doc[start:end].text][label] += 1
        # a token goes to one damaged entity only
        self.taken: set[tuple[int, int]] = set()

    def make(self, way: str, number: int, ent: Ent) -> Damage | None:
        """RETURNS (Damage | None): The damage; None where the entity does not allow it."""
        ways: dict[str, Callable[[int, Ent], Ent | None]] = {TYPE: self._retype}
        ways[BOUNDARY] = self._move
        if way == MISSING:
            return Damage(number, way, ent, None)
        if way == INCONSISTENT:
            start, end, label = ent
            readings = self.readings[self.docs[number][start:end].text]
            if len(readings) > 1 or readings[label] < USUAL:
                return None
            forgotten = self.generator.random() < 0.5
            return Damage(number, way, ent, None if forgotten else self._retype(number, ent))
        now = ways[way](number, ent)
        return None if now is None else Damage(number, way, ent, now)

    def _retype(self, number: int, ent: Ent) -> Ent | None:
        others = [label for label in self.types if label != ent[2]]
        return (ent[0], ent[1], self.generator.choice(others)) if others else None

    def _move(self, number: int, ent: Ent) -> Ent | None:
        start, end, label = ent
        used = {i for first, last, _ in self.ents[number] for i in range(first, last)}
        used |= {token for doc, token in self.taken if doc == number}
        options = [(start + 1, end), (start, end - 1)] if end - start > 1 else []
        if start > 0 and start - 1 not in used:
            options.append((start - 1, end))
        if end < len(self.docs[number]) and end not in used:
            options.append((start, end + 1))
        if not options:
            return None
        first, last = self.generator.choice(options)
        self.taken |= {(number, token) for token in range(first, last)}
        return first, last, label
