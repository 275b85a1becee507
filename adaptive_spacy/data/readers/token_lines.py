"""Read a sentence per line, each token with its tag behind a mark: `Ada|B-PER sings|O`."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from adaptive_spacy.data.readers.column_choice import choose_columns, find_columns
from adaptive_spacy.data.readers.column_kinds import Kind, find_kind
from adaptive_spacy.data.readers.conll_columns import DOCSTART
from adaptive_spacy.data.readers.conll_rows import DOCUMENT
from adaptive_spacy.data.readers.numbered_file import Numbered, NumberedFile
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.schemes import BROKEN, EDGE
from adaptive_spacy.data.source import Problems, shorten

#: What stands between token and tag; the fullwidth bar is OpenNMT's
MARKS = ("|", "/", "\uffe8", "_", "\\", "##", "@@")
SNIFFED_LINES = 1000
MOST = 0.95
#: Tokens that show that a mark is none
FEW = 100
TAG_KINDS = (Kind.TAGS, Kind.BARE)


class Marked(NamedTuple):
    """How tokens are written.

    mark (str): What divides token, other columns and tag.
    columns (int): How many of these there are.
    is_line (bool): Whether a line is a sentence; if all lines hold one token, a blank line ends it.
    """

    mark: str
    columns: int
    is_line: bool


class TokenLines(NumberedFile):
    """The sentences of a file of lines, as spaCy's `token|tag` and `token|pos|tag`, or `token/tag`.

    Tokens are divided by spaces; what stands before the last marks is the token, whatever it holds.

    The arguments are those of `TokenFile`.
    """

    title = "lines of token|tag"
    limits = "columns beside token and tag"
    row = "tokens with tags"
    expected = "lines of tokens with tags"
    divides_documents = f"{DOCSTART} lines"
    ends_sentences = "a line end"

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Of words that nearly all end in a mark and a tag."""
        found = find_marks(sample.lines)
        if found is None:
            return None
        return Evidence(Confidence.CERTAIN, f"words that end in {found.mark} and a tag")

    def _open(self, token_column: int | str | None, tag_column: int | str | None) -> None:
        lines = [line for _, line in islice(self._lines("Opening"), SNIFFED_LINES)]
        marked = find_marks(lines) or find_marks(lines, insist=True)
        if marked is None:
            raise ValueError(
                f"{self.path}: expected tokens that end in a mark and a tag, as Ada|B-PER sings|O, "
                f"found {shorten(next(iter(lines), ''))}"
            )
        self.marked = marked
        rows = [split_token(token, marked) for line in lines for token in split_line(line)]
        try:
            token, tag = find_columns(token_column, tag_column, marked.columns, ())
            choice = choose_columns(rows, marked.columns, token=token or 0, tag=tag, may_swap=False)
        except ValueError as error:
            raise ValueError(f"{self.path}: {error}") from None
        self.token, self.tag = choice.token, choice.tag
        self.is_given = tag is not None

    def _describe_columns(self) -> str:
        return (
            f"divided by {self.marked.mark}, tag column {self.tag}"
            f"{'' if self.is_given else ' (detected)'}, token column {self.token}"
        )

    def _tokens(self, action: str, problems: Problems) -> Iterator[Numbered]:
        for number, line in self._lines(action):
            if line.startswith(DOCSTART):
                yield number, None, DOCUMENT
                continue
            tokens = split_line(line)
            for token in tokens:
                fields = split_token(token, self.marked)
                if len(fields) != self.marked.columns:
                    problems.add(
                        number,
                        f"found {shorten(token)} of {len(fields)} parts divided by "
                        f"{self.marked.mark}, expected {self.marked.columns}",
                    )
                    yield number, "", BROKEN
                else:
                    yield self._check(number, fields[self.token], fields[self.tag], problems)
            if self.marked.is_line or not tokens:
                yield number, None, EDGE


def split_line(line: str) -> list[str]:
    """RETURNS (list[str]): What spaces and tabs divide; no other white space does."""
    return [token for token in line.replace("\t", " ").split(" ") if token]


def split_token(token: str, marked: Marked) -> list[str]:
    """RETURNS (list[str]): The columns of a token, which may itself hold the mark."""
    return token.rsplit(marked.mark, marked.columns - 1)


def find_marks(lines: Sequence[str], *, insist: bool = False) -> Marked | None:
    """Tell what divides tokens from their tags.

    insist (bool): Whether something does for certain: what most tokens have then.
    RETURNS (Marked | None): None: nothing does.
    """
    usual = (line for line in lines if not line.startswith(DOCSTART))
    first = list(islice((token for line in usual for token in split_line(line)), FEW))
    if not first:
        return None
    # the first tokens tell most files
    marks = [
        one for one in MARKS if insist or sum(one in token for token in first) >= MOST * len(first)
    ]
    by_line = [split_line(one) for one in lines if marks and not one.startswith(DOCSTART)]
    tokens = [token for one in by_line for token in one]
    for mark in marks:
        # a token that holds the mark has more, and few are broken
        counts = sorted(token.count(mark) for token in tokens)
        columns = 1 + counts[int((1 - MOST) * len(tokens))]
        if columns == 1:
            continue
        marked = Marked(mark, columns, any(len(one) > 1 for one in by_line))
        rows = [split_token(token, marked) for token in tokens]
        kept = [fields for fields in rows if len(fields) == columns]
        kinds = [find_kind(Counter(one)) for one in zip(*kept, strict=True)]
        if insist or any(kind in TAG_KINDS for kind in kinds[1:]):
            return marked
    return None
