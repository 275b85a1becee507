"""The fields of a JSON record: its text, entities, tokens and tags, in any tool's words."""

from typing import Any

from adaptive_spacy.data.readers.char_spans import CharSpan
from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.schemes import UNTAGGED
from adaptive_spacy.data.source import shorten

# what tools call the same things
TEXT = ("text", "data")
SPANS = ("spans", "entities", "labels", "label")
START = ("start", "start_offset", "start_char")
END = ("end", "end_offset", "end_char")
LABEL = ("label", "labels", "type", "entity")


def read_span(raw: Any) -> CharSpan:
    """Read an entity: `[start, end, label]`, or an object in any tool's words.

    RETURNS (CharSpan): Its offsets and its label.
    RAISES (ValueError): If it has another shape.
    """
    if isinstance(raw, list):
        if len(raw) != 3:
            raise ValueError(f"found the entity {show_json(raw)}, expected [start, end, label]")
        start, end, label = raw
        text = None
    elif isinstance(raw, dict):
        try:
            start, end, label = (get_first(raw, keys) for keys in (START, END, LABEL))
        except KeyError as error:
            raise ValueError(
                f"found an entity with {list_keys(raw)}, expected {error.args[0]}"
            ) from None
        text = raw.get("text")
    else:
        raise ValueError(f"found the entity {show_json(raw)}, expected a list or an object")
    for offset in (start, end):
        if type(offset) is not int:
            raise ValueError(
                f"found the offset {show_json(offset)} of an entity, expected an integer"
            )
    if isinstance(label, list):
        if len(label) != 1:
            raise ValueError(
                f"found {len(label)} labels of one entity, expected one: {show_json(raw)}"
            )
        (label,) = label
    check_string(label, "the label")
    if not label.strip():
        raise ValueError(f"found the label {show_json(label)}, expected a name")
    return CharSpan(start, end, label, text if isinstance(text, str) else None)


def find_spans(record: dict[str, Any]) -> list[Any]:
    """RETURNS (list[Any]): The entities, under whichever of the usual keys they are."""
    keys = [key for key in SPANS if isinstance(record.get(key), list)]
    if not keys:
        expected = ", ".join(f'"{key}"' for key in SPANS[:-1])
        raise ValueError(
            f'found {list_keys(record)}, expected a list of entities under {expected} or "label"'
        )
    filled = [key for key in keys if record[key]] or keys[:1]
    if len(filled) > 1:
        names = " and ".join(f'"{key}"' for key in filled)
        raise ValueError(f"found entities under {names}, expected them under one key")
    return record[filled[0]]


def check_string(value: Any, name: str) -> None:
    """RAISES (ValueError): If a value is no string that a text file can hold."""
    if not isinstance(value, str):
        raise ValueError(f"found {show_json(value)} as {name}, expected a string")
    if "\0" in value:
        raise ValueError(f"found a NUL character in {name}, expected text")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError(
                f"found half of a surrogate pair, \\u{ord(value[error.start]):04x}, in {name}, "
                "expected whole characters"
            ) from None


def get_first(record: dict[str, Any], keys: tuple[str, ...]) -> Any:
    """RETURNS (Any): The value of the first of these keys. RAISES (KeyError): If there is none."""
    for key in keys:
        if key in record:
            return record[key]
    raise KeyError(f'"{keys[0]}"')


def get_text(record: dict[str, Any], keys: tuple[str, ...] = TEXT) -> str:
    """RETURNS (str): The text of a record. RAISES (ValueError): If there is none."""
    try:
        text = get_first(record, keys)
    except KeyError:
        raise ValueError(f'found no "text", expected one beside {list_keys(record)}') from None
    check_string(text, "the text")
    return text


def get_list(record: dict[str, Any], key: str) -> list[Any]:
    """RETURNS (list[Any]): What is under the key; an empty list if nothing is."""
    value = record.get(key, [])
    if not isinstance(value, list):
        raise ValueError(f'found {show_json(value)} under "{key}", expected a list')
    return value


def get_objects(record: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """RETURNS (list[dict[str, Any]]): What is under the key; an empty list if nothing is."""
    values = get_list(record, key)
    if not all(isinstance(value, dict) for value in values):
        raise ValueError(f'found {show_json(values)} under "{key}", expected objects')
    return values


def check_object(record: Any) -> dict[str, Any]:
    """RETURNS (dict[str, Any]): The record. RAISES (ValueError): If it is no object."""
    if not isinstance(record, dict):
        raise ValueError(
            f"found {show_json(record)}, expected an object with a text and its entities"
        )
    return record


def list_keys(record: dict[str, Any]) -> str:
    """RETURNS (str): The keys of an object, for messages."""
    if not record:
        return "no keys"
    names = sorted(record)
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return f"the keys {', '.join(shorten(name) for name in names[:10])}{more}"


def check_word(word: Any, index: int) -> str:
    """RETURNS (str): A token. RAISES (ValueError): If it is no text."""
    check_string(word, f"token {index}")
    if not word:
        raise ValueError(f"found an empty token {index}, expected text")
    return word


def read_tag(tag: Any) -> str:
    """RETURNS (str): A tag, `UNTAGGED` for null. RAISES (ValueError): If it is no name."""
    if tag is None:
        return UNTAGGED
    if type(tag) is int:
        raise ValueError(
            f"found the number {tag} as a tag, expected its name, e.g. B-PER: nothing here says "
            "what the numbers mean"
        )
    check_string(tag, "a tag")
    if tag != tag.strip():
        raise ValueError(f"found the tag {show_json(tag)}, expected no white space at its edge")
    return tag
