"""The entities of a JSON record, in any tool's words."""

import re
from typing import Any

from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.readers.offsets import CharSpan, squeeze
from adaptive_spacy.data.readers.record_fields import check_string, get_first, list_keys

# what tools call the same things
SPANS = ("spans", "entities", "labels", "label", "ents", "annotations", "mentions")
START = (
    *("start", "start_offset", "start_char", "begin", "startOffset", "start_idx", "start_pos"),
    *("begin_offset", "beginOffset", "BeginOffset", "char_start", "start_index", "offset"),
)
END = (
    *("end", "end_offset", "end_char", "stop", "endOffset", "end_idx", "end_pos"),
    *("EndOffset", "char_end", "end_index"),
)
LENGTH = ("length", "len")
LABEL = (
    *("label", "labels", "type", "tag", "entity_group", "entity_type", "category", "class"),
    *("Type", "entity"),
)
# what they call the text of an entity
QUOTES = (
    *("text", "word", "surface", "surface_form", "mention", "entity_text", "phrase", "Text"),
    *("value", "content", "span", "entity", "name"),
)

#: Flair's `PER (0.9876)`
SCORED = re.compile(r".+\(\d?\.\d+\)\s*")


def find_spans(record: dict[str, Any]) -> list[Any]:
    """RETURNS (list[Any]): The entities, under whichever of the usual keys they are."""
    found = {key: to_list(record[key]) for key in SPANS if key in record}
    lists = {key: value for key, value in found.items() if value is not None}
    if not lists:
        raise ValueError(
            f'found {list_keys(record)}, expected a list of entities under "spans", "entities", '
            '"labels" or "label"; --spans-key names another'
        )
    filled = [key for key, value in lists.items() if value] or list(lists)[:1]
    if len(filled) > 1:
        names = " and ".join(f'"{key}"' for key in filled)
        holds = next((key for key in filled if not is_plain(lists[key])), filled[0])
        raise ValueError(
            f"found entities under {names}, expected them under one key; --spans-key {holds} "
            "takes one of them"
        )
    spans = lists[filled[0]]
    assert spans is not None
    if is_plain(spans):
        raise ValueError(
            f'found {show_json(spans)} under "{filled[0]}", which are labels of the whole text, '
            "expected entities with offsets"
        )
    return spans


def to_list(value: Any) -> list[Any] | None:
    """RETURNS (list[Any] | None): A list of entities; also of an object of equally long lists, as
    tables hold them: `{"start": [0], "end": [3], "label": ["PER"]}`. None: it is neither."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and value and all(isinstance(one, list) for one in value.values()):
        names, columns = list(value), list(value.values())
        is_table = any(key in value for key in START) and len({*map(len, columns)}) == 1
        if is_table:
            return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return None


def is_plain(spans: list[Any]) -> bool:
    """Whether these are no entities but labels of the whole text, or numbers."""
    return bool(spans) and all(isinstance(one, str | int | float) for one in spans)


def are_spans(value: Any) -> bool:
    """Whether a value is a list of entities by offsets, some at least."""
    try:
        return isinstance(value, list) and bool([read_span(raw) for raw in value])
    except ValueError:
        return False


def choose_spans(record: Any, key: str, place: str = "") -> Any:
    """Take the entities of a record from one of its keys.

    key (str): Where they are.
    place (str): The only key under which its format looks for them; "": any of the usual ones.
    RETURNS (Any): The record with the entities there, and under no other key.
    RAISES (ValueError): If it has no such key.
    """
    if isinstance(record, list) and len(record) == 2:
        text, found = record
        if not isinstance(found, dict):
            raise ValueError(
                f"--spans-key {key}: found {show_json(found)} beside the text, expected an object "
                "with that key"
            )
        return [text, choose_spans(found, key, place)]
    if not isinstance(record, dict):
        return record
    if key not in record:
        raise ValueError(f"--spans-key {key}: found {list_keys(record)}, expected that key")
    others = {name: value for name, value in record.items() if name not in (*SPANS, key)}
    return {**others, place or (key if key in SPANS else "entities"): record[key]}


def read_span(raw: Any, text: str = "") -> CharSpan:
    """Read an entity: `[start, end, label]`, a list that has its text, too, or an object in any
    tool's words.

    text (str): What its offsets point into, to tell label and text apart.
    RETURNS (CharSpan): Its offsets and its label.
    RAISES (ValueError): If it has another shape.
    """
    if isinstance(raw, list):
        start, end, label, quoted = split_list(raw, text)
    elif isinstance(raw, dict):
        start, end, label, quoted = split_object(raw, text)
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
    if SCORED.fullmatch(label):
        raise ValueError(
            f"found the label {show_json(label)}, a type with a score, expected a type"
        )
    return CharSpan(start, end, label, quoted if isinstance(quoted, str) else None)


def split_list(raw: list[Any], text: str) -> tuple[Any, Any, Any, Any]:
    """RETURNS (tuple): Start, end, label and text of an entity that is a list: two numbers with
    strings before or behind them; which string is the text, the text tells."""
    numbers = [one for one in raw if type(one) is int]
    strings = [one for one in raw if isinstance(one, str)]
    if len(raw) == 3 and not (len(numbers) == 2 and isinstance(raw[0], str)):
        return raw[0], raw[1], raw[2], None
    if len(numbers) != 2 or len(numbers) + len(strings) != len(raw) or not 3 <= len(raw) <= 4:
        raise ValueError(f"found the entity {show_json(raw)}, expected [start, end, label]")
    start, end = numbers
    if len(strings) == 1:
        return start, end, strings[0], None
    # as close as any way to count would bring them
    near = squeeze(text[max(0, start - 1) : end + 1])
    quotes = [one for one in strings if squeeze(one) and squeeze(one) in near]
    if len(quotes) != 1:
        raise ValueError(
            f"found the entity {show_json(raw)}, expected one of its strings to be its text, which "
            f"is {show_json(text[max(0, start) : max(0, end)])}"
        )
    (quoted,) = quotes
    label = strings[1] if strings[0] == quoted else strings[0]
    return start, end, label, quoted


def split_object(raw: dict[str, Any], text: str) -> tuple[Any, Any, Any, Any]:
    """RETURNS (tuple): Start, end, label and text of an entity that is an object."""
    if {"word", "index", "entity"} <= raw.keys():
        raise ValueError(
            f"found {show_json(raw)}, a word piece of a pipeline of Hugging Face, expected an "
            'entity; make the pipeline with aggregation_strategy="simple"'
        )
    try:
        start = get_first(raw, START)
        end = get_end(raw, start)
        name = next((key for key in LABEL if key in raw), None)
        label = get_first(raw, LABEL)
    except KeyError as error:
        raise ValueError(
            f"found an entity with {list_keys(raw)}, expected {error.args[0]}"
        ) from None
    quoted = next((raw[key] for key in QUOTES if key in raw and key != name), None)
    if name == "entity" and "text" not in raw and "value" in raw:
        quoted = None  # Rasa's value is what is meant, not what is written
    return start, end, label, quoted


def get_end(raw: dict[str, Any], start: Any) -> Any:
    """RETURNS (Any): The end of an entity, from its length if it has no other."""
    if not any(key in raw for key in END):
        length = next((raw[key] for key in LENGTH if key in raw), None)
        if type(length) is int and type(start) is int:
            return start + length
    return get_first(raw, END)
