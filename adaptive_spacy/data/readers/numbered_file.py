"""Files of tokens with tags that are no rows of a token each: a stream of numbered tokens."""

from abc import abstractmethod
from collections.abc import Iterator

from adaptive_spacy.data.readers.conll_rows import DOCUMENT, Rows
from adaptive_spacy.data.readers.line_chunks import read_lines
from adaptive_spacy.data.readers.tag_table import HOW_TO_READ_MISSING, Place
from adaptive_spacy.data.readers.token_file import TokenFile
from adaptive_spacy.data.schemes import BROKEN, EDGE, UNTAGGED
from adaptive_spacy.data.source import Problems, shorten

#: Tokens after which the length of a sentence is looked at
LOOKED_AT = 10_000
#: Line, token and tag. No token: the tag says what it is, the end of a sentence (EDGE) or the start
#: of a document (DOCUMENT)
Numbered = tuple[int, str | None, str]


class NumberedFile(TokenFile):
    """A file whose tokens are found one by one, each with its line."""

    expected = "a text file"
    expected_line = "tokens with tags"

    @abstractmethod
    def _tokens(self, action: str, problems: Problems) -> Iterator[Numbered]:
        """YIELDS (Numbered): Tokens, ends of sentences and starts of documents.
        problems (Problems): Takes what cannot be read."""

    def _lines(self, action: str) -> Iterator[tuple[int, str]]:
        """YIELDS (tuple[int, str]): Each line, from 1, without its end."""
        for first, lines in read_lines(
            self.path,
            encoding=self.encoding,
            expected=self.expected,
            expected_line=self.expected_line,
            action=action,
            progress=self.progress,
        ):
            yield from enumerate(lines, first)

    def _read(self, action: str, problems: Problems) -> Iterator[Rows]:
        document = 0
        tokens: list[str] = []
        tags: list[str] = []
        for number, token, tag in self._tokens(action, problems):
            if token is not None:
                tokens.append(token)
                tags.append(tag)
                if not len(tags) % LOOKED_AT and (at := self._find_cut(number, tags)):
                    yield Rows(tokens[:at], tags[:at], document, [])
                    tokens, tags = tokens[at:], tags[at:]
                continue
            if tokens:
                yield Rows(tokens, tags, document, [])
                tokens, tags = [], []
            document += tag is DOCUMENT
        if tokens:
            yield Rows(tokens, tags, document, [])

    def _places(self) -> Iterator[Place]:
        before, last = EDGE, 0
        for number, token, tag in self._tokens("Locating", Problems()):
            here = EDGE if token is None else tag
            if not before == here == EDGE:
                yield last if here is EDGE else number, (before, here)
            before, last = here, number
        yield last, (before, EDGE)

    def _check(self, number: int, token: str, tag: str, problems: Problems) -> Numbered:
        """RETURNS (Numbered): A token with its tag, or with none if it may have none; a problem
        otherwise."""
        if not token:
            problems.add(number, f"found no token before {shorten(tag)}, expected one")
            return number, "", BROKEN
        if not tag and self.tags.missing_tag is None:
            message = f"found {shorten(token)} without a tag, expected one; {HOW_TO_READ_MISSING}"
            problems.add(number, message)
            return number, token, BROKEN
        return number, token, tag or UNTAGGED
