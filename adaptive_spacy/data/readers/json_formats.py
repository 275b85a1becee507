"""The formats of JSON records, and which of them a file holds."""

from typing import Any

from adaptive_spacy.data.readers.json_records import JsonRecords, describe_record
from adaptive_spacy.data.readers.json_values import JsonFile, NotJson
from adaptive_spacy.data.readers.label_studio import LabelStudio, LabelStudioMin
from adaptive_spacy.data.readers.prodigy import Prodigy
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.spacy_v2 import SpacyJson, SpacyTuples
from adaptive_spacy.data.readers.tagged_tokens import TaggedTokens
from adaptive_spacy.data.readers.text_entities import Doccano, TextEntities
from adaptive_spacy.data.source import Problems

# those that are told by most come first
JSON_FORMATS: dict[str, type[JsonRecords]] = {
    "prodigy": Prodigy,
    "label-studio": LabelStudio,
    "label-studio-min": LabelStudioMin,
    "spacy-v2": SpacyTuples,
    "spacy-v2-json": SpacyJson,
    "tokens": TaggedTokens,
    "doccano": Doccano,
    "entities": TextEntities,
}


class AnyJson(JsonRecords):
    """Records of whichever of the formats fits the first."""

    title = "JSON or JSONL"
    limits = "several formats in one file"

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether it is JSON; what is wrong with it is said later."""
        return Evidence(Confidence.POSSIBLE, "JSON of no known format") if sample.is_json else None

    def _find_format(self, file: JsonFile) -> type[JsonRecords]:
        """RETURNS (type[JsonRecords]): The format of the first record.
        RAISES (ValueError): If it has none."""
        problems = Problems(file.place)
        for number, record in file.records("Opening"):
            if isinstance(record, NotJson):
                problems.add(number, record.message)
                continue
            found = detect_format(record)
            if found:
                return found
            problems.add(number, describe_unknown(record))
            break
        problems.raise_any(self.path)
        raise ValueError(f"{self.path}: expected records with a text and its entities, found none")


def detect_format(record: Any) -> type[JsonRecords] | None:
    """RETURNS (type[JsonRecords] | None): The first of `JSON_FORMATS` that a record fits."""
    return next((one for one in JSON_FORMATS.values() if one.fits(record)), None)


def describe_unknown(record: Any) -> str:
    """RETURNS (str): Why a record tells no format."""
    titles = ", ".join(one.title for one in JSON_FORMATS.values())
    return f"found {describe_record(record)}, expected a record of {titles}"
