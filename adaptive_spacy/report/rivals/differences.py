"""Which entities one model finds and another misses."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from adaptive_spacy.ner.tags import Entity
from adaptive_spacy.printable import one_line
from adaptive_spacy.report.rivals.models import Rival
from adaptive_spacy.report.run.passages import MOST_ERRORS, MOST_HITS, Passages

#: Patterns of models that are not one alone
ALL, NONE, SOME = "all", "none", "some"
#: What all do alike is shown when it is asked for
QUIET = ("right-all", "right-none", "wrong-all")


class Difference(NamedTuple):
    """An entity, annotated or predicted by some.

    doc (int): Place of its document among the annotated ones, from 0.
    entity (Entity): The entity.
    annotated (bool): Whether it is right.
    by (tuple[bool, ...]): Which models predicted it.
    """

    doc: int
    entity: Entity
    annotated: bool
    by: tuple[bool, ...]

    @property
    def pattern(self) -> str:
        """RETURNS (str): "all", "none", "some", or the number of the one model that found it."""
        if all(self.by):
            return ALL
        if not any(self.by):
            return NONE
        return str(self.by.index(True)) if sum(self.by) == 1 else SOME

    @property
    def kind(self) -> str:
        """RETURNS (str): "right-" or "wrong-" with the pattern."""
        return f"{'right' if self.annotated else 'wrong'}-{self.pattern}"


def find_differences(rivals: Sequence[Rival]) -> list[Difference]:
    """RETURNS (list[Difference]): Each entity that is annotated or predicted, once; as often as a
    model has it, where several lie on the same tokens of the reference: all but the first are
    wrong, as they are scored."""
    found = []
    for i, documents in enumerate(zip(*(one.documents for one in rivals), strict=True)):
        gold, predicted = set(documents[0].gold), [Counter(one.found) for one in documents]
        for entity in sorted(gold.union(*predicted)):
            for nth in range(max(1, *(counts[entity] for counts in predicted))):
                by = tuple(counts[entity] > nth for counts in predicted)
                found.append(Difference(i, entity, nth == 0 and entity in gold, by))
    return found


def name_kinds(rivals: Sequence[Rival]) -> dict[str, str]:
    """RETURNS (dict[str, str]): Kinds of differences in words, in the order of a table."""
    names = {str(i): one.name for i, one in enumerate(rivals)}
    several = len(rivals) > 2
    return {
        "right-all": "found by all",
        **({"right-some": "found by some of them"} if several else {}),
        **{f"right-{key}": f"found only by {name}" for key, name in names.items()},
        "right-none": "found by none",
        "wrong-all": "wrong in all",
        **({"wrong-some": "wrong in some of them"} if several else {}),
        **{f"wrong-{key}": f"wrong only in {name}" for key, name in names.items()},
    }


def count_kinds(differences: Sequence[Difference]) -> dict[str, Counter[str]]:
    """RETURNS (dict[str, Counter[str]]): By type, how many there are of each kind."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in differences:
        counts[one.entity.type][one.kind] += 1
    return {name: counts[name] for name in sorted(counts)}


def show_differences(rivals: Sequence[Rival], differences: Sequence[Difference]) -> dict[str, Any]:
    """RETURNS (dict): What the page's script reads, see `Passages.found`; of each kind and type as
    many as a page holds."""
    passages = Passages()
    shown: Counter[tuple[str, str]] = Counter()
    for one in differences:
        cell = one.kind, one.entity.type
        shown[cell] += 1
        if shown[cell] > (MOST_HITS if one.kind in QUIET else MOST_ERRORS):
            continue
        documents = [rival.documents[one.doc] for rival in rivals]
        seen = [one.entity if found else None for found in one.by]
        stated = [document.confidences.get(one.entity) for document in documents]
        passages.add(
            documents[0],
            [documents[0].gold, *(document.found for document in documents)],
            [one.entity if one.annotated else None, *seen],
            [one.kind, one_line(one.entity.type), _surest(stated)],
            [document.confidences for document in documents],
        )
    return passages.found()


def _surest(stated: Sequence[float | None]) -> float | None:
    known = [one for one in stated if one is not None]
    return round(max(known), 4) if known else None
