"""Suspects among the labels: entities ranked by what speaks against how they are annotated.

Two witnesses, whose odds are multiplied as if they did not know of each other. A model that did not
learn from the label: the odds of its confidence, as in confident learning (Northcutt, Jiang and
Chuang 2021, arXiv 1911.00068; for entities Wang and Mueller 2022, arXiv 2210.03920). And the other
places where the same words stand: how often they are annotated as the model reads them here, beside
how often as they are annotated here.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from spacy.tokens import Doc
from spacy.training import Example

from adaptive_spacy.data.stats.label_noise import LabelNoise, Readings
from adaptive_spacy.ner import confidence
from adaptive_spacy.ner.tags import Entity
from adaptive_spacy.training.errors import RIGHT, Finding, compare, put_beside
from adaptive_spacy.training.seqeval_report import locate_entity

#: What is suspected, by what became of an entity; "spurious" and "missed" where it shares no token
#: with any of the other side
KINDS = {
    "spurious": "missing",
    "type": "type",
    "boundary": "boundary",
    "both": "type and boundary",
    "missed": "no entity",
    RIGHT: "unsure, or read otherwise elsewhere",
}
#: Models are surer than they should be: no confidence counts as more than this
SUREST = 0.98
#: Odds of a model that states no confidence, or predicts nothing where something is annotated
UNSURE = 0.5
#: Added to both counts of other places, so that a single place proves little
PRIOR = 0.5


@dataclass(frozen=True)
class Suspect:
    """An annotated or a predicted entity, in the tokens of the labels.

    doc (int): Number of its document, from 0. kind (str): What is suspected, a value of `KINDS`.
    score (float): In (0, 1): how strongly both witnesses speak against the annotation.
    text (str): The words: annotated ones, if there are any.
    annotated, predicted (tuple[int, int, str] | None): First token, token after the last, type.
    predicted_text (str | None): The words that were predicted, where others are annotated.
    confidence (float | None): Of what was predicted, at temperature 1 where that is known.
    for_it, against_it (int): Other places of the same words that are annotated as here, and as the
        model reads them; of a hit, in any other way.
    """

    doc: int
    kind: str
    score: float
    text: str
    annotated: Entity | None
    predicted: Entity | None
    predicted_text: str | None
    confidence: float | None
    for_it: int
    against_it: int

    def to_dict(self) -> dict[str, Any]:
        """RETURNS (dict): For JSON; documents are counted from 1."""
        return {**asdict(self), "doc": self.doc + 1, "score": round(self.score, 6)}


def rank_suspects(examples: Sequence[Example]) -> list[Suspect]:
    """Rank all entities that are annotated or predicted, the most suspect first.

    examples (Sequence[Example]): Labels, and what models predicted that had not learnt from them.
    RETURNS (list[Suspect]): Of docs that are annotated.
    """
    labelled = [(i, eg) for i, eg in enumerate(examples) if eg.reference.has_annotation("ENT_IOB")]
    readings = Forms([eg.reference for _, eg in labelled])
    found = [one for i, eg in labelled for one in _judge(i, eg, readings)]
    # of equals in the order of the corpus
    return sorted(found, key=lambda one: -one.score)


class Forms:
    """How the words of entities are annotated over a corpus. docs (Sequence[Doc]): All of it."""

    def __init__(self, docs: Sequence[Doc]) -> None:
        noise = LabelNoise()
        words = [[token.text for token in doc] for doc in docs]
        for step in (noise.add, noise.seek):
            for i, doc in enumerate(docs):
                step(doc, words[i], "", i)
        self.readings = noise.readings

    def read(self, words: Sequence[str]) -> Readings:
        """RETURNS (Readings): How often some words are annotated as what, and as nothing."""
        return self.readings.get(tuple(words), Readings())


def _judge(number: int, eg: Example, forms: Forms) -> Iterator[Suspect]:
    doc = eg.reference
    gold = [Entity(ent.start, ent.end, ent.label_) for ent in doc.ents]
    # sharper ones tell better which labels are wrong, and worse how many (docs/reading.md)
    located = [(locate_entity(eg, ent), confidence.read_plain(ent)) for ent in eg.predicted.ents]
    stated = {entity: sure for entity, sure in located if entity is not None}
    for finding in compare(gold, [*stated]):
        one = put_beside(finding, gold, [*stated])
        sure = None if one.found is None else stated[one.found]
        for_it, against_it = _count(one, doc, forms)
        entity = one.gold or one.found
        assert entity is not None
        yield Suspect(
            number,
            KINDS[one.kind],
            _score(one.kind, sure, for_it, against_it),
            _text(doc, entity),
            one.gold,
            one.found,
            _text(doc, one.found) if one.found and one.found[:2] != entity[:2] else None,
            sure,
            for_it,
            against_it,
        )


def _text(doc: Doc, entity: Entity) -> str:
    return doc[entity.start : entity.end].text


def _count(one: Finding, doc: Doc, forms: Forms) -> tuple[int, int]:
    """RETURNS (tuple[int, int]): Other places for the annotation and against it."""
    gold, found = (
        None if entity is None else forms.read([t.text for t in doc[entity.start : entity.end]])
        for entity in (one.gold, one.found)
    )
    against = 0 if found is None or one.found is None else found.labels[one.found.type]
    if gold is None or one.gold is None:
        # words that are nowhere annotated were not looked for
        here = found is not None and one.found is not None and _is_free(doc, one.found)
        unlabelled = 0 if found is None else found.unlabelled
        return max(0, unlabelled - here), against
    alike = gold.labels[one.gold.type] - 1
    if one.kind == RIGHT:
        others = gold.labels.total() - gold.labels[one.gold.type]
        return alike, others + gold.unlabelled
    return alike, gold.unlabelled if one.found is None else against


def _is_free(doc: Doc, entity: Entity) -> bool:
    return all(token.ent_iob_ == "O" for token in doc[entity.start : entity.end])


def _score(kind: str, sure: float | None, for_it: int, against_it: int) -> float:
    stated = UNSURE if sure is None else min(max(sure, 1 - SUREST), SUREST)
    odds = math.log(stated / (1 - stated))
    # of a hit, what the model is sure of speaks for the annotation
    witness = -odds if kind == RIGHT else odds
    places = math.log((against_it + PRIOR) / (for_it + PRIOR))
    return 1 / (1 + math.exp(-witness - places))
