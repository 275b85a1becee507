"""Pairs of key and value in a column, as CoNLL-U's MISC has them, and which key holds entities."""

import re
from collections import Counter
from collections.abc import Sequence

from adaptive_spacy.data.readers.column_choice import ENTITY_NAMES
from adaptive_spacy.data.readers.column_kinds import Kind, find_kind
from adaptive_spacy.data.readers.entity_ids import are_ids
from adaptive_spacy.data.readers.tag_spelling import is_untyped

PAIR = re.compile(r"(?P<key>[^=|\s]+)=[^|]*")
#: Keys of entities, beside `ENTITY_NAMES`
KEYS = ("name", "entity", "tag", "namedentity", "ne", "bio", "iob")


def list_keys(rows: Sequence[list[str]], column: int) -> dict[str, Counter[str]]:
    """RETURNS (dict[str, Counter[str]]): The keys of a column, and how often each has which value.

    column (int): -1: none, which has no keys.
    """
    found: dict[str, Counter[str]] = {}
    for fields in rows if column >= 0 else ():
        for pair in fields[column].split("|"):
            if PAIR.fullmatch(pair):
                key, _, value = pair.partition("=")
                found.setdefault(key, Counter())[value] += 1
    return found


def find_value(pairs: str, key: str) -> str:
    """RETURNS (str): The value of a key in `A=1|B=2`; empty: it is not there."""
    start = f"{key}="
    return next((one[len(start) :] for one in pairs.split("|") if one.startswith(start)), "")


def hold_pairs(values: Sequence[str]) -> bool:
    """Whether all values are pairs, or nothing."""
    filled = [value for value in values if value not in ("", "_")]
    return bool(filled) and all(
        PAIR.fullmatch(pair) for value in filled for pair in value.split("|")
    )


def is_entity_key(key: str, values: Counter[str]) -> bool:
    """Whether a key is one of entities: by its values, or by name."""
    kind = find_kind(values)
    is_known = ENTITY_NAMES.fullmatch(key) is not None or key.casefold() in KEYS
    is_sure = kind is Kind.TAGS and not is_untyped(values)
    may_be = kind in (Kind.TAGS, Kind.BARE, Kind.OUTSIDE) or are_ids(values)
    return is_sure or (is_known and may_be)


def find_keys(rows: Sequence[list[str]], columns: int) -> dict[str, tuple[int, Counter[str]]]:
    """RETURNS (dict[str, tuple[int, Counter[str]]]): The keys of all columns that hold nothing but
    pairs: the column of each, and how often it has which value; `O` where it is not.

    rows (Sequence[list[str]]): Of so many columns.
    """
    found: dict[str, tuple[int, Counter[str]]] = {}
    for column in range(1, columns):
        if not hold_pairs([fields[column] for fields in rows]):
            continue
        for key, values in list_keys(rows, column).items():
            values["O"] += max(0, len(rows) - values.total())
            found.setdefault(key, (column, values))
    return found
