"""Write sentences as tasks of annotation tools, each with remarks on what to look at."""

from collections.abc import Callable, Sequence
from typing import Any

from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.jsonl import make_record

Task = dict[str, Any]


def make_prodigy(sentence: Sentence, remarks: Sequence[str]) -> Task:
    """RETURNS (dict): A task with its spans; Prodigy shows `meta` below the text."""
    record = make_record(sentence)
    return {**record, "meta": {"look at": "; ".join(remarks)}} if remarks else record


def make_doccano(sentence: Sentence, remarks: Sequence[str]) -> Task:
    """RETURNS (dict): A record of doccano's JSONL; its keys beside text and label are metadata."""
    spans = make_record(sentence)["spans"]
    return {
        "text": sentence.text,
        "label": [[one["start"], one["end"], one["label"]] for one in spans],
        "look_at": list(remarks),
    }


def make_label_studio(sentence: Sentence, remarks: Sequence[str]) -> Task:
    """RETURNS (dict): A task of Label Studio with its annotation, for a labelling config whose
    control is called "label" and whose text "text"."""
    text = sentence.text
    results = [
        {
            "id": str(i),
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {
                "start": one["start"],
                "end": one["end"],
                "text": text[one["start"] : one["end"]],
                "labels": [one["label"]],
            },
        }
        for i, one in enumerate(make_record(sentence)["spans"])
    ]
    return {
        "data": {"text": text, "look_at": "; ".join(remarks)},
        "annotations": [{"result": results}],
    }


#: By the tool's name, what makes a task, and whether a file is lines or one list
TOOLS: dict[str, tuple[Callable[[Sentence, Sequence[str]], Task], bool]] = {
    "prodigy": (make_prodigy, True),
    "doccano": (make_doccano, True),
    "label-studio": (make_label_studio, False),
}
