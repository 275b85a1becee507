"""Texts with a list of entities, under any of the usual keys; doccano's among them."""

from typing import Any

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.json_records import TAG_OPTIONS, JsonRecords
from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.readers.offsets import INCLUSIVE
from adaptive_spacy.data.readers.record_fields import (
    TEXT,
    check_object,
    check_string,
    get_list,
    get_objects,
    get_text,
    list_keys,
)
from adaptive_spacy.data.readers.record_file import Skipped
from adaptive_spacy.data.readers.record_spans import SPANS, find_spans, to_list


class TextEntities(JsonRecords):
    """A text and its entities, of no tool in particular."""

    title = "texts with entities"
    limits = "entities of several parts; categories of texts"

    @staticmethod
    def fits(record: Any) -> bool:
        return (
            isinstance(record, dict)
            and any(isinstance(record.get(key), str) for key in TEXT)
            and any(to_list(record.get(key)) is not None for key in SPANS)
        )

    @staticmethod
    def read(record: Any) -> AnnotatedText:
        record = check_object(record)
        return AnnotatedText(get_text(record), find_spans(record))


class Doccano(TextEntities):
    """Records of doccano: the same in doccano's words."""

    title = "doccano"
    limits = "relations; categories of texts"

    @staticmethod
    def fits(record: Any) -> bool:
        if not TextEntities.fits(record):
            return False
        if any(isinstance(record.get(key), list) for key in ("label", "labels")):
            return True
        lists = [record[key] for key in SPANS if isinstance(record.get(key), list)]
        return any(
            isinstance(one, dict) and "start_offset" in one for spans in lists for one in spans
        )


class Dataturks(JsonRecords):
    """Records of Dataturks, whose offsets end with the last character."""

    title = "Dataturks"
    limits = "categories of texts"
    chooses_spans = False
    unused = TAG_OPTIONS | {"spans_key"}

    @staticmethod
    def fits(record: Any) -> bool:
        if not (isinstance(record, dict) and isinstance(record.get("content"), str)):
            return False
        found = record.get("annotation", 0)
        return found is None or (
            isinstance(found, list)
            and all(isinstance(one, dict) and isinstance(one.get("points"), list) for one in found)
        )

    @staticmethod
    def read(record: Any) -> AnnotatedText | Skipped:
        record = check_object(record)
        if not Dataturks.fits(record):
            raise ValueError(
                f'found {list_keys(record)}, expected "content" and "annotation" with "points"'
            )
        if record["annotation"] is None:
            return Skipped("not annotated")
        spans = [
            {**point, "label": one.get("label")}
            for one in record["annotation"]
            for point in get_objects(one, "points")
        ]
        return AnnotatedText(get_text(record, ("content",)), spans, offsets=INCLUSIVE)


class TypesWithTexts(JsonRecords):
    """Records with an object of types, in each the texts of its entities, with the offsets of
    each: `{"text": "Ada", "label": {"PER": {"Ada": [[0, 2]]}}}`, as CLUENER has them, whose offsets
    end with the last character."""

    title = "texts with entities by type"
    limits = "entities without offsets"
    chooses_spans = False
    unused = TAG_OPTIONS | {"spans_key"}

    @staticmethod
    def fits(record: Any) -> bool:
        if not (isinstance(record, dict) and any(isinstance(record.get(k), str) for k in TEXT)):
            return False
        types = record.get("label")
        return isinstance(types, dict) and all(isinstance(one, dict) for one in types.values())

    @staticmethod
    def read(record: Any) -> AnnotatedText:
        record = check_object(record)
        if not TypesWithTexts.fits(record):
            raise ValueError(
                f'found {list_keys(record)}, expected a text and an object of types under "label"'
            )
        spans = []
        for label, texts in record["label"].items():
            check_string(label, "the label")
            for text in texts:
                for pair in get_list(texts, text):
                    if not (isinstance(pair, list) and len(pair) == 2):
                        raise ValueError(
                            f"found {show_json(pair)} as the offsets of {show_json(text)}, "
                            "expected [start, end]"
                        )
                    spans.append({"start": pair[0], "end": pair[1], "label": label, "text": text})
        return AnnotatedText(get_text(record), spans, offsets=INCLUSIVE)
