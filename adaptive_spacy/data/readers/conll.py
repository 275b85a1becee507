"""Read CoNLL files: one token with its entity tag per line, a blank line after each sentence."""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from adaptive_spacy.data.readers.brackets import BRACKET_SCHEME, read_brackets
from adaptive_spacy.data.readers.column_choice import (
    Choice,
    choose_columns,
    find_column,
    is_header,
)
from adaptive_spacy.data.readers.column_kinds import INDEX, Kind, find_kind, is_bracketed
from adaptive_spacy.data.readers.conll_columns import DOCSTART, Layout, count_columns, split_row
from adaptive_spacy.data.readers.conll_rows import Chunks, RowReader, Rows
from adaptive_spacy.data.readers.line_chunks import read_lines
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.tag_table import HOW_TO_READ_MISSING, Place
from adaptive_spacy.data.readers.token_file import TokenFile
from adaptive_spacy.data.source import Problems

SNIFFED_ROWS = 1000


class ConllFile(TokenFile):
    """The sentences of a file of rows.

    Columns are separated by tabs or, in a row without a tab, by spaces. A first row of names, as
    `word` and `label`, is a header. `-DOCSTART-` rows divide documents. Comments are skipped: lines
    that start with `# ` and go on as `key = value` or with more columns than the file has. Other
    `#` are tokens, as in tweets, unless rows begin with a number.

    The arguments are those of `TokenFile`.
    """

    title = "CoNLL"
    limits = "columns beside token and tag; nested entities"
    expected = "a CoNLL file"
    divides_documents = f"{DOCSTART} rows"

    def _open(self, token_column: int | str | None, tag_column: int | str | None) -> None:
        rows = self._sniff()
        header = self._find_header(rows)
        names = tuple(name.strip() for name in header) or self._names
        if header:
            rows = [fields for fields in rows if tuple(fields) != header]
        columns = count_columns(rows)
        if columns == 1:
            raise ValueError(f"{self.path}: expected rows of {self.row}, found one column")
        names = names if len(names) == columns else ()
        token, tag = (
            None if given is None else self._find(option, given, columns, names)
            for option, given in (("--token-column", token_column), ("--tag-column", tag_column))
        )
        if token is not None and token == tag:
            raise ValueError(
                f"{self.path}: expected two columns, got --token-column {token_column} and "
                f"--tag-column {tag_column}, which are the same of {columns}"
            )
        choice = self._choose(rows, columns, token, tag, names)
        self.names = names
        self.detected_tag_column = tag is None
        self.layout = self._lay_out(rows, columns, choice, header)
        values = Counter(row[choice.tag] for row in rows if len(row) == columns)
        has_brackets = is_bracketed(values)
        if has_brackets:
            self.tags.take_scheme(BRACKET_SCHEME)
        self._rows = RowReader(
            self.layout,
            may_miss_tags=self.tags.missing_tag is not None,
            # where the others are no tags, the row is not what is wrong
            hint=f"; {HOW_TO_READ_MISSING}" if self._has_tags(values) else "",
            convert=read_brackets if has_brackets else None,
        )

    def _has_tags(self, values: Counter[str]) -> bool:
        if self.layout.key or not self.tags.detected:
            return True
        tags = Counter({raw: count for raw, count in values.items() if raw})
        return not tags or find_kind(tags) in (
            *(Kind.TAGS, Kind.CHUNKS, Kind.BARE),
            *(Kind.OUTSIDE, Kind.BRACKETS),
        )

    @property
    def _has_blanks(self) -> bool:
        return self._rows.has_blanks

    @property
    def _tag_place(self) -> str:
        return f" in column {self.layout.tag}"

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Any file: what else is text is best refused by line."""
        return None if sample.is_folder else Evidence(Confidence.FALLBACK, "text")

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """RETURNS (tuple[str, ...]): What a comment calls the columns."""
        return ()

    def _find(self, option: str, given: int | str, columns: int, names: tuple[str, ...]) -> int:
        try:
            return find_column(option, given, columns, names)
        except ValueError as error:
            raise ValueError(f"{self.path}: {error}") from None

    def _choose(
        self,
        rows: list[list[str]],
        columns: int,
        token: int | None,
        tag: int | None,
        names: tuple[str, ...],
    ) -> Choice:
        may_swap = self.tags.detected or self.tags.scheme != "bare"
        try:
            choice = choose_columns(
                rows, columns, token=token, tag=tag, names=names, may_swap=may_swap
            )
        except ValueError as error:
            raise ValueError(f"{self.path}: {error}") from None
        if choice.token == choice.tag:
            raise ValueError(
                f"{self.path}: found token and tag in column {choice.tag}, expected two columns; "
                "pass both --token-column and --tag-column"
            )
        return choice

    def _lay_out(
        self, rows: list[list[str]], columns: int, choice: Choice, header: tuple[str, ...]
    ) -> Layout:
        at = choice.numbers
        numbers = {fields[at] for fields in rows if at >= 0 and len(fields) == columns}
        has_ranges = any(map(str.isdigit, numbers)) and all(map(INDEX.fullmatch, numbers))
        return Layout(
            columns,
            choice.token,
            choice.tag,
            at,
            has_ranges,
            choice.glue,
            choice.prefix,
            header=header,
        )

    def _find_header(self, rows: list[list[str]]) -> tuple[str, ...]:
        """RETURNS (tuple[str, ...]): The first row, if it names the columns; nothing if not."""
        first = next((fields for fields in rows if fields), [])
        return tuple(first) if is_header(first) else ()

    def _describe_columns(self) -> str:
        layout = self.layout
        tag, token = (
            f"{column} {self.names[column]!r}" if self.names else f"{column}"
            for column in (layout.tag, layout.token)
        )
        parts = [
            f"tag column {tag}",
            f" under {layout.key}=" if layout.key else "",
            " (detected)" if self.detected_tag_column else "",
            f", token column {token}",
            ", a header" if layout.header else "",
            f", {layout.prefix!r} taken off each token" if layout.prefix else "",
        ]
        return "".join(parts)

    def _read(self, action: str, problems: Problems) -> Iterator[Rows]:
        return self._rows.sentences(self._chunks(action), problems)

    def _places(self) -> Iterator[Place]:
        return self._rows.places(self._chunks("Locating"))

    def _chunks(self, action: str) -> Chunks:
        return read_lines(
            self.path,
            encoding=self.encoding,
            expected=self.expected,
            expected_line="a token and its tag per line",
            action=action,
            progress=self.progress,
        )

    @property
    def _has_texts(self) -> bool:
        return self.layout.numbers >= 0

    @property
    def _has_flags(self) -> bool:
        return self.layout.glue >= 0

    def _sniff(self) -> list[list[str]]:
        """RETURNS (list[list[str]]): The columns of the first rows; nothing for a blank line."""
        rows: list[list[str]] = []
        full = 0
        for _, lines in self._chunks("Opening"):
            for line in lines:
                fields = [] if line.startswith(DOCSTART) else split_row(line)
                if line.startswith("# "):
                    continue
                # a file may begin with many tokens without a tag
                if len(fields) > 1 or len(rows) < SNIFFED_ROWS:
                    rows.append(fields)
                full += len(fields) > 1
                if full == SNIFFED_ROWS:
                    return rows
        return rows
