"""Read a text file as lines, some thousands at a time, and refuse what is no text in it."""

import re
from collections.abc import Iterator
from pathlib import Path

from adaptive_spacy.data.readers.encodings import suggest_encoding
from adaptive_spacy.data.readers.text import MARK, check_encoding, describe_nul, open_text

CHUNK_CHARS = 1 << 20
MAX_LINE_CHARS = 1 << 24
#: At the beginning of a line, but for one that is a column of its own: a token, as in tweets
LATER_MARK = re.compile(rf"^{MARK}(?![ \t])", re.MULTILINE)


def read_lines(
    path: Path,
    *,
    encoding: str | None,
    expected: str,
    expected_line: str,
    action: str,
    progress: bool,
) -> Iterator[tuple[int, list[str]]]:
    """Yield whole lines, without any kind of line end, and the number of the first.

    encoding (str | None): As for `open_text`.
    expected (str), expected_line (str): What the file and a line should be, for the messages.
    action (str), progress (bool): Of the progress bar, see `open_text`.
    RAISES (ValueError): What makes a file unreadable as a whole, with its line.
    """
    number = 1
    with open_text(
        path, encoding=encoding, expected=expected, action=action, progress=progress
    ) as stream:
        while text := stream.read(CHUNK_CHARS):
            rest = stream.readline(MAX_LINE_CHARS)
            fault = find_fault(text, rest, path, encoding, expected_line)
            if fault is not None:
                at, found = fault
                line = number + (text + rest).count("\n", 0, at)
                raise ValueError(f"{path}:{line}: {found}")
            lines = drop_marks(text + rest).split("\n")
            if not lines[-1]:
                lines.pop()
            yield number, lines
            number += len(lines)


def drop_marks(text: str) -> str:
    """RETURNS (str): The text without the byte order marks of files that were joined, as by `cat`:
    where another one begins, a line does."""
    return LATER_MARK.sub("", text) if MARK in text else text


def find_fault(
    text: str, rest: str, path: Path, encoding: str | None, expected: str
) -> tuple[int, str] | None:
    """RETURNS (tuple[int, str] | None): Where in a chunk is what no text has, and what it is.

    text (str), rest (str): The chunk, and the end of its last line.
    expected (str): What a line should be.
    """
    if len(rest) == MAX_LINE_CHARS:
        found = f"found a line of more than {MAX_LINE_CHARS:,} characters, expected {expected}"
        return len(text), found
    if "\0" in text or "\0" in rest:
        return (text + rest).index("\0"), describe_nul(encoding, path)
    if encoding and not text.isascii() and check_encoding(encoding) != "utf-8-sig":
        # UTF-7 and the like can spell what is no character
        try:
            (text + rest).encode()
        except UnicodeEncodeError as error:
            at = error.start
            return at, (
                f"found the lone surrogate U+{ord((text + rest)[at]):04X}, expected {encoding} "
                f"text; {suggest_encoding(path, encoding)}"
            )
    return None
