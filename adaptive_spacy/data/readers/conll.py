"""Read CoNLL files: one token with its entity tag per line, a blank line after each sentence."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from adaptive_spacy.data.readers.conll_columns import (
    DOCSTART,
    Layout,
    count_columns,
    detect_tag_column,
    is_comment,
    is_numbered,
    split_row,
)
from adaptive_spacy.data.readers.tag_sequences import Fault, Pairs, detect_scheme, find_faults
from adaptive_spacy.data.readers.text import check_encoding, describe_nul, open_text
from adaptive_spacy.data.schemes import (
    BROKEN,
    EDGE,
    NOTHING,
    UNTAGGED,
    decode,
    find_scheme,
    parse_tag,
)
from adaptive_spacy.data.source import MAX_PROBLEMS, Problems, Sentence, shorten

SNIFFED_ROWS = 1000
CHUNK_CHARS = 1 << 20
MAX_LINE_CHARS = 1 << 24
MAX_TAGS = 10_000
KNOWN_ROWS = 1 << 17  # rows whose columns are kept, as most rows of a text come again
LONGEST_KNOWN = 100

SKIPPED = "\tskipped"  # in place of the tag: a comment
DOCUMENT = "\tdocument"  # in place of the tag: a document begins


class Rows(NamedTuple):
    """The rows of a sentence.

    tokens (list[str]), tags (list[str]): As the file has them.
    document (int): The number of `-DOCSTART-` rows so far.
    """

    tokens: list[str]
    tags: list[str]
    document: int


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
        self.missing_tag = missing_tag
        self.encoding = encoding
        self.progress = progress
        self.repairs: Counter[str] = Counter()
        self._known: dict[str, tuple[str | None, str]] = {}
        self.group = parse_group(group)
        wanted = find_scheme(scheme, or_auto=True)
        if missing_tag not in (None, "O", "mask"):
            raise ValueError(f"--missing-tag: expected O or mask, got {missing_tag!r}")
        self._codec = check_encoding(encoding)
        self.detected_tag_column = tag_column is None
        self.layout = self._find_layout(token_column, tag_column)
        problems = Problems()
        pairs, documents = self._survey(problems)
        if self.group == "documents" and not documents:
            raise ValueError(
                f"{self.path}: --group documents: expected {DOCSTART} rows that divide the "
                "documents, found none; --group 10 makes documents of ten sentences"
            )
        self.detected = wanted == "auto"
        self.scheme = detect_scheme(pairs) if self.detected else wanted
        self._judge(pairs, problems, repair)
        problems.raise_any(self.path)
        self._meanings = {raw: parse_tag(raw, self.scheme) or NOTHING for _, raw in pairs}

    def __iter__(self) -> Iterator[Sentence]:
        sentences = self._sentences()
        if self.group == "sentences":
            return (sentence for _, sentence in sentences)
        return join(sentences, None if self.group == "documents" else int(self.group))

    def describe(self) -> str:
        """RETURNS (str): The scheme, and what else was detected."""
        parts = [f"CoNLL, scheme {self.scheme}{' (detected)' if self.detected else ''}"]
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
        mask = self.missing_tag == "mask"
        for tokens, tags, document in self._rows("Reading", Problems()):
            missing = []
            if mask and UNTAGGED in tags:
                missing = [i for i, raw in enumerate(tags) if raw == UNTAGGED]
            yield document, Sentence(tokens, decode(tags, self._meanings), missing)

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

    def _survey(self, problems: Problems) -> tuple[Pairs, int]:
        """Walk the file once.

        RETURNS (tuple[Pairs, int]): How often which tag follows which, and the number of
            `-DOCSTART-` rows.
        RAISES (ValueError): If there is no row, or if the tags are none.
        """
        pairs: Pairs = Counter()
        documents = 0
        for rows in self._rows("Checking", problems):
            documents = rows.document
            pairs.update(pairwise((EDGE, *rows.tags, EDGE)))
            if len(pairs) > MAX_TAGS and len({raw for _, raw in pairs}) > MAX_TAGS:
                raise ValueError(
                    f"{self.path}: found more than {MAX_TAGS:,} different tags in column "
                    f"{self.layout.tag}, expected entity tags; pass the right --tag-column"
                )
        if not pairs:
            raise ValueError(f"{self.path}: expected rows of a token and its tag, found no row")
        return pairs, documents

    def _judge(self, pairs: Pairs, problems: Problems, repair: bool) -> None:
        """Note the faults of the tags as problems or as repairs."""
        faults = find_faults(pairs, self.scheme, self.detected)
        if repair:
            for fault in faults:
                if fault.repair:
                    self.repairs[fault.repair] += pairs[fault.pair]
            faults = [fault for fault in faults if not fault.repair]
        if faults:
            count = sum(pairs[fault.pair] for fault in faults)
            problems.merge(self._locate(faults), count)

    def _locate(self, faults: list[Fault]) -> list[tuple[int, str]]:
        """RETURNS (list[tuple[int, str]]): The first lines with faults, and which."""
        messages = {fault.pair: fault.message for fault in faults}
        places: list[tuple[int, str]] = []
        before, last = EDGE, 0
        for first, chunk in self._chunks("Locating"):
            for number, line in enumerate(chunk, first):
                tag = self._read_row(line)[1]
                if tag is SKIPPED:
                    continue
                if tag is DOCUMENT:
                    tag = EDGE
                if (before, tag) in messages:
                    places.append((last if tag is EDGE else number, messages[before, tag]))
                before, last = tag, number
            if len(places) >= MAX_PROBLEMS:
                return places[:MAX_PROBLEMS]
        if (before, EDGE) in messages:
            places.append((last, messages[before, EDGE]))
        return places

    def _rows(self, action: str, problems: Problems) -> Iterator[Rows]:
        """Yield the rows sentence by sentence.

        action (str): What the progress bar says.
        problems (Problems): Takes the rows that cannot be read; their tag is BROKEN.
        """
        known = self._known
        document = 0
        tokens: list[str] = []
        tags: list[str] = []
        for first, chunk in self._chunks(action):
            for number, line in enumerate(chunk, first):
                row = known.get(line)
                if row is None:
                    row = self._read_row(line)
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

    def _read_row(self, line: str) -> tuple[str | None, str]:
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
        if self.missing_tag is None:
            return (
                f"found {first} without a tag, expected one; --missing-tag O reads such a token "
                "as outside, --missing-tag mask as not annotated"
            )
        return None

    def _chunks(self, action: str) -> Iterator[tuple[int, list[str]]]:
        """Yield whole lines, without any kind of line end, and the number of the first."""
        number = 1
        with open_text(
            self.path,
            encoding=self.encoding,
            expected="a CoNLL file",
            action=action,
            progress=self.progress,
        ) as stream:
            while text := stream.read(CHUNK_CHARS):
                rest = stream.readline(MAX_LINE_CHARS)
                self._check_chunk(text, rest, number)
                lines = (text + rest).split("\n")
                if not lines[-1]:
                    lines.pop()
                yield number, lines
                number += len(lines)

    def _check_chunk(self, text: str, rest: str, number: int) -> None:
        """RAISES (ValueError): What makes a file unreadable as a whole, with its line."""
        found = ""
        at = 0
        if len(rest) == MAX_LINE_CHARS:
            at = len(text)
            found = f"found a line of more than {MAX_LINE_CHARS:,} characters, expected a token"
            found += " and its tag per line"
        elif "\0" in text or "\0" in rest:
            text += rest
            at = text.index("\0")
            found = describe_nul(self.encoding)
        elif self._codec != "utf-8-sig" and not text.isascii():
            # UTF-7 and the like can spell what is no character
            try:
                (text + rest).encode()
            except UnicodeEncodeError as error:
                at, text = error.start, text + rest
                found = f"found the lone surrogate U+{ord(text[at]):04X}, expected "
                found += f"{self.encoding} text; pass the right --encoding, e.g. utf-8"
        if found:
            line = number + text.count("\n", 0, at)
            raise ValueError(f"{self.path}:{line}: {found}")


def parse_group(group: str | int) -> str | int:
    """RETURNS (str | int): "sentences", "documents", or a number of sentences.
    RAISES (ValueError): Anything else."""
    if group in ("sentences", "documents"):
        return group
    try:
        size = int(group)
    except ValueError:
        size = 0
    if size < 1:
        raise ValueError(
            f"--group: expected sentences, documents or a number of sentences, got {group!r}"
        )
    return size


def join(sentences: Iterator[tuple[int, Sentence]], size: int | None) -> Iterator[Sentence]:
    """Join the sentences of a document, or so many of them at a time.

    sentences (Iterator[tuple[int, Sentence]]): Sentences with the number of their document.
    size (int | None): The most sentences of one item; None: no limit.
    """
    unit = Sentence([], [], [], None, [])
    current = -1
    for document, (words, ents, missing, _, _) in sentences:
        starts = unit.sent_starts or []
        if starts and (document != current or len(starts) == size):
            yield unit
            unit = Sentence([], [], [], None, [])
        current, offset = document, len(unit.words)
        unit.words.extend(words)
        unit.ents.extend((start + offset, end + offset, label) for start, end, label in ents)
        unit.missing.extend(i + offset for i in missing)
        assert unit.sent_starts is not None
        unit.sent_starts.append(offset)
    if unit.words:
        yield unit
