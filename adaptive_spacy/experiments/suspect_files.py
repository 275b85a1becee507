"""The most suspect labels, as a list and as tasks that annotation tools import."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from spacy.tokens import Doc

from adaptive_spacy.data.source import read_doc
from adaptive_spacy.data.writers.tasks import SPANS, TOOLS, require_format, write_tasks
from adaptive_spacy.experiments.suspects import Suspect
from adaptive_spacy.ner.tags import Entity


class Written(NamedTuple):
    """What became of suspects.

    records (int): Lines or tasks in the file.
    left_out (dict[int, str]): Of docs that the tool cannot hold, by their number from 0, why.
    """

    records: int
    left_out: dict[int, str]

    def notes(self) -> list[str]:
        """RETURNS (list[str]): What is not in the file, and how to get it."""
        return [
            f"Documents left out: {len(self.left_out):,}; document {number + 1}: {problem}"
            for number, problem in [*self.left_out.items()][:1]
        ]


def write_suspects(
    suspects: Sequence[Suspect], docs: Sequence[Doc], path: Path, *, format: str = SPANS
) -> Written:
    """Write suspects, the strongest first.

    suspects (Sequence[Suspect]): In their order.
    docs (Sequence[Doc]): The labelled docs that they count.
    path (Path): The file.
    format (str): "spans": a line of JSON each; or a tool of `TOOLS`: a task for each doc, with its
        labels as they are and what to look at. A doc that the tool cannot hold is left out: what
        is not annotated would be outside of entities there.
    RETURNS (Written): Counts.
    RAISES (ValueError): If there is no such format, or if the tool can hold none of the docs.
    """
    require_format(format)
    left_out: dict[int, str] = {}
    if format == SPANS:
        records = [*_spans(suspects)]
    else:
        records = [*_tasks(suspects, docs, format, left_out)]
    written = Written(len(records), left_out)
    if left_out and not records:
        raise ValueError(f"--format {format}: expected documents to write; {written.notes()[0]}")
    write_tasks(records, path, format)
    return written


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
    suspects: Sequence[Suspect], docs: Sequence[Doc], format: str, left_out: dict[int, str]
) -> Iterator[dict[str, Any]]:
    """YIELDS (dict[str, Any]): Tasks. left_out (dict[int, str]): Takes what is none."""
    remarks: dict[int, list[str]] = {}
    for one in suspects:
        remarks.setdefault(one.doc, []).append(describe(one))
    tool = TOOLS[format]
    hint = "" if format == "prodigy" else " (--format prodigy)"
    # in the order of each doc's strongest
    for number, lines in remarks.items():
        sentence = read_doc(docs[number])
        problem = tool.find_problem(sentence)
        if problem is None:
            yield tool.make(sentence, lines)
        else:
            left_out[number] = f"{problem}{hint}"
