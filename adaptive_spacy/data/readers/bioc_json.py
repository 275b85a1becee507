"""BioC, the format of biomedical text mining: collections of documents with passages, as JSON."""

from collections.abc import Iterator
from typing import Any

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.json_records import TAG_OPTIONS, JsonRecords
from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.readers.record_fields import (
    check_object,
    check_string,
    get_objects,
    list_keys,
)
from adaptive_spacy.data.readers.record_file import Result

OUTSIDE = "found entities outside of passages, expected them in one"


class BiocJson(JsonRecords):
    """Passages of BioC, a text each, or the sentences of a passage that is divided so. Offsets
    count from the beginning of the document, as the passage's own does. The type of an entity is
    its `infons.type`."""

    title = "BioC"
    limits = "relations; entities of several parts"
    chooses_spans = False
    unused = TAG_OPTIONS | {"spans_key"}

    @staticmethod
    def fits(record: Any) -> bool:
        if not isinstance(record, dict):
            return False
        return is_list_with(record.get("documents"), "passages") or is_list_with(
            record.get("passages"), "offset"
        )

    @staticmethod
    def unpack(value: Any, container: str) -> Iterator[tuple[str, Any]]:
        if isinstance(value, dict) and "documents" in value:
            check_no_entities(value)
            for document in get_objects(value, "documents"):
                yield f"document {show_json(document.get('id'))}: ", document
        else:
            yield "", value

    @staticmethod
    def read(record: Any) -> list[Result]:
        record = check_object(record)
        if "passages" not in record:
            raise ValueError(f'found {list_keys(record)}, expected "passages"')
        check_no_entities(record)
        return [
            read_passage(part)
            for passage in get_objects(record, "passages")
            for part in find_texts(passage)
        ]


def is_list_with(value: Any, key: str) -> bool:
    return (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict) and key in value[0]
    )


def check_no_entities(record: dict[str, Any]) -> None:
    """RAISES (ValueError): If what holds passages has entities itself."""
    if get_objects(record, "annotations"):
        raise ValueError(OUTSIDE)


def find_texts(passage: dict[str, Any]) -> list[dict[str, Any]]:
    """RETURNS (list[dict[str, Any]]): What is a text of a passage: its sentences, or itself.
    RAISES (ValueError): If something else of it has entities."""
    sentences = get_objects(passage, "sentences")
    texts = [one for one in sentences if one.get("text")]
    for part in sentences:
        check_owner("sentence", part)
    check_owner("passage", passage, has_parts=bool(texts))
    return texts or ([passage] if passage.get("text") else [])


def check_owner(name: str, part: dict[str, Any], *, has_parts: bool = False) -> None:
    """RAISES (ValueError): If a part of a document has entities and is not read as a text.

    name (str): What it is.
    has_parts (bool): Whether its sentences are read in its place.
    """
    if not get_objects(part, "annotations"):
        return
    if has_parts:
        raise ValueError(f"found entities of a {name} beside its sentences, expected them in these")
    if not part.get("text"):
        raise ValueError(f"found entities of a {name} without a text, expected one with it")


def read_passage(passage: dict[str, Any]) -> AnnotatedText:
    """RETURNS (AnnotatedText): A passage or sentence.
    RAISES (ValueError): If it is none, or if an entity has several parts."""
    text, offset = passage.get("text"), passage.get("offset")
    check_string(text, "the text")
    if type(offset) is not int:
        raise ValueError(f"found {show_json(offset)} as the offset of a passage, expected a number")
    spans = []
    for annotation in get_objects(passage, "annotations"):
        spans.append(read_annotation(annotation, offset))
    return AnnotatedText(str(text), spans)


def read_annotation(annotation: dict[str, Any], offset: int) -> dict[str, Any]:
    """RETURNS (dict[str, Any]): An entity with offsets in its passage, as `read_span` takes it.

    offset (int): Where the passage begins.
    """
    infons = annotation.get("infons")
    label = infons.get("type") if isinstance(infons, dict) else None
    locations = get_objects(annotation, "locations")
    if len(locations) != 1:
        raise ValueError(
            f"found an entity with {len(locations)} locations, {show_json(annotation.get('text'))},"
            " expected one"
        )
    start, length = locations[0].get("offset"), locations[0].get("length")
    if type(start) is not int or type(length) is not int:
        raise ValueError(f"found the location {show_json(locations[0])}, expected two numbers")
    if label is None:
        raise ValueError(
            f"found an entity without a type, {show_json(annotation.get('text'))}, expected it "
            'under "infons" as "type"'
        )
    end = start - offset + length
    return {"start": start - offset, "end": end, "label": label, "text": annotation.get("text")}
