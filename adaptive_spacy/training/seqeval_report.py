"""What seqeval, the field's usual yardstick, says of the predictions that spaCy's scorer counts.

spaCy counts entity spans; seqeval counts the entities of tag sequences (strict mode, IOB2). Where
the two measure the same they must agree: an evaluation whose figures differ is an error and not a
result.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from seqeval.metrics import classification_report
from seqeval.scheme import IOB2
from spacy.tokens import Span
from spacy.training import Example

from adaptive_spacy.ner.tags import Entity

AVERAGES = ("micro", "macro", "weighted")
#: seqeval's names and spaCy's for the same measure
MEASURES = {"precision": "p", "recall": "r", "f1": "f"}
TOLERANCE = 1e-9


class ScoredSentence(NamedTuple):
    """What counts in a doc of the corpus, in the reference's tokens.

    length (int): Tokens.
    gold (list[Entity]): Annotated entities.
    found (list[Entity]): Predicted entities; those of another tokenization may share tokens.
    """

    length: int
    gold: list[Entity]
    found: list[Entity]

    def counts(self) -> tuple[int, int, int]:
        """RETURNS (tuple[int, int, int]): Entities found and right, found and wrong, missed."""
        right = (Counter(self.gold) & Counter(self.found)).total()
        return right, len(self.found) - right, len(self.gold) - right


def read_sentence(eg: Example) -> ScoredSentence:
    """Read gold and predicted entities off an example, counting what spaCy's scorer counts.

    eg (Example): A predicted example.
    RETURNS (ScoredSentence): Without predicted entities that lie on no reference token or touch one
        whose annotation is missing: they are neither right nor wrong.
    """
    gold = [Entity(ent.start, ent.end, ent.label_) for ent in eg.reference.ents]
    found = []
    for ent in eg.predicted.ents:
        entity = locate_entity(eg, ent)
        if entity is not None:
            found.append(entity)
    return ScoredSentence(len(eg.reference), gold, found)


def locate_entity(eg: Example, ent: Span) -> Entity | None:
    """RETURNS (Entity | None): A predicted entity in the reference's tokens; None if it lies on no
    token of those or touches one whose annotation is missing, so that it is neither right nor
    wrong."""
    tokens = eg.alignment.x2y[ent.start : ent.end]
    if not len(tokens):
        return None
    start, end = int(tokens[0]), int(tokens[-1]) + 1
    annotated = all(token.ent_iob for token in eg.reference[start:end])
    return Entity(start, end, ent.label_) if annotated else None


def tag_pairs(sentence: ScoredSentence) -> Iterator[tuple[list[str], list[str]]]:
    """Write a sentence as IOB2 tags.

    Predicted entities that share a token do not fit into one sequence. Those that are right
    never share any, so they go with the gold tags; what is left over goes into further sequences,
    where it meets no gold entity and counts as wrong, as it does in spaCy.

    YIELDS (tuple): Gold tags and predicted tags; usually one pair, never none.
    """
    gold = set(sentence.gold)
    rows: list[list[Entity]] = [[]]
    for entity in sorted(sentence.found, key=lambda one: one not in gold):
        free = (row for row in rows if not any(_overlap(entity, other) for other in row))
        row = next(free, None)
        if row is None:
            rows.append([entity])
        else:
            row.append(entity)
    for i, row in enumerate(rows):
        yield iob2(sentence.length, sentence.gold if i == 0 else []), iob2(sentence.length, row)


def iob2(length: int, entities: Iterable[Entity]) -> list[str]:
    """RETURNS (list[str]): One tag per token; the entities must not overlap."""
    # not spaCy's `biluo_to_iob`: it makes "B-EB-ORG" of the type "EU-ORG" (3.8.18)
    tags = ["O"] * length
    for start, end, type_ in entities:
        tags[start:end] = [f"B-{type_}", *[f"I-{type_}"] * (end - start - 1)]
    return tags


def seqeval_report(sentences: Iterable[ScoredSentence]) -> dict[str, Any]:
    """RETURNS (dict): See `evaluate`; types that are only predicted have support 0."""
    pairs = [pair for sentence in sentences for pair in tag_pairs(sentence)]
    gold, found = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    if all(tag == "O" for tags in (*gold, *found) for tag in tags):
        # nothing to average: seqeval divides by the number of types
        nothing = {"precision": None, "recall": None, "f1": None, "support": 0}
        return {**{average: dict(nothing) for average in AVERAGES}, "per_type": {}}
    rows = classification_report(
        gold, found, output_dict=True, mode="strict", scheme=IOB2, zero_division=0
    )
    averages = {average: _plain(rows.pop(f"{average} avg")) for average in AVERAGES}
    return {**averages, "per_type": {type_: _plain(row) for type_, row in rows.items()}}


def require_agreement(scores: dict[str, Any], report: dict[str, Any]) -> None:
    """Compare what spaCy and seqeval both measure: the micro average and each type.

    scores (dict): spaCy's scores.
    report (dict): See `seqeval_report`.
    RAISES (ValueError): At the first figure that differs by more than 1e-9; names both.
    """
    micro = {short: scores[f"ents_{short}"] for short in MEASURES.values()}
    spacy_types, seqeval_types = scores["ents_per_type"] or {}, report["per_type"]
    rows = [("micro average", micro, report["micro"])]
    for type_ in sorted({*spacy_types, *seqeval_types}):
        # spaCy also lists types of which nothing counted, seqeval does not
        rows.append((type_, spacy_types.get(type_, {}), seqeval_types.get(type_, {})))
    for name, ours, theirs in rows:
        for long, short in MEASURES.items():
            one, other = ours.get(short) or 0.0, theirs.get(long) or 0.0
            if abs(one - other) > TOLERANCE:
                raise ValueError(
                    f"{name}, {long}: expected spaCy and seqeval to agree, got {one!r} from spaCy "
                    f"and {other!r} from seqeval; does a component of the pipeline bring its own "
                    "scorer?"
                )


def exact_match(sentences: Sequence[ScoredSentence]) -> float | None:
    """RETURNS (float | None): Share of sentences whose entities are exactly right; None if there
    are no sentences."""
    if not sentences:
        return None
    right = sum(Counter(sentence.found) == Counter(sentence.gold) for sentence in sentences)
    return right / len(sentences)


def _overlap(one: Entity, other: Entity) -> bool:
    return one.start < other.end and other.start < one.end


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row of seqeval's report in plain numbers, which JSON takes."""
    return {
        "precision": float(row["precision"]),
        "recall": float(row["recall"]),
        "f1": float(row["f1-score"]),
        "support": int(row["support"]),
    }
