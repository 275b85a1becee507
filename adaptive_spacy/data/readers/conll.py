"""Read CoNLL files: one token with its entity tag per line, a blank line after each sentence."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import groupby

from adaptive_spacy.data.readers.brackets import BRACKET_SCHEME, read_brackets
from adaptive_spacy.data.readers.column_choice import (
    Choice,
    choose_columns,
    find_column,
    is_header,
)
from adaptive_spacy.data.readers.column_kinds import (
    INDEX,
    Kind,
    describe_types,
    find_kind,
    is_bracketed,
)
from adaptive_spacy.data.readers.conll_columns import DOCSTART, Layout, count_columns, split_row
from adaptive_spacy.data.readers.conll_rows import Chunks, RowReader, Rows
from adaptive_spacy.data.readers.entity_ids import ID_SCHEME, are_counted, are_ids, read_ids
from adaptive_spacy.data.readers.line_chunks import read_lines
from adaptive_spacy.data.readers.misc_pairs import find_keys, find_value, is_entity_key
from adaptive_spacy.data.readers.number_signs import NumberSigns
from adaptive_spacy.data.readers.quoting import unquote_all
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.tag_table import HOW_TO_READ_MISSING, Place
from adaptive_spacy.data.readers.token_file import TokenFile
from adaptive_spacy.data.source import Problems

SNIFFED_ROWS = 1000


class ConllFile(TokenFile):
    """The sentences of a file of rows.

    Columns are separated by tabs or, in a row without a tab, by spaces. A first row of names, as
    `word` and `label`, is a header. `-DOCSTART-` rows divide documents. Comments are skipped, see
    `NumberSigns`; other `#` are tokens, as in tweets, unless rows begin with a number.

    The arguments are those of `TokenFile`.
    """

    title = "CoNLL"
    limits = "columns beside token and tag; nested entities"
    expected = "a CoNLL file"
    divides_documents = f"{DOCSTART} rows"

    #: Whether the tags are numbered entities
    has_ids = False
    #: The key of the tags, where their column holds pairs of key and value
    _key = ""
    #: Whether tabs divide the columns of all rows
    _tabbed = True

    def _open(self, token_column: int | str | None, tag_column: int | str | None) -> None:
        rows = self._sniff()
        header = self._find_header(rows)
        names = tuple(name.strip() for name in header) or self._names
        if header:
            rows = [fields for fields in rows if tuple(fields) != header]
            rows = list(map(unquote_all, rows)) if self._tabbed else rows
        columns = count_columns(rows)
        if columns == 1:
            raise ValueError(f"{self.path}: expected rows of {self.row}, found one column")
        names = names if len(names) == columns else ()
        self._keys = find_keys([row for row in rows if len(row) == columns], columns)
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
        values = Counter(self._take_tag(row) for row in rows if len(row) == columns)
        convert = self._find_conversion(rows, values)
        may_miss_tags = self.tags.missing_tag is not None
        self._rows = RowReader(
            self.layout,
            NumberSigns(
                self.layout,
                frozenset(self._list_tags(rows)),
                insists=self.tags.scheme == "bare",
                may_miss_tags=may_miss_tags,
            ),
            may_miss_tags=may_miss_tags,
            # where the others are no tags, the row is not what is wrong
            hint=f"; {HOW_TO_READ_MISSING}" if self._has_tags(values) else "",
            convert=convert,
            find_cut=self._find_cut,
        )

    def _take_tag(self, row: list[str]) -> str:
        tag = row[self.layout.tag]
        return find_value(tag, self._key) or self.layout.default if self._key else tag

    def _list_tags(self, rows: list[list[str]]) -> Iterator[str]:
        """YIELDS (str): The tags of rows that are certain to be some."""
        for row in rows:
            is_row = len(row) == self.layout.columns and not row[0].startswith("#")
            if is_row and (tag := self._take_tag(row)):
                yield tag

    def _find_conversion(
        self, rows: list[list[str]], values: Counter[str]
    ) -> Callable[[list[str]], list[str]] | None:
        """RETURNS (Callable[[list[str]], list[str]] | None): What makes tags of brackets or ids;
        None: they are tags already."""
        if is_bracketed(values):
            if not self.tags.detected and self.tags.scheme != BRACKET_SCHEME:
                raise ValueError(
                    f"{self.path}: found tags in brackets, as (PER*, expected tags of --scheme "
                    f"{self.tags.scheme}; leave it out for this file"
                )
            self.tags.take_scheme(BRACKET_SCHEME)
            return read_brackets
        self.has_ids = self.tags.detected and are_ids(values)
        if self.has_ids and not self._key:
            sentences = [
                [self._take_tag(row) for row in group if len(row) == self.layout.columns]
                for _, group in groupby(rows, bool)
            ]
            self.has_ids = are_counted(sentences)
        if self.has_ids:
            self.tags.take_scheme(ID_SCHEME)
            return read_ids
        return None

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
        if option == "--tag-column" and str(given) in self._keys and given not in names:
            self._key = str(given)
            return self._keys[self._key][0]
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
        if tag is None:
            tag = self._choose_key(rows, columns)
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

    def _choose_key(self, rows: list[list[str]], columns: int) -> int | None:
        """RETURNS (int | None): The column of pairs of which one is the tag; None: there is none.
        RAISES (ValueError): If there are other tags, too."""
        found = {key: one for key, one in self._keys.items() if is_entity_key(key, one[1])}
        if not found:
            return None
        full = [row for row in rows if len(row) == columns]
        taken = {column for column, _ in found.values()}
        for column in set(range(1, columns)) - taken:
            values = Counter(row[column] for row in full)
            if find_kind(values) in (Kind.TAGS, Kind.BRACKETS):
                found[str(column)] = column, values
        if len(found) > 1:
            shown = ", ".join(f"{name} ({describe_types(one[1])})" for name, one in found.items())
            ways = " or ".join(f"--tag-column {name}" for name in found)
            raise ValueError(
                f"{self.path}: found entity tags in {shown}, expected one of them; {ways} says "
                "which to read"
            )
        ((self._key, (column, _)),) = found.items()
        return column

    def _lay_out(
        self, rows: list[list[str]], columns: int, choice: Choice, header: tuple[str, ...]
    ) -> Layout:
        at = choice.numbers
        numbers = {fields[at] for fields in rows if at >= 0 and len(fields) == columns}
        has_ranges = any(map(str.isdigit, numbers)) and all(map(INDEX.fullmatch, numbers))
        default = ""
        if self._key:
            full = [row[choice.tag] for row in rows if len(row) == columns]
            # where `O` is written, a token without the key has no tag
            default = "" if any(find_value(one, self._key) == "O" for one in full) else "O"
        tabbed = self._tabbed and any(rows)
        return Layout(
            *(columns, choice.token, choice.tag, at, has_ranges, choice.glue, choice.prefix),
            *(self._key, default, header, choice.has_places, tabbed, tabbed and bool(header)),
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
            " (numbers of entities)" if self.has_ids else "",
            " (detected)" if self.detected_tag_column else "",
            f", token column {token}",
            ", a header" if layout.header else "",
            f", {layout.prefix!r} taken off each token" if layout.prefix else "",
            ", a place in its word taken off each token" if layout.has_places else "",
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
                self._tabbed &= len(fields) < 2 or "\t" in line or line.startswith("#")
                # a file may begin with many tokens without a tag
                if len(fields) > 1 or len(rows) < SNIFFED_ROWS:
                    rows.append(fields)
                full += len(fields) > 1
                if full == SNIFFED_ROWS:
                    return rows
        return rows
