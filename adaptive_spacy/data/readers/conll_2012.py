"""Read the files of CoNLL-2012 and OntoNotes: brackets in column 10, the token in column 3."""

from collections.abc import Iterator

from adaptive_spacy.data.readers.brackets import BRACKET_SCHEME, read_brackets
from adaptive_spacy.data.readers.conll_rows import DOCUMENT, Rows
from adaptive_spacy.data.readers.numbered_file import Numbered, NumberedFile
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.tag_table import Place
from adaptive_spacy.data.schemes import BROKEN, EDGE
from adaptive_spacy.data.source import Problems, shorten

BEGIN = "#begin document"
TOKEN, TAG = 3, 10
#: Before the predicates of a sentence, as many as it has, and the coreference
LEAST_COLUMNS = 12


class Conll2012(NumberedFile):
    """The sentences of a file whose documents begin with `#begin document`.

    The number of columns is another one in each sentence; token and entities are always in the
    same.

    The arguments are those of `TokenFile`.
    """

    title = "CoNLL-2012"
    limits = "columns beside token and entities"
    unused = frozenset({"scheme", "type"})
    expected = "a file of CoNLL-2012"
    row = "tokens with brackets"
    divides_documents = f"{BEGIN} lines"

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Of the first line of a document."""
        if sample.head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(BEGIN.encode()):
            return Evidence(Confidence.CERTAIN, f"a {BEGIN} line")
        return None

    def _open(self, token_column: int | str | None, tag_column: int | str | None) -> None:
        self.tags.take_scheme(BRACKET_SCHEME)
        for option, given, column in (
            ("--token-column", token_column, TOKEN),
            ("--tag-column", tag_column, TAG),
        ):
            if given is not None and str(given) != str(column):
                raise ValueError(
                    f"{self.path}: {option}: expected {column}, as in all files of {self.title}, "
                    f"got {given}"
                )

    def _describe_columns(self) -> str:
        return f"tag column {TAG} (brackets), token column {TOKEN}"

    def _tokens(self, action: str, problems: Problems) -> Iterator[Numbered]:
        for number, line in self._lines(action):
            fields = line.split()
            if line.startswith("#"):
                yield number, None, DOCUMENT if line.startswith(BEGIN) else EDGE
            elif not fields:
                yield number, None, EDGE
            elif len(fields) < LEAST_COLUMNS:
                found = f"found {len(fields)} columns at {shorten(fields[0])}"
                problems.add(number, f"{found}, expected {LEAST_COLUMNS} or more")
                yield number, "", BROKEN
            else:
                yield self._check(number, fields[TOKEN], fields[TAG], problems)

    def _read(self, action: str, problems: Problems) -> Iterator[Rows]:
        for rows in super()._read(action, problems):
            yield rows._replace(tags=read_brackets(rows.tags))

    def _places(self) -> Iterator[Place]:
        numbers: list[int] = []
        tags: list[str] = []
        for number, token, tag in self._tokens("Locating", Problems()):
            if token is not None:
                numbers.append(number)
                tags.append(tag)
            else:
                yield from _pair(numbers, read_brackets(tags))
                numbers, tags = [], []
        yield from _pair(numbers, read_brackets(tags))


def _pair(numbers: list[int], tags: list[str]) -> Iterator[Place]:
    before = EDGE
    for number, tag in zip(numbers, tags, strict=True):
        yield number, (before, tag)
        before = tag
    if numbers:
        yield numbers[-1], (before, EDGE)
