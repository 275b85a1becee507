"""Which list of a record holds the tags of its tokens, where several may: entities are told from
parts of speech by what the lists hold, as the columns of a table are."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from adaptive_spacy.data.readers.column_choice import ENTITY_NAMES
from adaptive_spacy.data.readers.column_kinds import Kind, describe_types, find_kind

#: Records by which lists are told
FIRST_RECORDS = 1000
#: What may be entity tags
ENTITY_KINDS = (Kind.TAGS, Kind.BRACKETS, Kind.BARE, Kind.OUTSIDE)


class TagLists:
    """The lists of the first records that are as long as their tokens, under the usual keys.

    keys (tuple[str, ...]): The usual ones.
    """

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
        self.values: dict[str, Counter[str]] = {}
        self._lists: dict[str, list[list[Any]]] = {}

    def add(self, record: dict[str, Any], count: int) -> None:
        """Take a record. count (int): Its number of tokens."""
        for key in self.keys:
            found = record.get(key)
            if isinstance(found, list) and len(found) == count:
                self._lists.setdefault(key, []).append(found)
                self.values.setdefault(key, Counter()).update(
                    one for one in found if isinstance(one, str)
                )

    def list_entities(self) -> list[str]:
        """RETURNS (list[str]): Keys of what may be entity tags; of equal lists the first."""
        found: list[str] = []
        for key, values in self.values.items():
            may_be = bool(values) and self.kind(key) in ENTITY_KINDS
            if may_be and all(self._lists[key] != self._lists[other] for other in found):
                found.append(key)
        return found

    def kind(self, key: str) -> Kind:
        """RETURNS (Kind): What the lists under a key hold."""
        return find_kind(self.values[key])

    def describe(self, keys: Iterable[str]) -> str:
        """RETURNS (str): Lists with the types that they hold, for messages."""
        return ", ".join(f'"{key}" ({describe_types(self.values[key])})' for key in keys)

    def choose(self, option: str) -> str | None:
        """Choose the list that holds entities.

        option (str): What says it otherwise, for messages.
        RETURNS (str | None): Its key; None: no list is as long as its tokens.
        RAISES (ValueError): If several hold entities.
        """
        found = self.list_entities()
        if len(found) > 1:
            ways = " or ".join(f"{option} {key}" for key in found)
            raise ValueError(
                f"found tags under {self.describe(found)}, expected them under one key; {ways} "
                "says which to read"
            )
        # of lists that are none, as numbers, the one that is called so
        named = [key for key in self.values if ENTITY_NAMES.fullmatch(key)]
        return next(iter((*found, *named, *self.values)), None)
