"""The formats of JSON records, and which of them a file holds."""

from collections.abc import Iterator
from typing import Any

from adaptive_spacy.data.readers.bioc_json import BiocJson
from adaptive_spacy.data.readers.dygie import Dygie
from adaptive_spacy.data.readers.json_records import JsonRecords, describe_record
from adaptive_spacy.data.readers.json_values import NotJson
from adaptive_spacy.data.readers.label_studio import LabelStudio, LabelStudioMin
from adaptive_spacy.data.readers.prodigy import Prodigy
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.record_fields import TEXT
from adaptive_spacy.data.readers.record_file import RecordFile
from adaptive_spacy.data.readers.record_spans import are_spans
from adaptive_spacy.data.readers.spacy_v2 import SpacyJson, SpacyTuples
from adaptive_spacy.data.readers.tagged_tokens import TaggedTokens, are_tagged
from adaptive_spacy.data.readers.text_entities import (
    Dataturks,
    Doccano,
    TextEntities,
    TypesWithTexts,
)
from adaptive_spacy.data.readers.token_entities import TokenEntities
from adaptive_spacy.data.source import Problems
from adaptive_spacy.printable import listed

# those that are told by most come first
JSON_FORMATS: dict[str, type[JsonRecords]] = {
    "prodigy": Prodigy,
    "label-studio": LabelStudio,
    "label-studio-min": LabelStudioMin,
    "spacy-v2": SpacyTuples,
    "spacy-v2-json": SpacyJson,
    "bioc-json": BiocJson,
    "dygie": Dygie,
    "token-entities": TokenEntities,
    "tokens": TaggedTokens,
    "dataturks": Dataturks,
    "types": TypesWithTexts,
    "doccano": Doccano,
    "entities": TextEntities,
}


class AnyJson(JsonRecords):
    """Records of whichever of the formats fits the first."""

    title = "JSON or JSONL"
    limits = "several formats in one file"
    unused = frozenset()

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether it is JSON; what is wrong with it is said later."""
        return Evidence(Confidence.POSSIBLE, "JSON of no known format") if sample.is_json else None

    def _find_format(self, file: RecordFile) -> type[JsonRecords]:
        """RETURNS (type[JsonRecords]): The format of the first record.
        RAISES (ValueError): If it has none."""
        problems = Problems(file.place)
        for number, raw in file.records("Opening"):
            if isinstance(raw, NotJson):
                problems.add(number, raw.message)
                continue
            if self.spans_key and are_tagged(raw, self.spans_key):
                return TaggedTokens
            try:
                record = self._choose(raw)
                found = detect_format(record) or self._find_in_container(raw)
            except ValueError as error:
                problems.add(number, str(error))
                break
            if found:
                return found
            problems.add(number, describe_unknown(record))
            break
        problems.raise_any(self.path)
        raise ValueError(f"{self.path}: expected records with a text and its entities, found none")

    def _find_in_container(self, value: Any) -> type[JsonRecords] | None:
        """RETURNS (type[JsonRecords] | None): The format of the records that a value holds.
        RAISES (ValueError): If it holds several lists of them."""
        found = {
            path: format
            for path, record in list_containers(value)
            if (format := detect_format(self._choose_if_there(record)))
        }
        if len(found) > 1:
            raise ValueError(
                f"found records under {' and '.join(found)}, expected one list; write each to a "
                "file of its own"
            )
        for self.container, format in found.items():
            return format
        return None

    def _choose_if_there(self, record: Any) -> Any:
        try:
            return self._choose(record)
        except ValueError:
            return record


def detect_format(record: Any) -> type[JsonRecords] | None:
    """RETURNS (type[JsonRecords] | None): The first of `JSON_FORMATS` that a record fits."""
    return next((one for one in JSON_FORMATS.values() if one.fits(record)), None)


def list_containers(value: Any, path: str = "", depth: int = 2) -> Iterator[tuple[str, Any]]:
    """Look for lists of records in objects that have something beside them, as annotators write
    `{"classes": [...], "annotations": [...]}`.

    YIELDS (tuple[str, Any]): The keys that lead to a list, and the first of its records.
    """
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        inner_path = f"{path}.{key}" if path else key
        if isinstance(inner, list) and "." not in key:
            first = next((one for one in inner if one is not None), None)
            if isinstance(first, dict | list):
                yield inner_path, first
        elif depth:
            yield from list_containers(inner, inner_path, depth - 1)


def describe_unknown(record: Any) -> str:
    """RETURNS (str): Why a record tells no format, and where its entities may be."""
    titles = ", ".join(one.title for one in JSON_FORMATS.values())
    has_text = isinstance(record, dict) and any(isinstance(record.get(key), str) for key in TEXT)
    keys = [key for key, value in record.items() if are_spans(value)] if has_text else []
    hint = f"; --spans-key {keys[0]} takes its entities" if len(keys) == 1 else ""
    nulls = [key for key, value in record.items() if value is None] if has_text else []
    empty = f", of which {listed(nulls)} {'is' if len(nulls) == 1 else 'are'} null" if nulls else ""
    return f"found {describe_record(record)}{empty}, expected a record of {titles}{hint}"
