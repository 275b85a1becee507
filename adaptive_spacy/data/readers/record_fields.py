"""The fields of a JSON record: its text, tokens and tags, in any tool's words."""

from typing import Any

from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.schemes import UNTAGGED
from adaptive_spacy.data.source import shorten

# what tools call the text
TEXT = ("text", "data", "content", "sentence", "document", "raw_text", "context", "Text")


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
    found = [key for key in keys if isinstance(record.get(key), str)]
    if len(found) > 1 and found[0] != "text":
        names = " and ".join(f'"{key}"' for key in found)
        raise ValueError(f'found texts under {names}, expected one; call it "text"')
    try:
        text = record[found[0]] if found else get_first(record, keys)
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
