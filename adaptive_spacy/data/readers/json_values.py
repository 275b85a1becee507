"""Read JSON values one at a time: a value per line, the items of one list, or one after another."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from adaptive_spacy.data.readers.text import MARK, describe_nul, open_text
from adaptive_spacy.data.source import shorten

HEAD_CHARS = 65_536
CHUNK_CHARS = 65_536
#: What may stand between values: JSON's white space, and where files were joined, as by `cat`, the
#: byte order mark of each
BLANK = f" \t\r\n{MARK}"
SPACE = re.compile(f"[{BLANK}]*")
#: A list that begins with two texts, or has but one
TEXTS = re.compile(r'\[[ \t\r\n]*"(?:[^"\\]|\\.)*"[ \t\r\n]*(?:,[ \t\r\n]*"|\])')


class NotJson(NamedTuple):
    """Stands for a value that could not be read, and says why."""

    message: str


class JsonFile:
    """The values of a JSON or JSONL file, streamed: no more than one is in memory at a time.

    path (str | Path): The file.
    encoding (str): Its encoding.
    progress (bool): Show a progress bar where a pass takes longer than a second.
    RAISES (ValueError): If it is no text file.
    """

    def __init__(
        self, path: str | Path, *, encoding: str = "utf-8", progress: bool = False
    ) -> None:
        self.path = Path(path)
        self.encoding = encoding
        self.progress = progress
        with open_text(self.path, encoding=encoding, expected="JSON or JSONL") as stream:
            self.layout = find_layout(stream.read(HEAD_CHARS))

    @property
    def place(self) -> str:
        """RETURNS (str): What the numbers of `records` count, to say where a value stands."""
        return "" if self.layout == "lines" else " record "

    @property
    def kind(self) -> str:
        """RETURNS (str): What the file is."""
        return "JSONL" if self.layout == "lines" else "JSON"

    def records(self, action: str = "Reading") -> Iterator[tuple[int, Any]]:
        """Yield the values with their numbers from 1; those that cannot be read as `NotJson`.

        action (str): What the progress bar says.
        YIELDS (tuple[int, Any]): Line, or number of the value where values are not lines.
        RAISES (ValueError): If the file holds bytes that are not in its encoding.
        """
        opened = open_text(self.path, encoding=self.encoding, action=action, progress=self.progress)
        with opened as stream:
            if self.layout == "lines":
                decoder = Decoder()
                for number, line in enumerate(stream, 1):
                    if "\0" in line:
                        yield number, NotJson(describe_nul(self.encoding, self.path))
                    elif line.lstrip(MARK).strip():
                        yield number, decoder.decode(line)
            else:
                values = Scanner(stream).values(is_list=self.layout == "list")
                yield from enumerate(values, 1)


def starts_json(head: str) -> bool:
    """Whether the beginning of a file is that of JSON objects or lists, and of no other text."""
    text = head.lstrip(BLANK)
    follows = text[1:].lstrip(" \t\r\n")[:1]
    starts = {"{": ('"', "}"), "[": ("{", "[", '"', "]")}
    return bool(text) and follows in starts.get(text[0], ())


def find_layout(head: str) -> str:
    """Tell from its beginning how a file holds its values.

    RETURNS (str): "lines" (a value per line), "list" (one JSON list) or "values" (one value after
        another, each over several lines).
    """
    head = head.lstrip(BLANK)
    if head.startswith("["):
        # a line per ["text", {...}] is JSONL, too
        is_line = re.match(r'\[[ \t]*"', head) and not (TEXTS.match(head) and goes_on(head))
        return "lines" if is_line else "list"
    first_line, line_end, _ = head.partition("\n")
    if not (head.startswith("{") and line_end):
        return "lines"
    try:
        Decoder().raw_decode(first_line, 0)
    except json.JSONDecodeError as error:
        # a value that goes on in the next line: no string does
        is_open = error.pos >= len(first_line.rstrip())
        return "values" if is_open and not error.msg.startswith("Unterminated") else "lines"
    except (ValueError, RecursionError):
        pass
    return "lines"


def goes_on(head: str) -> bool:
    """Whether the value at the beginning of a file goes on behind its first line, or further."""
    line, line_end, _ = head.partition("\n")
    return isinstance(Decoder().decode(line), NotJson) if line_end else len(head) >= HEAD_CHARS


def may_be_cut(error: json.JSONDecodeError, text: str) -> bool:
    """Whether the text may be the beginning of a value: the fault lies at its end."""
    return error.msg.startswith("Unterminated string") or error.pos > len(text) - 12


class Decoder:
    """Decodes JSON that is unambiguous: no key twice in one object, no NaN or Infinity."""

    def __init__(self) -> None:
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._make_object, parse_constant=self._refuse_constant
        )
        self._faults: list[str] = []

    def raw_decode(self, text: str, start: int) -> tuple[Any, int]:
        """RETURNS (tuple[Any, int]): The value, or `NotJson`, and where it ends."""
        self._faults.clear()
        value, end = self._decoder.raw_decode(text, start)
        return (NotJson(self._faults[0]) if self._faults else value), end

    def decode(self, text: str) -> Any:
        """RETURNS (Any): The only value of the text; `NotJson` if it is none."""
        text = text.strip(BLANK)
        try:
            value, end = self.raw_decode(text, 0)
        except (ValueError, RecursionError) as error:
            return NotJson(describe_fault(error, text))
        if end < len(text):
            return NotJson(
                f"found {shorten(text[end:].lstrip())} after the end of the JSON value, expected "
                "one value per line"
            )
        return value

    def _make_object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            self._faults.append(f"found the key {shorten(twice)} twice in one object, expected one")
        return value

    def _refuse_constant(self, name: str) -> None:
        self._faults.append(f"found {name}, which JSON does not have, expected a number")


def describe_fault(error: Exception, text: str) -> str:
    """RETURNS (str): Why a text is no JSON value."""
    if isinstance(error, RecursionError):
        return "found a JSON value that is nested too deeply, expected a record"
    if not isinstance(error, json.JSONDecodeError):
        return "found a number of thousands of digits, expected a record"
    if error.msg.startswith("Unterminated string"):
        return (
            f"found a string without end, {shorten(text[error.pos :])}, expected a whole JSON value"
        )
    if error.pos >= len(text):
        return "found the beginning of a JSON value, expected a whole one"
    return f"found {shorten(text[error.pos :])} at column {error.pos + 1}, expected JSON there"


class Scanner:
    """Decodes values from a stream while it is read, never far ahead of what was asked for."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._decoder = Decoder()
        self._buffer = ""
        self._at = 0

    def values(self, *, is_list: bool) -> Iterator[Any]:
        """Yield the items of a list, or values that follow one another.

        After a fault nothing more can be found: it is the last item, a `NotJson`.
        """
        try:
            yield from self._items() if is_list else self._values()
        except UnicodeDecodeError:
            raise
        except (ValueError, RecursionError) as error:
            yield NotJson(self._describe(error))

    def _values(self) -> Iterator[Any]:
        while self._peek():
            yield self._decode()

    def _items(self) -> Iterator[Any]:
        self._skip()  # the [
        separator = ","
        if self._peek() == "]":
            separator = self._skip()
        while separator == ",":
            yield self._decode()
            separator = self._skip()
        if separator != "]":
            self._at -= len(separator)
            yield NotJson(f"found {self._rest()} after a value, expected , or ]")
        elif self._peek():
            yield NotJson(f"found {self._rest()} after the end of the list, expected nothing")

    def _describe(self, error: Exception) -> str:
        if isinstance(error, json.JSONDecodeError):
            at = error.pos
            if at >= len(self._buffer):
                return "found the end of the file inside a JSON value, expected the rest of it"
            return f"found {shorten(self._buffer[at : at + 100])}, expected JSON there"
        return describe_fault(error, self._buffer)

    def _rest(self) -> str:
        rest = self._buffer[self._at : self._at + 100]
        return shorten(rest) if rest else "the end of the file"

    def _fill(self) -> bool:
        """Read as much again as is waiting, so that a long value is tried only a few times.
        RETURNS (bool): Whether there was more."""
        waiting = self._buffer[self._at :]
        more = self._stream.read(max(CHUNK_CHARS, len(waiting)))
        if more:
            self._buffer, self._at = waiting + more, 0
        return bool(more)

    def _peek(self) -> str:
        """RETURNS (str): The next character that is not blank; "" at the end."""
        while True:
            space = SPACE.match(self._buffer, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._fill():
                return ""

    def _skip(self) -> str:
        """RETURNS (str): The next character that is not blank, now passed; "" at the end."""
        char = self._peek()
        self._at += len(char)
        return char

    def _decode(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                if may_be_cut(error, self._buffer) and self._fill():
                    continue
                raise
            # a number at the edge may go on: the 0 of `0.`, the 1 of `1e+`
            if len(self._buffer) - end < 3 and self._fill():
                continue
            self._at = end
            return value


def show_json(value: Any) -> str:
    """RETURNS (str): A JSON value for messages, without the end of a long one; what a table has
    beside these, as bytes or a date, in Python's words."""
    if isinstance(value, str):
        return shorten(value)
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= 60 else f"{text[:60]}…"
