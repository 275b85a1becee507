"""Read CoNLL files: one token with its entity tag per line, a blank line after each sentence."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

from adaptive_spacy.data.readers.conll_columns import (
    DOCSTART,
    Layout,
    count_columns,
    detect_tag_column,
    is_numbered,
    split_row,
)
from adaptive_spacy.data.readers.conll_rows import Chunks, RowReader
from adaptive_spacy.data.readers.grouping import join, parse_group
from adaptive_spacy.data.readers.line_chunks import read_lines
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.tag_table import Place, TagTable
from adaptive_spacy.data.schemes import decode
from adaptive_spacy.data.source import Problems, Sentence

SNIFFED_ROWS = 1000
MAX_TAGS = 10_000


class ConllFile:
    """The sentences of one file: checked as a whole first, then streamed as often as needed.

    Columns are separated by tabs or, in a row without a tab, by spaces. `-DOCSTART-` rows divide
    documents. Comments are skipped: lines that start with `# ` and go on as `key = value` or with
    more columns than the file has. Other `#` are tokens, as in tweets, unless rows begin with a
    number.

    path (str | Path): The file.
    scheme (str): One of `SCHEMES`, or "auto": the one that fits the whole file.
    missing_tag (str | None): A row without a tag is an outside token ("O"), a token without
        annotation ("mask"), or an error (None).
    token_column (int | None): Column of the token, from 0; -1 is the last. None: 0, or 1 where
        column 0 numbers the tokens.
    tag_column (int | None): Column of the tag, from 0; -1 is the last. None: the last, unless
        another one clearly has the tags; see `detect_tag_column`.
    group (str | int): What is one item: "sentences"; "documents", as `-DOCSTART-` divides them; or
        paragraphs of that many sentences, which do not go across documents.
    repair (bool): Read illegal sequences of tags, see `decode`, and count them.
    encoding (str): Encoding of the file. A byte order mark is dropped.
    progress (bool): Show a progress bar where a pass takes longer than a second.
    RAISES (ValueError): The first 20 problems, each with its file and line, and how many more.
    """

    title: ClassVar[str] = "CoNLL"
    limits: ClassVar[str] = "columns beside token and tag; nested entities"

    def __init__(
        self,
        path: str | Path,
        *,
        scheme: str = "auto",
        missing_tag: str | None = None,
        token_column: int | None = None,
        tag_column: int | None = None,
        group: str | int = "sentences",
        repair: bool = False,
        encoding: str = "utf-8",
        progress: bool = False,
    ) -> None:
        self.path = Path(path)
        self.repairs: Counter[str] = Counter()
        self.group = parse_group(group)
        self.tags = TagTable(scheme, missing_tag)
        self._lines = partial(
            read_lines,
            self.path,
            encoding=encoding,
            expected="a CoNLL file",
            expected_line="a token and its tag per line",
            progress=progress,
        )
        self.detected_tag_column = tag_column is None
        self.layout = self._find_layout(token_column, tag_column)
        self._rows = RowReader(self.layout, may_miss_tags=missing_tag is not None)
        problems = Problems()
        self._survey(problems)
        self.tags.settle(problems, self._places, repair=repair, repairs=self.repairs)
        problems.raise_any(self.path)

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Any file: what else is text is best refused by line."""
        return None if sample.is_folder else Evidence(Confidence.FALLBACK, "text")

    def __iter__(self) -> Iterator[Sentence]:
        sentences = self._sentences()
        if self.group == "sentences":
            return (sentence for _, sentence in sentences)
        return join(sentences, None if self.group == "documents" else int(self.group))

    def describe(self) -> str:
        """RETURNS (str): The scheme, and what else was detected."""
        parts = [f"CoNLL, {self.tags.describe()}"]
        if self.layout.columns > 2:
            detected = " (detected)" if self.detected_tag_column else ""
            parts.append(f"tag column {self.layout.tag}{detected}")
        if self.layout.token:
            parts.append(f"token column {self.layout.token}")
        if self.group != "sentences":
            size = "" if self.group == "documents" else f" of {self.group} sentences"
            parts.append(f"documents{size}")
        return ", ".join(parts)

    def _sentences(self) -> Iterator[tuple[int, Sentence]]:
        """Yield the sentences, each with the number of its document."""
        find_missing, meanings = self.tags.find_missing, self.tags.meanings
        for tokens, tags, document in self._rows.sentences(self._chunks("Reading"), Problems()):
            yield document, Sentence(tokens, decode(tags, meanings), find_missing(tags))

    def _chunks(self, action: str) -> Chunks:
        return self._lines(action=action)

    def _find_layout(self, token_column: int | None, tag_column: int | None) -> Layout:
        rows = self._sniff()
        columns = count_columns(rows)
        if columns == 1:
            raise ValueError(f"{self.path}: expected rows of a token and its tag, found one column")
        numbered = is_numbered(rows)
        if token_column is None:
            token_column = int(numbered)
        token = self._check_column("--token-column", token_column, columns)
        if tag_column is None:
            tag_column = detect_tag_column(rows, columns, token)
        tag = self._check_column("--tag-column", tag_column, columns)
        if token == tag:
            raise ValueError(
                f"{self.path}: expected two columns, got --token-column {token_column} and "
                f"--tag-column {tag_column}, which are the same of {columns}"
            )
        return Layout(columns, token, tag, numbered and token > 0)

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

    def _check_column(self, option: str, column: int, columns: int) -> int:
        if not -columns <= column < columns:
            raise ValueError(
                f"{self.path}: {option}: expected a column from 0 to {columns - 1}, or -1 "
                f"for the last, got {column}"
            )
        return column % columns

    def _survey(self, problems: Problems) -> None:
        """Walk the file once.

        problems (Problems): Takes the rows that cannot be read.
        RAISES (ValueError): If there is no row, if the tags are none, or if there are no documents
            where these are asked for.
        """
        documents = 0
        for rows in self._rows.sentences(self._chunks("Checking"), problems):
            documents = rows.document
            self.tags.add(rows.tags)
            if self.tags.has_more_tags_than(MAX_TAGS):
                raise ValueError(
                    f"{self.path}: found more than {MAX_TAGS:,} different tags in column "
                    f"{self.layout.tag}, expected entity tags; pass the right --tag-column"
                )
        if not self.tags.pairs:
            raise ValueError(f"{self.path}: expected rows of a token and its tag, found no row")
        if self.group == "documents" and not documents:
            raise ValueError(
                f"{self.path}: --group documents: expected {DOCSTART} rows that divide the "
                "documents, found none; --group 10 makes documents of ten sentences"
            )

    def _places(self) -> Iterator[Place]:
        return self._rows.places(self._chunks("Locating"))
