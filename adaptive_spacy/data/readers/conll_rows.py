"""The rows of a CoNLL file: which are tokens, and what the others are."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from adaptive_spacy.data.readers.column_kinds import END_OF_SENTENCE, NO_SPACE
from adaptive_spacy.data.readers.conll_columns import (
    DOCSTART,
    Layout,
    fit_row,
    split_quoted,
    split_row,
)
from adaptive_spacy.data.readers.misc_pairs import find_value
from adaptive_spacy.data.readers.number_signs import NumberSigns, Reading
from adaptive_spacy.data.readers.ranges import EMPTY_NODE, RANGE, count_range
from adaptive_spacy.data.readers.spaces import Glued
from adaptive_spacy.data.readers.tag_table import Place
from adaptive_spacy.data.schemes import BROKEN, EDGE, UNTAGGED
from adaptive_spacy.data.source import Problems, shorten

KNOWN_ROWS = 1 << 17  # rows whose columns are kept, as most rows of a text come again
LONGEST_KNOWN = 100

SKIPPED = "\tskipped"  # in place of the tag: a comment
DOCUMENT = "\tdocument"  # in place of the tag: a document begins
#: In place of the tag: the text of the sentence
TEXT = "\ttext\t"
TEXT_COMMENT = re.compile(r"# ?text ?= ?")
NEW_DOCUMENT = re.compile(r"# ?newdoc( |$)|# ([\w.-]+:)?document_id =")

#: Lines, and the number of the first
Chunks = Iterable[tuple[int, list[str]]]


class Ending(str):
    """The tag of a row that says of itself that it ends a sentence."""

    __slots__ = ()


class Rows(NamedTuple):
    """The rows of a sentence.

    tokens (list[str]), tags (list[str]): As the file has them.
    document (int): The number of documents so far.
    notes (list[tuple[int, str]]): Ranges and texts, each with the number of tokens before it.
    """

    tokens: list[str]
    tags: list[str]
    document: int
    notes: list[tuple[int, str]]


class RowReader:
    """Reads rows.

    layout (Layout): The columns.
    signs (NumberSigns): Tells comments.
    may_miss_tags (bool): Whether a row of a token alone is one.
    hint (str): What to do about such a row, if it is none.
    convert (Callable[[list[str]], list[str]] | None): Makes the usual tags of those of a sentence;
        None: they are.
    find_cut (Callable[[int, list[str]], int] | None): Says where a sentence of these tags, at this
        line, is cut as it is too long to hold, see `find_cut`; None: none is.
    """

    def __init__(
        self,
        layout: Layout,
        signs: NumberSigns,
        *,
        may_miss_tags: bool,
        hint: str = "",
        convert: Callable[[list[str]], list[str]] | None = None,
        find_cut: Callable[[int, list[str]], int] | None = None,
    ) -> None:
        self.find_cut = find_cut
        self.layout = layout
        self.signs = signs
        self.may_miss_tags = may_miss_tags
        self.hint = hint
        self.convert = convert
        #: Whether a token was white space; asked of each would take a tenth of the time
        self.has_blanks = False
        self._is_plain = layout.is_plain
        self._split = split_quoted if layout.quotes else split_row
        self._known: dict[str, tuple[str | None, str]] = {}

    def sentences(self, chunks: Chunks, problems: Problems) -> Iterator[Rows]:
        """Read the rows sentence by sentence.

        chunks (Chunks): The lines, see `read_lines`.
        problems (Problems): Takes the rows that cannot be read; their tag is BROKEN.
        RETURNS (Iterator[Rows]): The sentences.
        """
        found = self._sentences(chunks, problems)
        return found if self.layout.glue < 0 else (part for rows in found for part in split(rows))

    def _sentences(self, chunks: Chunks, problems: Problems) -> Iterator[Rows]:
        """YIELDS (Rows): What blank lines and documents divide."""
        known, convert = self._known, self.convert or keep
        document = 0
        tokens: list[str] = []
        tags: list[str] = []
        notes: list[tuple[int, str]] = []
        for first, chunk in chunks:
            for at, row in enumerate(map(known.get, chunk)):
                if row is None:
                    row = self._read_new(chunk[at])
                token, tag = row
                if token is not None:
                    tokens.append(token)
                    tags.append(tag)
                elif tag is BROKEN:
                    problems.add(first + at, self._describe(chunk[at]))
                    tokens.append("")
                    tags.append(tag)
                elif tag is EDGE or tag is DOCUMENT:
                    if tokens:
                        yield Rows(tokens, convert(tags), document, notes)
                        tokens, tags = [], []
                    notes = []
                    document += tag is DOCUMENT
                elif tag is not SKIPPED:
                    notes.append((len(tokens), tag))
            # once for some thousands of lines, as it would cost time for each
            if cut := self._find_cut(first + len(chunk) - 1, tags):
                whole = Rows(tokens, tags, document, notes)
                yield take_rows(whole, 0, cut, convert)
                tokens, tags, _, notes = take_rows(whole, cut, len(tags), keep)
        if tokens:
            yield Rows(tokens, convert(tags), document, notes)

    def _read_new(self, line: str) -> tuple[str | None, str]:
        """RETURNS (tuple[str | None, str]): Token and tag of a row, which is known from then on."""
        row = self.read(line)
        self.has_blanks |= row[0] is not None and row[0].isspace()
        if len(line) <= LONGEST_KNOWN:
            if len(self._known) == KNOWN_ROWS:
                self._known.clear()
            self._known[line] = row
        return row

    def places(self, chunks: Chunks) -> Iterator[Place]:
        """YIELDS (Place): Each tag with the one before, in the order of the lines."""
        tags: list[str] = []
        numbers: list[int] = [0]
        for first, lines in chunks:
            for number, line in enumerate(lines, first):
                token, tag = self.read(line)
                if tag in (EDGE, DOCUMENT):
                    yield from self._pair(tags, numbers)
                    tags, numbers = [], [0]
                elif token is not None or tag is BROKEN:
                    tags.append(tag)
                    numbers.append(number)
                    if type(tag) is Ending:
                        yield from self._pair(tags, numbers)
                        tags, numbers = [], [0]
            at = self._find_cut(first + len(lines) - 1, tags)
            if at:
                yield from self._pair(tags[:at], numbers[: at + 1])
                tags, numbers = tags[at:], [0, *numbers[at + 1 :]]
        yield from self._pair(tags, numbers)

    def _find_cut(self, number: int, tags: list[str]) -> int:
        return self.find_cut(number, tags) if self.find_cut else 0

    def _pair(self, tags: list[str], numbers: list[int]) -> Iterator[Place]:
        if tags:
            pairs = pairwise((EDGE, *(self.convert or keep)(tags), EDGE))
            yield from zip([*numbers[1:], numbers[-1]], pairs, strict=True)

    def read(self, line: str) -> tuple[str | None, str]:
        """RETURNS (tuple[str | None, str]): Token and tag. No token: the tag says what it is."""
        fields = self._split(line)
        columns, token_at, tag_at, index = self.layout[:4]
        if len(fields) != columns:
            fields = fit_row(fields, columns)
        if len(fields) == columns and line[0] not in "#-":
            if self._is_plain and (token := fields[token_at]) and (tag := fields[tag_at]):
                return token, tag
            return self._take(line, fields)
        if not fields:
            return None, EDGE
        if line.startswith(DOCSTART):
            return None, DOCUMENT
        if line.startswith("#"):
            reading = self.signs.read(line, fields)
            if reading is Reading.EITHER:
                return None, BROKEN
            if reading is Reading.COMMENT:
                found = TEXT_COMMENT.match(line) if index >= 0 else None
                if found is None and NEW_DOCUMENT.match(line):
                    return None, DOCUMENT
                return None, f"{TEXT}{line[found.end() :]}" if found else SKIPPED
        if len(fields) == columns:
            return self._take(line, fields)
        if self._find_problem(line, fields):
            return None, BROKEN
        return fields[token_at].removeprefix(self.layout.prefix), UNTAGGED

    def _take(self, line: str, fields: list[str]) -> tuple[str | None, str]:
        """RETURNS (tuple[str | None, str]): Token and tag of a row of all columns."""
        layout = self.layout
        if layout.header and tuple(fields) == layout.header:
            return None, SKIPPED
        flags = fields[layout.glue].split("|") if layout.glue >= 0 else []
        glued = any(flag in flags for flag in NO_SPACE)
        if layout.has_ranges:
            number = fields[layout.numbers]
            if EMPTY_NODE.fullmatch(number):
                return None, SKIPPED
            count = count_range(number)
            if count > 0:
                return None, f"{RANGE}{count}\t{int(glued)}\t{fields[layout.token]}"
        if self._find_problem(line, fields):
            return None, BROKEN
        token = fields[layout.token].removeprefix(layout.prefix)
        if layout.has_places:
            token = token[:-1]
        tag = fields[layout.tag].strip(" ")
        if layout.key:
            tag = find_value(tag, layout.key) or layout.default
        tag = tag or UNTAGGED
        return Glued(token) if glued else token, Ending(tag) if END_OF_SENTENCE in flags else tag

    def _describe(self, line: str) -> str:
        """RETURNS (str): What is wrong with a row that cannot be read."""
        fields = fit_row(self._split(line), self.layout.columns)
        if line.startswith("#") and self.signs.read(line, fields) is Reading.EITHER:
            return self.signs.describe(line)
        return self._find_problem(line, fields) or ""

    def _find_problem(self, line: str, fields: list[str]) -> str | None:
        """RETURNS (str | None): What is wrong with a row."""
        layout = self.layout
        fields = fit_row(fields, layout.columns)
        first = shorten(fields[0] or next(filter(None, fields)))
        if len(fields) == layout.columns:
            token, tag = fields[layout.token], fields[layout.tag].strip(" ")
            if layout.has_ranges and count_range(fields[layout.numbers]) < 0:
                return f"found the range {first}, expected one that goes up, as 2-3"
            if not token:
                return f"found no token before {first}, expected {layout.columns} columns"
            if not token.startswith(layout.prefix) or token == layout.prefix:
                return f"found {shorten(token)}, expected {layout.prefix} before it as everywhere"
            if layout.has_places and not (len(token) > 1 and token[-1].isdecimal()):
                return f"found {shorten(token)}, expected a digit behind it as everywhere"
            has_tag = tag if not layout.key else find_value(tag, layout.key) or layout.default
            if has_tag or self.may_miss_tags:
                return None
            first = shorten(token)
        elif len(fields) != layout.columns - 1 or layout.tag != len(fields):
            return f"found {len(fields)} columns at {first}, expected {layout.columns}"
        elif line[0] in " \t":
            return f"found no token before {first}, expected {layout.columns} columns"
        if not self.may_miss_tags:
            return f"found {first} without a tag, expected one{self.hint}"
        return None


def take_rows(rows: Rows, start: int, end: int, convert: Callable[[list[str]], list[str]]) -> Rows:
    """RETURNS (Rows): A part of them."""
    notes = [(at - start, note) for at, note in rows.notes if start <= at < end]
    return Rows(rows.tokens[start:end], convert(rows.tags[start:end]), rows.document, notes)


def keep(tags: list[str]) -> list[str]:
    """RETURNS (list[str]): The tags as they are."""
    return tags


def split(rows: Rows) -> Iterator[Rows]:
    """YIELDS (Rows): The sentences of what was taken for one, where rows say that they end one."""
    ends = [i for i, tag in enumerate(rows.tags, 1) if type(tag) is Ending]
    for start, end in pairwise(sorted({0, *ends, len(rows.tags)})):
        notes = [(at - start, note) for at, note in rows.notes if start <= at < end or not ends]
        yield Rows(rows.tokens[start:end], rows.tags[start:end], rows.document, notes)
