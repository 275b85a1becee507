"""Errors by kind: what a score does not tell.

Each annotated and each predicted entity is counted once, alone or as one of a pair. The kinds are
those of MUC-5 (Chinchor and Sundheim 1993, "MUC-5 evaluation metrics": correct, incorrect, partial,
missing, spurious), with the incorrect ones told apart by type and boundary as in SemEval-2013 task
9.1 (Segura-Bedmar, Martínez and Herrero-Zazo 2013, section 4: strict, exact, partial and type).
What mending a kind would bring is asked as by Bolya et al. 2020 ("TIDE", arXiv 2008.08115).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from wasabi import table

from adaptive_spacy.ner.tags import Entity
from adaptive_spacy.printable import one_line
from adaptive_spacy.training.seqeval_report import ScoredSentence

RIGHT = "right"
#: Kinds of errors; those of pairs in the order in which pairs are made
PAIRED = ("type", "boundary", "both")
KINDS = (*PAIRED, "missed", "spurious")
#: What `_rank` counts: kinds of pairs
PLACES = (RIGHT, *PAIRED)
#: Confusions of types that the terminal shows
SHOWN = 5

Counts = Mapping[str, int]


class Finding(NamedTuple):
    """What became of an annotated entity, a predicted one, or a pair of them.

    kind (str): "right" or one of `KINDS`. "type": the same tokens under another type; "boundary":
        some of the same tokens under the same type; "both": some of the same tokens under another;
        "missed": annotated, and no prediction is left for it; "spurious": the other way round.
    gold (Entity | None): What is annotated; None: "spurious".
    found (Entity | None): What was predicted; None: "missed".
    """

    kind: str
    gold: Entity | None
    found: Entity | None

    @property
    def type(self) -> str:
        """RETURNS (str): The type that it counts for: the annotated one, if there is any."""
        entity = self.gold or self.found
        assert entity is not None
        return entity.type


def compare(gold: Sequence[Entity], found: Sequence[Entity]) -> list[Finding]:
    """Pair annotated and predicted entities, each at most once.

    Equal ones first; then the same tokens of another type; then those that share tokens, of the
    same type before others, and among these the pair that shares most. No pair depends on the order
    of the arguments.

    gold, found (Sequence[Entity]): Of a sentence, in the same tokens.
    RETURNS (list[Finding]): In the order of their first tokens.
    """
    pairs = sorted(
        (_rank(one, other), i, j)
        for i, one in enumerate(gold)
        for j, other in enumerate(found)
        if _meet(one, other)
    )
    free, left = set(range(len(gold))), set(range(len(found)))
    findings = []
    for (place, *_), i, j in pairs:
        if i in free and j in left:
            free.remove(i)
            left.remove(j)
            findings.append(Finding(PLACES[place], gold[i], found[j]))
    findings += [Finding("missed", gold[i], None) for i in free]
    findings += [Finding("spurious", None, found[j]) for j in left]
    return sorted(
        findings, key=lambda one: (one.gold or one.found, one.kind, one.found or one.gold)
    )


def put_beside(one: Finding, gold: Sequence[Entity], found: Sequence[Entity]) -> Finding:
    """Find for what was left over the entity of the other side that it shares tokens with.

    That one has another as its pair: "missed" and "spurious" say that none is left, and not that
    none is there.

    one (Finding): Of `compare`.
    gold, found (Sequence[Entity]): What was compared.
    RETURNS (Finding): Both as a pair, as `compare` would have made it; the same, if it is a pair or
        shares no token.
    """
    pairs = [
        (_rank(entity, other), entity, other)
        for entity in (gold if one.gold is None else [one.gold])
        for other in (found if one.found is None else [one.found])
        if _meet(entity, other)
    ]
    if not pairs:
        return one
    (place, *_), *pair = min(pairs)
    return Finding(PLACES[place], *pair)


def _meet(one: Entity, other: Entity) -> bool:
    return one.start < other.end and other.start < one.end


def _rank(gold: Entity, found: Entity) -> tuple[int, int, int, Entity, Entity]:
    # as `PLACES` has them
    place = 2 * (gold[:2] != found[:2]) + (gold.type != found.type)
    start, end = max(gold.start, found.start), min(gold.end, found.end)
    # the same whichever of the two is the annotated one
    return place, start - end, start, min(gold, found), max(gold, found)


def count_errors(sentences: Iterable[ScoredSentence]) -> dict[str, Any]:
    """Count errors by kind and type.

    sentences (Iterable[ScoredSentence]): Annotated sentences.
    RETURNS (dict): "total" and "per_type", whose rows hold a number for "right" and each kind;
        "confusions", pairs of types whose tokens are right, most frequent first, each with "gold",
        "found" and "count"; "f1_if_mended", F1 in [0, 1] if there were no errors of a kind, and
        "f1" as it is; None where there is nothing to find.
    """
    findings = [one for sentence in sentences for one in compare(sentence.gold, sentence.found)]
    types: dict[str, Counter[str]] = {}
    for one in findings:
        types.setdefault(one.type, Counter())[one.kind] += 1
    total = Counter(one.kind for one in findings)
    confused = Counter(
        (one.gold.type, one.found.type)
        for one in findings
        if one.kind == "type" and one.gold and one.found
    )
    return {
        "total": _row(total),
        "per_type": {name: _row(types[name]) for name in sorted(types)},
        "confusions": [
            {"gold": gold, "found": found, "count": count}
            for (gold, found), count in sorted(confused.items(), key=lambda one: (-one[1], one[0]))
        ],
        "f1": f1(total),
        "f1_if_mended": {kind: f1(mend(total, kind)) for kind in KINDS},
    }


def _row(counts: Counter[str]) -> dict[str, int]:
    return {kind: counts[kind] for kind in (RIGHT, *KINDS)}


def f1(counts: Counts) -> float | None:
    """RETURNS (float | None): F1 in [0, 1] of findings by kind; None without any."""
    pairs = sum(counts.get(kind, 0) for kind in PAIRED)
    # a pair that is wrong is a wrong prediction and an entity that was not found
    wrong = 2 * pairs + counts.get("missed", 0) + counts.get("spurious", 0)
    hits = 2 * counts.get(RIGHT, 0)
    return hits / (hits + wrong) if hits + wrong else None


def mend(counts: Counts, kind: str) -> dict[str, int]:
    """RETURNS (dict[str, int]): The counts without errors of a kind: spurious entities are gone,
    all others are right."""
    mended = {**counts, kind: 0}
    if kind != "spurious":
        mended[RIGHT] = counts.get(RIGHT, 0) + counts.get(kind, 0)
    return mended


def render_errors(errors: Mapping[str, Any]) -> str:
    """RETURNS (str): The counts as tables for the terminal: kinds by type, what mending each would
    bring, and the most frequent confusions of types."""
    kinds = (RIGHT, *KINDS)
    rows = [*errors["per_type"].items(), ("all", errors["total"])]
    cells = [(one_line(name), *(str(row[kind]) for kind in kinds)) for name, row in rows]
    now = errors["f1"]
    if now is not None:
        mended = [errors["f1_if_mended"][kind] for kind in KINDS]
        # without spurious entities there may be none at all
        gains = ("-" if f is None else f"+{100 * (f - now):.2f}" for f in mended)
        cells.append(("F1 if mended", "", *gains))
    # fits into 80 columns with types of up to 30 letters
    header = ("Errors", *(kind.capitalize() for kind in kinds))
    text = table(cells, header=header, divider=True, aligns=("l", *"r" * len(kinds)))
    lines = list(_describe_confusions(errors["confusions"]))
    return text + ("\n".join([*lines, ""]) if lines else "")


def _describe_confusions(confusions: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if confusions:
        shown = [
            f"{one_line(one['gold'])} as {one_line(one['found'])} {one['count']}"
            for one in confusions[:SHOWN]
        ]
        more = len(confusions) - SHOWN
        yield (
            "Types taken for others: "
            + ", ".join(shown)
            + (f" and {more} more pairs" if more > 0 else "")
        )
