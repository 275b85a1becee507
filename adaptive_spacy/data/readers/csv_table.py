"""Read tables of a token and its tag per row, divided by commas, semicolons, tabs or bars."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from adaptive_spacy.data.readers.column_choice import choose_columns, find_columns, is_header
from adaptive_spacy.data.readers.column_kinds import Kind, find_kind
from adaptive_spacy.data.readers.column_names import DOCUMENT_NAME, SENTENCE, find_named
from adaptive_spacy.data.readers.conll_rows import DOCUMENT
from adaptive_spacy.data.readers.numbered_file import Numbered, NumberedFile
from adaptive_spacy.data.readers.quoting import are_quoted, unquote_all
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.tag_spelling import is_outside
from adaptive_spacy.data.schemes import BROKEN, EDGE, PREFIXED
from adaptive_spacy.data.source import Problems, shorten

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SNIFFED_ROWS = 1000
#: Rows of as many columns, from which a table is one; the others are broken
MOST = 0.5


class Dialect(NamedTuple):
    """How a table is written.

    delimiter (str): What divides columns.
    quotes (bool): Whether quotation marks are around what they are not part of. Among tabs they are
        tokens, but for those that `unquote` tells, unless the names of the columns are quoted.
    names (tuple[str, ...]): The header; nothing: there is none.
    """

    delimiter: str
    quotes: bool
    names: tuple[str, ...]


# a list of texts, lists or objects or of several things; a token may be [] or [1]
LIST = re.compile(r"""(?s)[\[({]\s*["'\[({].*[\])}]|[\[(].*[,\s].*[\])]""")
# a part of a list of lists, tuples or objects, as programs write it
LIST_BEGINS = re.compile(r"""[\[(]\s*[\[({]\s*["'\d]""")


class CsvTable(NumberedFile):
    """The sentences of a table with a header, or of one divided by commas or semicolons.

    A sentence ends where the column of sentences (`Sentence #`, `sentence_id`) names another one;
    an empty column there is the same sentence. Without such a column it ends at an empty row. A
    column of documents (`doc_id`, `file`) divides these.

    The arguments are those of `TokenFile`.
    """

    title = "CSV"
    limits = "columns beside sentence, token and tag; tables of a text per row"
    expected = "a table"
    expected_line = "a token and its tag per row"
    divides_documents = "a column of documents"
    ends_sentences = "another number in a column of sentences, or an empty row,"

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Of a header of token and tag, or of columns of tags."""
        lines = sample.lines
        dialect = find_dialect(lines)
        if dialect is None or any(map(holds_list, parse_lines(lines, dialect))):
            return None
        names = f" with the header {', '.join(dialect.names)}" if dialect.names else ""
        found = f"a table divided by {DELIMITERS[dialect.delimiter]}{names}"
        return Evidence(Confidence.CERTAIN, found)

    def _open(self, token_column: int | str | None, tag_column: int | str | None) -> None:
        lines = [line for _, line in islice(self._lines("Opening"), SNIFFED_ROWS)]
        dialect = find_dialect(lines) or find_dialect(lines, insist=True)
        if dialect is None:
            raise ValueError(
                f"{self.path}: expected a table of a token and its tag per row, divided by commas, "
                f"semicolons, tabs or bars, found {shorten(next(iter(lines), ''))}"
            )
        self.dialect = dialect
        rows = list(parse_lines(lines, dialect))
        if dialect.names:
            rows = rows[1:]
        columns = len(dialect.names) or count_fields(rows)
        try:
            token, tag = find_columns(token_column, tag_column, columns, dialect.names)
            choice = choose_columns(
                rows, columns, token=token, tag=tag, names=dialect.names, may_swap=True
            )
        except ValueError as error:
            raise ValueError(f"{self.path}: {error}") from None
        if choice.token == choice.tag:
            raise ValueError(
                f"{self.path}: found token and tag in column {choice.tag}, expected two columns"
            )
        self.columns, self.token, self.tag = columns, choice.token, choice.tag
        self.detected_tag_column = tag is None
        others = [i for i in range(columns) if i not in (choice.token, choice.tag)]
        self.sentence = find_named(dialect.names, SENTENCE, others)
        self.document = find_named(dialect.names, DOCUMENT_NAME, others)

    def _describe_columns(self) -> str:
        parts = [f"divided by {DELIMITERS[self.dialect.delimiter]}"]
        for what, column in (
            ("tag", self.tag),
            ("token", self.token),
            ("sentence", self.sentence),
            ("document", self.document),
        ):
            if column >= 0:
                name = f" {self.dialect.names[column]!r}" if self.dialect.names else ""
                detected = " (detected)" if what == "tag" and self.detected_tag_column else ""
                parts.append(f"{what} column {column}{name}{detected}")
        return ", ".join(parts)

    def _tokens(self, action: str, problems: Problems) -> Iterator[Numbered]:
        sentence = document = ""
        is_first = bool(self.dialect.names)
        for number, fields in self._rows(action):
            if is_first or (self.dialect.names and tuple(fields) == self.dialect.names):
                is_first = False
                continue
            if not any(field.strip() for field in fields):
                yield number, None, EDGE
                continue
            fields = fit_fields(fields, self.columns)
            fault = self._find_fault(fields)
            if fault is not None:
                problems.add(number, fault)
                yield number, "", BROKEN
                continue
            name = fields[self.document] if self.document >= 0 else ""
            if name and name != document:
                document = name
                yield number, None, DOCUMENT
            name = fields[self.sentence] if self.sentence >= 0 else ""
            if name and name != sentence:
                sentence = name
                yield number, None, EDGE
            yield self._check(number, fields[self.token], fields[self.tag].strip(), problems)

    def _rows(self, action: str) -> Iterator[tuple[int, list[str]]]:
        """YIELDS (tuple[int, list[str]]): The fields of each row, with its first line.
        RAISES (ValueError): What is no table."""
        number = 0

        def feed() -> Iterator[str]:
            nonlocal number
            for number, line in self._lines(action):  # noqa: B007 (read below)
                yield f"{line}\n"

        start = 1
        try:
            for fields in make_reader(feed(), self.dialect):
                yield start, fields
                start = number + 1
        except csv.Error as error:
            raise ValueError(f"{self.path}:{start}: found no row of a table: {error}") from None

    def _find_fault(self, fields: Sequence[str]) -> str | None:
        """RETURNS (str | None): What is wrong with a row."""
        if any("\n" in field for field in fields):
            return (
                f"found {shorten(next(field for field in fields if chr(10) in field))}, which goes "
                "over several lines, expected a token; close the quotation mark, or double it "
                "within quotation marks"
            )
        if len(fields) != self.columns:
            return f"found {len(fields)} columns at {shorten(fields[0])}, expected {self.columns}"
        return None


def make_reader(lines: Iterator[str], dialect: Dialect) -> Iterator[list[str]]:
    """RETURNS (Iterator[list[str]]): The fields of each row."""
    if dialect.quotes:
        return csv.reader(lines, delimiter=dialect.delimiter)
    rows = csv.reader(lines, delimiter=dialect.delimiter, quoting=csv.QUOTE_NONE)
    return map(unquote_all, rows)


def parse_lines(lines: Sequence[str], dialect: Dialect) -> Iterator[list[str]]:
    """YIELDS (list[str]): The fields of each row, up to one that cannot be read."""
    try:
        yield from make_reader(iter([f"{line}\n" for line in lines]), dialect)
    except csv.Error:
        return


def find_dialect(lines: Sequence[str], *, insist: bool = False) -> Dialect | None:
    """Tell how a table is written from its first lines.

    insist (bool): Whether it is one for certain: as the most of its lines are divided then.
    RETURNS (Dialect | None): None: it is none.
    """
    first = next((line for line in lines if line.strip()), "")
    for delimiter in DELIMITERS:
        quotes = delimiter != "\t" or are_quoted(first.split(delimiter))
        plain = Dialect(delimiter, quotes, ())
        header = next(parse_lines([first], plain), [])
        if len(header) > 1 and is_header(header) and "\n" not in "".join(header):
            others = range(len(header))
            if quotes or insist or find_named(header, SENTENCE, others) >= 0:
                return plain._replace(names=tuple(header))
        elif delimiter not in ",;" or len(header) < 2:
            continue
        elif insist or holds_tags(lines, plain):
            return plain
        elif holds_tags(lines[1:], plain):
            return plain._replace(names=tuple(header))  # of names that are not known
    return None


def holds_tags(lines: Sequence[str], dialect: Dialect) -> bool:
    """Whether lines without a header are rows of as many columns, one of which holds tags."""
    rows = [fields for fields in parse_lines(lines, dialect) if any(fields)]
    columns = count_fields(rows)
    kept = [fields for fields in rows if len(fields) == columns]
    if columns < 2 or len(kept) < MOST * len(rows):
        return False
    kinds = [find_kind(Counter(column)) for column in zip(*kept, strict=True)]
    # rows of CoNLL may hold commas; not so in all columns
    return any(kind is Kind.TAGS for kind in kinds) and not any("\t" in line for line in lines)


def holds_list(fields: Sequence[str]) -> bool:
    """Whether a row is of a text with all its tags or entities, or a part of such a list."""
    if any(LIST.fullmatch(field) or LIST_BEGINS.search(field) for field in fields):
        return True
    # an empty one may also be a token, beside its tag
    is_tagged = any(is_outside(field) or PREFIXED.fullmatch(field) for field in fields if field)
    return not is_tagged and any(field in ("[]", "{}") for field in fields)


def count_fields(rows: Sequence[Sequence[str]]) -> int:
    """RETURNS (int): The number of columns that most rows have."""
    counts = Counter(len(fields) for fields in rows if any(fields))
    return max(counts, key=counts.__getitem__, default=0)


def fit_fields(fields: list[str], columns: int) -> list[str]:
    """RETURNS (list[str]): The row without empty columns at its end that are too many."""
    while len(fields) > columns and not fields[-1]:
        fields = fields[:-1]
    return fields
