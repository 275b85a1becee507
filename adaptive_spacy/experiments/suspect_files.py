"""The most suspect labels, as a list and as tasks that annotation tools import."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from adaptive_spacy.data.source import read_doc
from adaptive_spacy.data.writers.tasks import SPANS, TOOLS, require_format, write_tasks
from adaptive_spacy.experiments.suspects import Suspect
from adaptive_spacy.ner.tags import Entity


def write_suspects(
    suspects: Sequence[Suspect], docs: Sequence[Doc], path: Path, *, format: str = SPANS
) -> int:
    """Write suspects, the strongest first.

    suspects (Sequence[Suspect]): In their order.
    docs (Sequence[Doc]): The labelled docs that they count.
    path (Path): The file.
    format (str): "spans": a line of JSON each; or a tool of `TOOLS`: a task for each doc, with its
        labels as they are and what to look at.
    RETURNS (int): Lines or tasks.
    RAISES (ValueError): If there is no such format.
    """
    require_format(format)
    records = [*(_spans(suspects) if format == SPANS else _tasks(suspects, docs, format))]
    return write_tasks(records, path, format)


def describe(one: Suspect) -> str:
    """RETURNS (str): A suspect in words."""
    annotated, predicted = _name(one.annotated), _name(one.predicted)
    words = "" if one.predicted_text is None else f"{one.predicted_text!r} "
    sure = "" if one.confidence is None else f", {100 * one.confidence:.0f} % sure"
    places = f"elsewhere {one.for_it} for it, {one.against_it} against it"
    model = f"model {words}{predicted}{sure}"
    return f"{one.kind}: {one.text!r} annotated {annotated}, {model}; {places}"


def _name(entity: Entity | None) -> str:
    return "as nothing" if entity is None else f"{entity.type}"


def _spans(suspects: Sequence[Suspect]) -> Iterator[dict[str, Any]]:
    yield from (one.to_dict() for one in suspects)


def _tasks(
    suspects: Sequence[Suspect], docs: Sequence[Doc], format: str
) -> Iterator[dict[str, Any]]:
    remarks: dict[int, list[str]] = {}
    for one in suspects:
        remarks.setdefault(one.doc, []).append(describe(one))
    make, _ = TOOLS[format]
    # in the order of each doc's strongest
    for number, lines in remarks.items():
        yield make(read_doc(docs[number]), lines)
