"""What went wrong, and what hardly went right, as passages of text to look at.

A passage is the sentence of an entity, or the words around it; no page holds a whole corpus. Words
of data are made visible (`printable`): a page shows them as they are, and does nothing else.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from spacy.training import Example

from adaptive_spacy.ner import confidence
from adaptive_spacy.ner.tags import Entity
from adaptive_spacy.printable import one_line, visible
from adaptive_spacy.training.errors import RIGHT, Finding, compare
from adaptive_spacy.training.seqeval_report import locate_entity

#: Words shown on either side of an entity
AROUND = 30
#: Words of an entity that are shown
MOST_WORDS = 100
#: Letters of a word that are shown
LONGEST = 80
#: Passages of each kind and type that a page holds: errors, and hits
MOST_ERRORS, MOST_HITS = 40, 20

Shown = list[Any]


class Predicted(NamedTuple):
    """A finding in its document. doc (int): Its place among the annotated ones, from 0. confidence
    (float | None): Of what was predicted; None: nothing was, or its component states none."""

    doc: int
    finding: Finding
    confidence: float | None

    @property
    def cell(self) -> tuple[str, str]:
        """RETURNS (tuple): Kind and type."""
        return self.finding.kind, self.finding.type


@dataclass(frozen=True)
class Document:
    """An annotated and predicted doc.

    number (int): Its number in the corpus, from 0, where docs without annotation count too.
    words (list[str]): Its words, each with the space that follows.
    gold, found (list[Entity]): Annotated and predicted entities. Of these some may be equal, where
        several lie on one token of the reference.
    sure (list[float | None]): The confidence of each predicted one; None: none is stated.
    starts (list[int]): The first word of each sentence.
    """

    number: int
    words: list[str]
    gold: list[Entity]
    found: list[Entity]
    sure: list[float | None]
    starts: list[int]

    @property
    def confidences(self) -> dict[Entity, float | None]:
        """RETURNS (dict): Of predicted entities; of equal ones that of the first."""
        return dict(zip(reversed(self.found), reversed(self.sure), strict=True))

    def around(self, entity: Entity) -> tuple[int, int]:
        """RETURNS (tuple): First word, and word after the last, of what is shown of it."""
        first = max((one for one in self.starts if one <= entity.start), default=0)
        last = min((one for one in self.starts if one >= entity.end), default=len(self.words))
        end = min(entity.end, entity.start + MOST_WORDS)
        return max(first, entity.start - AROUND), min(last, end + AROUND)


def read_document(number: int, eg: Example) -> Document:
    """RETURNS (Document): An example of the corpus, with what counts of it, as in
    `read_sentence`."""
    reference = eg.reference
    found = [(locate_entity(eg, ent), confidence.read(ent)) for ent in eg.predicted.ents]
    counted = [(entity, sure) for entity, sure in found if entity is not None]
    words = [_shorten(token.text) + (" " if token.whitespace_ else "") for token in reference]
    known = reference.has_annotation("SENT_START")
    return Document(
        number,
        words,
        [Entity(ent.start, ent.end, ent.label_) for ent in reference.ents],
        [entity for entity, _ in counted],
        [sure for _, sure in counted],
        [sentence.start for sentence in reference.sents] if known else [0],
    )


def read_documents(examples: Sequence[Example]) -> list[Document]:
    """RETURNS (list[Document]): Those that are annotated."""
    return [
        read_document(i, eg)
        for i, eg in enumerate(examples)
        if eg.reference.has_annotation("ENT_IOB")
    ]


def find_all(documents: Sequence[Document]) -> list[Predicted]:
    """RETURNS (list[Predicted]): All findings, in the order of the corpus."""
    return [found for i, document in enumerate(documents) for found in _find_in(i, document)]


def _find_in(number: int, document: Document) -> Iterator[Predicted]:
    left: dict[Entity, list[float | None]] = defaultdict(list)
    for entity, sure in zip(document.found, document.sure, strict=True):
        left[entity].append(sure)
    for one in compare(document.gold, document.found):
        yield Predicted(number, one, left[one.found].pop(0) if one.found else None)


def choose(findings: Sequence[Predicted]) -> list[Predicted]:
    """Choose what a page shows: of each kind and type the errors that the model was surest of, and
    the hits that it was least sure of.

    RETURNS (list[Predicted]): In the order of the corpus.
    """
    cells: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, one in enumerate(findings):
        cells[one.cell].append(i)
    chosen: list[int] = []
    for (kind, _), members in cells.items():
        hits = kind == RIGHT
        ranked = sorted(members, key=lambda i: _rank(findings[i], hits))
        chosen += ranked[: MOST_HITS if hits else MOST_ERRORS]
    return [findings[i] for i in sorted(chosen)]


def _rank(one: Predicted, hits: bool) -> float:
    if one.confidence is None:
        return 1.0
    return one.confidence if hits else -one.confidence


def show(documents: Sequence[Document], chosen: Sequence[Predicted]) -> dict[str, Any]:
    """Make what the page's script reads; see `Passages`. The sides are what is annotated and what
    was predicted."""
    passages = Passages()
    for one in chosen:
        document, finding = documents[one.doc], one.finding
        passages.add(
            document,
            [document.gold, document.found],
            [finding.gold, finding.found],
            [finding.kind, one_line(finding.type), _rounded(one.confidence)],
        )
    return passages.found()


class Passages:
    """Passages with entities on several sides, as annotated and predicted, and what is to be seen
    in each."""

    def __init__(self) -> None:
        self.passages: list[dict[str, Any]] = []
        self.items: list[list[Any]] = []
        self.places: dict[tuple[int, int, int], int] = {}

    def add(
        self,
        document: Document,
        sides: Sequence[Sequence[Entity]],
        focus: Sequence[Entity | None],
        about: Sequence[Any],
        sure: Sequence[Mapping[Entity, float | None]] | None = None,
    ) -> None:
        """Add what is to be seen.

        document (Document): Whose words are shown.
        sides (Sequence): The entities of each side, that of the annotation first.
        focus (Sequence[Entity | None]): What is to be seen on each side, at least one.
        about (Sequence): Kind, type, and confidence or None.
        sure (Sequence | None): Confidences of each side but the first; None: the document's.
        """
        seen = [one for one in focus if one is not None]
        whole = Entity(min(one.start for one in seen), max(one.end for one in seen), "")
        first, last = document.around(whole)
        confidences = [{}, *(sure or [document.confidences])]
        place = document.number, first, last
        if place not in self.places:
            self.places[place] = len(self.passages)
            self.passages.append(
                {
                    "doc": document.number + 1,
                    "words": document.words[first:last],
                    # whether words before and after are left out
                    "cut": [first > 0, last < len(document.words)],
                    "sides": [
                        list(_inside(entities, first, last, stated))
                        for entities, stated in zip(sides, confidences, strict=True)
                    ],
                }
            )
        places = [
            next(_inside([] if one is None else [one], first, last, stated), None)
            for one, stated in zip(focus, confidences, strict=True)
        ]
        self.items.append([self.places[place], *about, places])

    def found(self) -> dict[str, Any]:
        """RETURNS (dict): "passages", each with "doc" (in the corpus, from 1), "words", "cut", and
        "sides", lists of entities [first word, word after the last, type, confidence or None]; and
        "items", [passage, kind, type, confidence or None, the entity to be seen of each side or
        None]."""
        return {"passages": self.passages, "items": self.items}


def _inside(
    entities: Sequence[Entity],
    first: int,
    last: int,
    confidences: Mapping[Entity, float | None],
) -> Iterator[Shown]:
    for one in entities:
        if one.start < last and first < one.end:
            start, end = max(one.start, first) - first, min(one.end, last) - first
            yield [start, end, one_line(one.type), _rounded(confidences.get(one))]


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def _shorten(word: str) -> str:
    return visible(word if len(word) <= LONGEST else f"{word[:LONGEST]}…")
