"""Write sentences as tasks of annotation tools, each with remarks on what to look at."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.json_records import make_task
from adaptive_spacy.data.writers.jsonl import make_record
from adaptive_spacy.data.writers.writer import find_char_spans
from adaptive_spacy.files import replacing

Task = dict[str, Any]


def make_prodigy(sentence: Sentence, remarks: Sequence[str]) -> Task:
    """RETURNS (dict): A task with its spans; Prodigy shows `meta` below the text."""
    record = make_record(sentence)
    return {**record, "meta": {"look at": "; ".join(remarks)}} if remarks else record


def make_doccano(sentence: Sentence, remarks: Sequence[str]) -> Task:
    """RETURNS (dict): A record of doccano's JSONL; its keys beside text and label are metadata."""
    spans = [list(span) for span in find_char_spans(sentence)]
    return {"text": sentence.text, "label": spans, "look_at": list(remarks)}


def make_label_studio(sentence: Sentence, remarks: Sequence[str]) -> Task:
    """RETURNS (dict): A task of Label Studio with its annotation, see `make_task`."""
    task = make_task(sentence)
    task["data"]["look_at"] = "; ".join(remarks)
    return task


#: By the tool's name, what makes a task, and whether a file is lines or one list
TOOLS: dict[str, tuple[Callable[[Sentence, Sequence[str]], Task], bool]] = {
    "prodigy": (make_prodigy, True),
    "doccano": (make_doccano, True),
    "label-studio": (make_label_studio, False),
}
#: No tool: lines of JSON for programs
SPANS = "spans"


def require_format(format: str) -> None:
    """RAISES (ValueError): If it is neither `SPANS` nor a tool."""
    if format not in (SPANS, *TOOLS):
        raise ValueError(f"--format: expected one of {SPANS}, {', '.join(TOOLS)}, got {format}")


def write_tasks(records: Sequence[dict[str, Any]], path: Path, format: str) -> int:
    """Write a file as a format has it, JSONL or one list of JSON.

    RETURNS (int): How many records.
    """
    as_lines = format == SPANS or TOOLS[format][1]
    with replacing(path) as aside, aside.open("w", encoding="utf8", newline="\n") as file:
        if as_lines:
            file.writelines(f"{json.dumps(one, ensure_ascii=False)}\n" for one in records)
        else:
            json.dump(records, file, ensure_ascii=False, indent=1)
    return len(records)
