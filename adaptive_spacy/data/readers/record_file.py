"""What records lie in, and what comes of reading one."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.json_values import show_json
from adaptive_spacy.data.readers.tag_table import Tagged


class Skipped(NamedTuple):
    """A record that was annotated but not accepted, or not annotated at all, and why."""

    reason: str


Result = AnnotatedText | Tagged | Skipped
Read = Callable[[Any], Result | list[Result]]


class Choices(NamedTuple):
    """What the user said about the entities of records.

    spans_key (str | None): Where they are; None: the usual keys.
    offsets (str | None): How their offsets count; None: as the format has them.
    """

    spans_key: str | None = None
    offsets: str | None = None


class RecordFile(Protocol):
    """What records lie in, whatever its syntax.

    place (str): What the numbers of `records` count, see `Problems`.
    kind (str): What it is, e.g. "JSONL".
    """

    @property
    def place(self) -> str: ...

    @property
    def kind(self) -> str: ...

    def records(self, action: str = "Reading") -> Iterator[tuple[int, Any]]:
        """YIELDS (tuple[int, Any]): The values with their numbers; `NotJson` for a bad one."""


def check_unique(name: Any, seen: set[str]) -> None:
    """Note what a record annotates.

    name (Any): The value that names it, a number or a text; None: it has none.
    seen (set[str]): What those before annotate, wherever they stand.
    RAISES (ValueError): If one of them annotates the same.
    """
    if name is None:
        return
    # 1 and "1" are two
    key = repr(name)
    if key in seen:
        raise ValueError(
            f"found a second annotation of task {show_json(name)}, expected one of each text; "
            "export JSON, where one of several annotations can be marked as ground truth"
        )
    seen.add(key)


def open_container(value: Any, path: str) -> list[Any]:
    """RETURNS (list[Any]): The records that a value holds under keys, divided by dots.
    RAISES (ValueError): If there is no list."""
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, list):
        raise ValueError(f'found no list under "{path}", expected one, as in the first record')
    return value
