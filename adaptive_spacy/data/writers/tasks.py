"""Write sentences as tasks of annotation tools, each with remarks on what to look at."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.json_records import DoccanoWriter, LabelStudioWriter, make_task
from adaptive_spacy.data.writers.jsonl import JsonlWriter, make_record
from adaptive_spacy.data.writers.writer import Writer, find_char_spans
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


class Tool(NamedTuple):
    """An annotation tool.

    make (Callable[[Sentence, Sequence[str]], Task]): Makes a task of a doc and remarks.
    writer (type[Writer]): What `export` writes for it, which knows what the tool cannot hold.
    as_lines (bool): Whether its file is lines or one list.
    """

    make: Callable[[Sentence, Sequence[str]], Task]
    writer: type[Writer]
    as_lines: bool = True

    def find_problem(self, sentence: Sentence) -> str | None:
        """RETURNS (str | None): What of a doc a task cannot hold, as `export` says it."""
        return next(self.writer().find_problems(sentence), None)


#: By the tool's name
TOOLS: dict[str, Tool] = {
    "prodigy": Tool(make_prodigy, JsonlWriter),
    "doccano": Tool(make_doccano, DoccanoWriter),
    "label-studio": Tool(make_label_studio, LabelStudioWriter, as_lines=False),
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
    as_lines = format == SPANS or TOOLS[format].as_lines
    with replacing(path) as aside, aside.open("w", encoding="utf8", newline="\n") as file:
        if as_lines:
            file.writelines(f"{json.dumps(one, ensure_ascii=False)}\n" for one in records)
        else:
            json.dump(records, file, ensure_ascii=False, indent=1)
    return len(records)
