"""What a format is: a class that tells whether a path has it, and makes a source of the path."""

import codecs
from collections.abc import Callable
from enum import IntEnum
from functools import cached_property
from inspect import signature
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from adaptive_spacy.data.readers.json_values import JsonFile, starts_json
from adaptive_spacy.data.readers.text import check_encoding
from adaptive_spacy.data.source import Source

HEAD_BYTES = 65_536
FIRST_STRINGS = 1000


class Confidence(IntEnum):
    """How sure a reader is of a path: the surest reads it."""

    FALLBACK = 0  # nothing speaks against it
    POSSIBLE = 1  # its syntax
    LIKELY = 2  # its shape; of several that have it, the first in the table
    CERTAIN = 3  # what no other format has; of several, the user must choose


class Evidence(NamedTuple):
    """What speaks for a format.

    confidence (Confidence): How much.
    found (str): What was found, for messages.
    """

    confidence: Confidence
    found: str


class PathSample:
    """What a file or folder shows without being read as a whole; each is looked up once.

    path (Path): It exists.
    encoding (str): What its text is in.
    """

    def __init__(self, path: Path, encoding: str = "utf-8") -> None:
        self.path = path
        self.encoding = encoding
        self.is_folder = path.is_dir()

    @cached_property
    def head(self) -> bytes:
        """RETURNS (bytes): The beginning of a file; nothing of a folder."""
        if self.is_folder:
            return b""
        with self.path.open("rb") as file:
            return file.read(HEAD_BYTES)

    @cached_property
    def text(self) -> str:
        """RETURNS (str): The beginning of a file as text, without a byte order mark and what is
        not in its encoding."""
        decoder = codecs.getincrementaldecoder(check_encoding(self.encoding))("ignore")
        return decoder.decode(self.head).replace("\r\n", "\n").removeprefix("\ufeff")

    @cached_property
    def is_json(self) -> bool:
        """Whether the file begins as JSON does, and no other text."""
        return starts_json(self.text)

    @cached_property
    def lines(self) -> list[str]:
        """RETURNS (list[str]): The lines at the beginning of a file, without one that is cut;
        nothing of a folder, and of JSON."""
        if self.is_folder or self.is_json:
            return []
        lines = self.text.splitlines()
        is_cut = not self.text.endswith(("\n", "\r"))
        return lines[:-1] if is_cut and len(lines) > 1 else lines

    @cached_property
    def strings(self) -> list[str]:
        """RETURNS (list[str]): The first texts of a JSON list of texts; nothing of other files."""
        if not self.is_json:
            return []
        found = self.record
        if isinstance(found, str):
            values = JsonFile(self.path, encoding=self.encoding).records("Opening")
            found = [value for _, value in islice(values, FIRST_STRINGS)]
        return [one for one in found if isinstance(one, str)] if are_texts(found) else []

    @cached_property
    def record(self) -> Any:
        """RETURNS (Any): The first value of JSON; None if it cannot be read."""
        try:
            file = JsonFile(self.path, encoding=self.encoding)
            return next((value for _, value in file.records("Opening")), None)
        except ValueError:
            return None


def are_texts(value: Any) -> bool:
    """Whether a value is a list that begins with a text, and has no object in its second place, as
    spaCy's `["text", {...}]`."""
    return (
        isinstance(value, list)
        and isinstance(next(iter(value), None), str)
        and (len(value) == 1 or not isinstance(value[1], dict | list))
    )


class Reader(Protocol):
    """A format: a class whose instances are sources, and a row of `FORMATS`.

    A reader checks its path as a whole when it is made, and names file and line of what is wrong;
    then it streams sentences. Its keyword arguments are its options, by the names of `convert`'s.

    title (str): What it is called.
    limits (str): What such files may hold and it does not read.
    """

    title: str
    limits: str

    def recognise(self, sample: PathSample, /) -> Evidence | None:
        """RETURNS (Evidence | None): What speaks for this format; None: it is another."""

    def __call__(self, *args: Any, **kwargs: Any) -> Source:
        """RETURNS (Source): The sentences of a path.
        RAISES (ValueError): What is wrong with it."""


def list_options(reader: Callable[..., Source]) -> set[str]:
    """RETURNS (set[str]): What can be said about how a format is read: its arguments, but for
    those that it shares with others and has no use for, its `unused`."""
    unused: frozenset[str] = getattr(reader, "unused", frozenset())
    return set(signature(reader).parameters) - {"path", "progress"} - unused
