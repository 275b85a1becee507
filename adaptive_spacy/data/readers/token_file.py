"""What all files of tokens with a tag each share: options, a survey of the tags, sentences."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from adaptive_spacy.data.readers.bare_types import is_word
from adaptive_spacy.data.readers.conll_rows import TEXT, Rows
from adaptive_spacy.data.readers.grouping import join, parse_group
from adaptive_spacy.data.readers.long_sentences import UnitLength, find_cut
from adaptive_spacy.data.readers.ranges import RANGE, read_flags
from adaptive_spacy.data.readers.sentence_ends import SentenceCutter
from adaptive_spacy.data.readers.spaces import (
    Glued,
    align,
    are_unspaced,
    check_join,
    check_white_space,
    drop_white_space,
    end_text,
    is_unspaced,
    space_out,
)
from adaptive_spacy.data.readers.tag_table import Place, TagTable
from adaptive_spacy.data.schemes import decode
from adaptive_spacy.data.source import Problems, Sentence, shorten

MAX_TAGS = 10_000
#: Sentences whose letters tell whether spaces stand between words
FIRST_SENTENCES = 20


class TokenFile(ABC):
    """The sentences of a file: checked as a whole first, then streamed as often as needed.

    path (str | Path): The file.
    scheme (str): One of `SCHEMES`, or "auto": the one that fits the whole file.
    type (str | None): The type of tags that have none, as `B`, `I` and `O`.
    missing_tag (str | None): A row without a tag is an outside token ("O"), a token without
        annotation ("mask"), or an error (None).
    token_column, tag_column (int | str | None): Columns of token and tag: by number, from 0, -1 is
        the last; or by name, where the file names them. None: detected, see `choose_columns`.
    group (str | int): What is one item: "sentences"; "documents", where the file divides these; or
        paragraphs of that many sentences, which do not go across documents.
    repair (bool): Read illegal sequences of tags, see `decode`, and count them.
    encoding (str): Encoding of the file. A byte order mark is dropped.
    join (str): What stands between tokens: a space (" "), nothing (""), or "auto": what the file
        says, or nothing in languages that are written so.
    white_space (str): What becomes of tokens of white space: "keep" or "drop".
    sentences (int | None): Cut longer sentences, see `SentenceCutter`, into such of at most that
        many tokens. None: the file's own.
    lang (str): The language of the text, as in `spacy.blank`.
    progress (bool): Show a progress bar where a pass takes longer than a second.
    RAISES (ValueError): The first 20 problems, each with its file and line, and how many more.
    """

    title = "tokens"
    limits = ""
    #: What a row holds, for messages
    row = "a token and its tag"
    #: What divides documents, and how sentences end, for messages
    divides_documents = ""
    ends_sentences = "a blank line"

    def __init__(
        self,
        path: str | Path,
        *,
        scheme: str = "auto",
        type: str | None = None,
        missing_tag: str | None = None,
        token_column: int | str | None = None,
        tag_column: int | str | None = None,
        group: str | int = "sentences",
        repair: bool = False,
        encoding: str = "utf-8",
        join: str = "auto",
        white_space: str = "keep",
        sentences: int | None = None,
        lang: str = "xx",
        progress: bool = False,
    ) -> None:
        self.path = Path(path)
        self.encoding = encoding
        self.progress = progress
        self.repairs: Counter[str] = Counter()
        self.group = parse_group(group)
        self.tags = TagTable(scheme, missing_tag, type)
        self.join = check_join(join)
        self.white_space = check_white_space(white_space)
        self.white_spaces = 0
        self.fused = 0
        self.is_joined = is_unspaced(lang, self.join)
        self.cutter = SentenceCutter(sentences) if sentences is not None else None
        self._open(token_column, tag_column)
        # where nobody says the language or how tokens are joined, the user is asked to
        self.may_be_joined = self.join == "auto" and lang == "xx" and self._are_first_unspaced()
        problems = Problems()
        first = self._survey(problems)
        self.tags.settle(problems, self._places, repair=repair, repairs=self.repairs)
        self._check_first(first, problems)
        problems.raise_any(self.path)

    @abstractmethod
    def _open(self, token_column: int | str | None, tag_column: int | str | None) -> None:
        """Find the columns. RAISES (ValueError): If these are none, or several may be."""

    @abstractmethod
    def _read(self, action: str, problems: Problems) -> Iterator[Rows]:
        """YIELDS (Rows): The rows, sentence by sentence.
        problems (Problems): Takes the rows that cannot be read."""

    @abstractmethod
    def _places(self) -> Iterator[Place]:
        """YIELDS (Place): Each tag with the one before, in the order of the lines."""

    @abstractmethod
    def _describe_columns(self) -> str:
        """RETURNS (str): Which columns are read."""

    def __iter__(self) -> Iterator[Sentence]:
        numbered = self._sentences()
        items: Iterator[Sentence]
        if self.group == "sentences":
            items = (sentence for _, sentence in numbered)
        else:
            items = join(numbered, None if self.group == "documents" else int(self.group))
        return map(end_text, items) if self._is_spaced else items

    def describe(self) -> str:
        """RETURNS (str): The scheme, and what else was detected."""
        parts = [f"{self.title}, {self.tags.describe()}", self._describe_columns()]
        if self.group != "sentences":
            size = "" if self.group == "documents" else f" of {self.group} sentences"
            parts.append(f"documents{size}")
        if self.is_joined:
            parts.append("no spaces between tokens")
        elif self.may_be_joined:
            parts.append("a space between tokens of a script without spaces (none: --join '')")
        if self.cutter is not None:
            parts.append(self.cutter.describe())
        if self.fused:
            parts.append(f"fused tokens read as their words: {self.fused:,}")
        if self.white_spaces:
            how = "left out" if self.white_space == "drop" else "kept (drop: --white-space drop)"
            parts.append(f"tokens of white space {how}: {self.white_spaces:,}")
        return ", ".join(filter(None, parts))

    def _find_cut(self, number: int, tags: list[str]) -> int:
        """RETURNS (int): Where a sentence of these tags is cut, see `find_cut`."""
        return find_cut(self.path, number, tags, may_cut=self.cutter is not None)

    def _are_first_unspaced(self) -> bool:
        sentences = islice(self._read("Opening", Problems()), FIRST_SENTENCES)
        return are_unspaced(str(token) for rows in sentences for token in rows.tokens)

    def _sentences(self) -> Iterator[tuple[int, Sentence]]:
        """Yield the sentences, each with the number of its document."""
        find_missing, meanings = self.tags.find_missing, self.tags.meanings
        drops = self._drops_white_space
        is_plain = not (drops or self._is_spaced or self._has_flags or self.cutter)
        for rows in self._read("Reading", Problems()):
            tokens, tags, document, _ = rows
            sentence = Sentence(tokens, decode(tags, meanings), find_missing(tags))
            if is_plain:
                yield document, sentence
                continue
            words = list(map(str, tokens)) if self._has_flags else tokens
            sentence = sentence._replace(words=words, spaces=self._find_spaces(rows))
            if drops:
                sentence = drop_white_space(sentence)
            for part in self.cutter.cut(sentence) if self.cutter else [sentence]:
                if part.words:
                    yield document, part

    @property
    def _has_blanks(self) -> bool:
        """Whether a token read so far may be white space."""
        return True

    @property
    def _drops_white_space(self) -> bool:
        return self.white_spaces > 0 and self.white_space == "drop"

    @property
    def _is_spaced(self) -> bool:
        """Whether spaces are known of some sentence."""
        return self.is_joined or (self.join == "auto" and (self._has_texts or self._has_flags))

    @property
    def _tag_place(self) -> str:
        """RETURNS (str): Where the tags are, for messages."""
        return ""

    @property
    def _has_texts(self) -> bool:
        """Whether the file may hold the text of a sentence."""
        return False

    @property
    def _has_flags(self) -> bool:
        """Whether the file says of each token that no space follows, or one does."""
        return False

    def _find_spaces(self, rows: Rows) -> list[bool] | None:
        """RETURNS (list[bool] | None): Whether a space follows each token, as the file says or
        else the user; None: nobody does."""
        tokens = rows.tokens
        if self.join == "auto":
            texts = [note[len(TEXT) :] for _, note in rows.notes if note.startswith(TEXT)]
            known = align(tokens, texts[0]) if self._has_texts and len(texts) == 1 else None
            if known and self._has_flags and type(tokens[-1]) is Glued:
                known[-1] = False  # what comes after the sentence its text does not say
            if known is None and self._has_flags:
                ranges = [(at, note) for at, note in rows.notes if note.startswith(RANGE)]
                known = read_flags(tokens, ranges)
            if known is not None:
                return known
        if not self.is_joined:
            return None
        return [False] * len(tokens) if self.join == "" else space_out(tokens)

    def _survey(self, problems: Problems) -> str:
        """Walk the file once.

        problems (Problems): Takes the rows that cannot be read.
        RETURNS (str): The first tag.
        RAISES (ValueError): If there is no row, if the tags are none, or if there are no documents
            where these are asked for.
        """
        documents = sentences = 0
        first = ""
        length = UnitLength(self.path, self.group)
        for rows in self._read("Checking", problems):
            documents = rows.document
            length.add(len(rows.tokens), documents)
            sentences += 1
            first = first or rows.tags[0]
            self.tags.add(rows.tags)
            if rows.notes:
                self.fused += sum(note.startswith(RANGE) for _, note in rows.notes)
            if self._has_blanks:
                self.white_spaces += sum(map(str.isspace, rows.tokens))
            self._check_number()
        if not self.tags.pairs:
            raise ValueError(f"{self.path}: expected rows of {self.row}, found no row")
        self._check_number()
        self._check_group(sentences, documents)
        return first

    def _check_number(self) -> None:
        if self.tags.has_more_tags_than(MAX_TAGS):
            raise ValueError(
                f"{self.path}: found more than {MAX_TAGS:,} different tags{self._tag_place}, "
                "expected entity tags; pass the right --tag-column"
            )

    def _check_group(self, sentences: int, documents: int) -> None:
        if self.group == "documents" and not documents:
            hint = "; --group 10 makes documents of ten sentences" if sentences > 1 else ""
            raise ValueError(
                f"{self.path}: --group documents: expected {self.divides_documents or 'rows'} that "
                f"divide the documents, found none{hint}"
            )
        if self.group not in ("sentences", "documents") and sentences == 1 and not self.cutter:
            raise ValueError(
                f"{self.path}: --group {self.group}: expected {self.ends_sentences} after each "
                "sentence, found one sentence only; --sentences 100 cuts it into sentences of at "
                "most 100 tokens"
            )

    def _check_first(self, first: str, problems: Problems) -> None:
        """Find a header of names that are not known: among bare types it passes for one."""
        if (
            problems.count
            or not self.tags.detected
            or self.tags.scheme != "bare"
            or not is_word(first)
        ):
            return
        if self.tags.count(first) == 1:
            number = next((number for number, (_, raw) in self._places() if raw == first), 1)
            problems.add(
                number,
                f"found the tag {shorten(first)} here only, expected a tag that comes again; if it "
                "is the header of the table, take the line out; --scheme bare takes it for a type",
            )
