"""What stands on a doc before the component comes, and what it leaves free.

As with spaCy's `ner`: entities that others set stay and win, blocked tokens
(`doc.set_ents(..., blocked=...)`) become part of no entity, and tokens marked as outside or missing
are free like any other.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy
from numpy.typing import NDArray
from spacy.tokens import Doc, Span

from adaptive_spacy.ner import confidence
from adaptive_spacy.ner.decoding import Decoded
from adaptive_spacy.ner.tags import Entity

#: Tokens of a stretch that is free, and the entities among them
Run = tuple[NDArray[numpy.int64], list[Decoded]]


class Presets(NamedTuple):
    """entities (list[Span]): Entities that other components set. blocked (list[Span]): Blocked
    tokens. taken (array): Which tokens are in either. *Shape:* (n_tokens,)"""

    entities: list[Span]
    blocked: list[Span]
    taken: NDArray[numpy.bool_]


def read_presets(doc: Doc, pipe: str) -> Presets:
    """RETURNS (Presets): Those of a doc. What the component `pipe` set itself is none."""
    entities = [ent for ent in doc.ents if not confidence.is_from(ent, pipe)]
    # a blocked token is marked as the beginning of an entity without a type
    marks = doc.to_array(["ENT_IOB", "ENT_TYPE"]).reshape(len(doc), 2)
    taken = (marks[:, 0] == 3) & (marks[:, 1] == 0)
    blocked = [doc[i : i + 1] for i in numpy.flatnonzero(taken).tolist()]
    for ent in entities:
        taken[ent.start : ent.end] = True
    return Presets(entities, blocked, taken)


def free_runs(tokens: NDArray[numpy.int64], taken: NDArray[numpy.bool_]) -> list[slice]:
    """Cut a doc's scores where something is taken. "O" lets any sequence end before it and begin
    after it, so the best sequence with "O" on all that is taken is the best of each run.

    tokens (array): The tokens that have scores, ascending.
    taken (array): Which tokens no predicted entity may cover. *Shape:* (n_tokens,)
    RETURNS (list[slice]): Rows of the scores, none empty.
    """
    rows = numpy.flatnonzero(~taken[tokens])
    if not len(rows):
        return []
    taken_before = numpy.cumsum(taken)[tokens[rows]]
    cuts = numpy.flatnonzero(numpy.diff(taken_before)) + 1
    first, last = rows[[0, *cuts]], rows[[*(cuts - 1), -1]]
    return [slice(a, b + 1) for a, b in zip(first.tolist(), last.tolist(), strict=True)]


def place(tokens: NDArray[numpy.int64], decoded: Decoded) -> tuple[Entity, float]:
    """RETURNS (tuple): An entity of a run where it stands in the doc, and its confidence."""
    (start, end, type_), sureness = decoded
    # offsets count the tokens that have scores; one without a word piece lies inside an entity
    # exactly if both neighbours do
    return Entity(int(tokens[start]), int(tokens[end - 1]) + 1, type_), sureness


def annotate(doc: Doc, presets: Presets, found: Iterable[Run], pipe: str) -> None:
    """Set entities and their confidence, beside what was preset.

    doc (Doc): The doc.
    presets (Presets): What stood on it.
    found (Iterable): Per run its tokens, and the entities among them.
    pipe (str): The component's name.
    """
    confidence.clear(doc, pipe)
    entities = list(presets.entities)
    for tokens, decoded in found:
        for one in decoded:
            entity, sureness = place(tokens, one)
            span = Span(doc, entity.start, entity.end, entity.type)
            entities.append(span)
            confidence.write(span, sureness, pipe)
    doc.set_ents(entities, blocked=presets.blocked, default="outside")
