"""Label Studio's exports: JSON, a task each, and JSON-MIN, an annotation each."""

from typing import Any

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.json_records import JsonRecords, Skipped
from adaptive_spacy.data.readers.record_fields import (
    SPANS,
    check_object,
    check_string,
    find_spans,
    get_objects,
    get_text,
    list_keys,
)


class LabelStudio(JsonRecords):
    """Tasks of the JSON export. Cancelled annotations are not read; of several that differ the one
    that is marked as ground truth is."""

    title = "Label Studio"
    limits = "cancelled annotations; predictions; relations; choices"

    @staticmethod
    def fits(record: Any) -> bool:
        return (
            isinstance(record, dict)
            and isinstance(record.get("data"), dict)
            and any(key in record for key in ("annotations", "completions", "predictions"))
        )

    @staticmethod
    def read(record: Any) -> AnnotatedText | Skipped:
        record = check_object(record)
        data = record.get("data")
        if not isinstance(data, dict):
            raise ValueError(f'found no "data", expected it beside {list_keys(record)}')
        annotations = get_objects(
            record, "annotations" if "annotations" in record else "completions"
        )
        valid = [one for one in annotations if not (one.get("was_cancelled") or one.get("skipped"))]
        if not valid:
            return Skipped("cancelled" if annotations else "not annotated")
        results = [read_results(one) for one in choose_ground_truth(valid)]
        if any(spans != results[0] for spans in results):
            raise ValueError(
                f"found {len(results)} annotations that differ, expected one: mark one of them as "
                "ground truth in Label Studio, or cancel the others"
            )
        strings = [value for value in data.values() if isinstance(value, str)]
        if "text" not in data and len(strings) != 1:
            raise ValueError(f'found no "text" under "data", expected one beside {list_keys(data)}')
        text = data["text"] if "text" in data else strings[0]
        check_string(text, "the text")
        return AnnotatedText(text, results[0])


class LabelStudioMin(JsonRecords):
    """Annotations of the JSON-MIN export: a record each, with no key for the entities where there
    are none."""

    title = "Label Studio JSON-MIN"
    limits = "a second annotation of one text"
    unique = "id"

    @staticmethod
    def fits(record: Any) -> bool:
        return isinstance(record, dict) and "annotation_id" in record

    @staticmethod
    def read(record: Any) -> AnnotatedText:
        record = check_object(record)
        text = get_text(record, ("text",))
        has_spans = any(isinstance(record.get(key), list) for key in SPANS)
        return AnnotatedText(text, find_spans(record) if has_spans else [])


def choose_ground_truth(annotations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """RETURNS (list[dict[str, Any]]): Those marked as ground truth, if any is."""
    return [one for one in annotations if one.get("ground_truth")] or annotations


def read_results(annotation: dict[str, Any]) -> list[Any]:
    """RETURNS (list[Any]): The entities of an annotation, without relations, choices and notes."""
    results = get_objects(annotation, "result")
    spans = [result.get("value") for result in results if result.get("type", "labels") == "labels"]
    return sorted(spans, key=str)
