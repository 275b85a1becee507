"""The texts to label next, as a list and as tasks that annotation tools import."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adaptive_spacy.data.source import read_doc
from adaptive_spacy.data.writers.jsonl import make_record
from adaptive_spacy.data.writers.tasks import SPANS, TOOLS, require_format, write_tasks
from adaptive_spacy.experiments.next_texts import Candidate


def write_next(chosen: Sequence[Candidate], path: Path, *, format: str = SPANS) -> int:
    """Write texts, the first to label first, with the entities that the model suggests.

    chosen (Sequence[Candidate]): In their order.
    path (Path): The file.
    format (str): "spans": JSONL with text, spans and doubts; or a tool of `TOOLS`: a task each, of
        which Label Studio takes the entities for predictions and not for annotations.
    RETURNS (int): How many.
    RAISES (ValueError): If there is no such format.
    """
    require_format(format)
    return write_tasks([_task(one, format) for one in chosen], path, format)


def _task(one: Candidate, format: str) -> dict[str, Any]:
    sentence = read_doc(one.doc)
    if format == SPANS:
        return {**make_record(sentence), "doubts": round(one.doubts, 4)}
    remark = f"{one.doubts:.1f} mistakes to expect among the suggestions"
    task = TOOLS[format].make(sentence, [remark])
    if "annotations" in task:
        task["predictions"] = task.pop("annotations")
    return task
