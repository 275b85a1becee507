"""The rows of a CoNLL file: which are tokens, and what the others are."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from adaptive_spacy.data.readers.conll_columns import DOCSTART, Layout, is_comment, split_row
from adaptive_spacy.data.readers.tag_table import HOW_TO_READ_MISSING, Place
from adaptive_spacy.data.schemes import BROKEN, EDGE, UNTAGGED
from adaptive_spacy.data.source import Problems, shorten

KNOWN_ROWS = 1 << 17  # rows whose columns are kept, as most rows of a text come again
LONGEST_KNOWN = 100

SKIPPED = "\tskipped"  # in place of the tag: a comment
DOCUMENT = "\tdocument"  # in place of the tag: a document begins

#: Lines, and the number of the first
Chunks = Iterable[tuple[int, list[str]]]


class Rows(NamedTuple):
    """The rows of a sentence.

    tokens (list[str]), tags (list[str]): As the file has them.
    document (int): The number of `-DOCSTART-` rows so far.
    """

    tokens: list[str]
    tags: list[str]
    document: int


class RowReader:
    """Reads rows.

    layout (Layout): The columns.
    may_miss_tags (bool): Whether a row of a token alone is one.
    """

    def __init__(self, layout: Layout, *, may_miss_tags: bool) -> None:
        self.layout = layout
        self.may_miss_tags = may_miss_tags
        self._known: dict[str, tuple[str | None, str]] = {}

    def sentences(self, chunks: Chunks, problems: Problems) -> Iterator[Rows]:
        """Yield the rows sentence by sentence.

        chunks (Chunks): The lines, see `read_lines`.
        problems (Problems): Takes the rows that cannot be read; their tag is BROKEN.
        """
        known = self._known
        document = 0
        tokens: list[str] = []
        tags: list[str] = []
        for first, chunk in chunks:
            for number, line in enumerate(chunk, first):
                row = known.get(line)
                if row is None:
                    row = self.read(line)
                    if len(line) <= LONGEST_KNOWN:
                        if len(known) == KNOWN_ROWS:
                            known.clear()
                        known[line] = row
                token, tag = row
                if token is not None:
                    tokens.append(token)
                    tags.append(tag)
                elif tag is BROKEN:
                    problems.add(number, self._find_problem(line, split_row(line)) or "")
                    tokens.append("")
                    tags.append(tag)
                elif tag is not SKIPPED:
                    if tokens:
                        yield Rows(tokens, tags, document)
                        tokens, tags = [], []
                    document += tag is DOCUMENT
        if tokens:
            yield Rows(tokens, tags, document)

    def places(self, chunks: Chunks) -> Iterator[Place]:
        """YIELDS (Place): Each tag with the one before, in the order of the lines."""
        before, last = EDGE, 0
        for first, lines in chunks:
            for number, line in enumerate(lines, first):
                tag = self.read(line)[1]
                if tag is SKIPPED:
                    continue
                if tag is DOCUMENT:
                    tag = EDGE
                yield last if tag is EDGE else number, (before, tag)
                before, last = tag, number
        yield last, (before, EDGE)

    def read(self, line: str) -> tuple[str | None, str]:
        """RETURNS (tuple[str | None, str]): Token and tag. No token: the tag says what it is."""
        fields = split_row(line)
        columns, token_at, tag_at, numbered = self.layout
        if len(fields) == columns and line[0] not in "#-":
            return fields[token_at], fields[tag_at]
        if not fields:
            return None, EDGE
        if line.startswith(DOCSTART):
            return None, DOCUMENT
        if line.startswith("# ") and is_comment(line, fields, columns):
            return None, SKIPPED
        if numbered and line.startswith("#"):
            return None, SKIPPED
        if len(fields) == columns:
            return fields[token_at], fields[tag_at]
        if self._find_problem(line, fields):
            return None, BROKEN
        return fields[token_at], UNTAGGED

    def _find_problem(self, line: str, fields: list[str]) -> str | None:
        """RETURNS (str | None): What is wrong with a row of too few or too many columns."""
        first = shorten(fields[0])
        columns, _, tag_at, _ = self.layout
        if len(fields) != columns - 1 or tag_at != len(fields):
            return f"found {len(fields)} columns at {first}, expected {columns}"
        if line[0] in " \t":
            return f"found no token before {first}, expected {columns} columns"
        if not self.may_miss_tags:
            return f"found {first} without a tag, expected one; {HOW_TO_READ_MISSING}"
        return None
