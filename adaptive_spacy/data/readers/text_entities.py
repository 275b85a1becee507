"""Texts with a list of entities, under any of the usual keys; doccano's among them."""

from itertools import chain
from typing import Any

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.json_records import JsonRecords
from adaptive_spacy.data.readers.record_fields import (
    SPANS,
    TEXT,
    check_object,
    find_spans,
    get_text,
)


class TextEntities(JsonRecords):
    """A text and its entities, of no tool in particular."""

    title = "texts with entities"
    limits = "entities of several parts"

    @staticmethod
    def fits(record: Any) -> bool:
        return (
            isinstance(record, dict)
            and any(isinstance(record.get(key), str) for key in TEXT)
            and any(isinstance(record.get(key), list) for key in SPANS)
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
        return any(isinstance(one, dict) and "start_offset" in one for one in chain(*lists))
