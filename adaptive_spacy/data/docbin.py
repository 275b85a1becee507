"""Write sentences as .spacy files: what spaCy's DocBin stores, without a Doc for each."""

from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
from spacy.attrs import ENT_IOB, ENT_TYPE, NORM, SENT_START
from spacy.strings import get_string_id
from spacy.tokens import DocBin
from spacy.tokens._dict_proxies import SpanGroups
from spacy.util import get_lang_class
from spacy.vocab import create_vocab

from adaptive_spacy.config.requirements import require_language
from adaptive_spacy.data.entity_codes import (
    BEGIN,
    INSIDE,
    IS_NO_START,
    IS_START,
    MISSING,
    NOT_KNOWN,
    OUTSIDE,
)
from adaptive_spacy.data.source import Sentence

# what the docs are annotated with; spaCy adds the tokens themselves
ATTRIBUTES = ("ENT_IOB", "ENT_TYPE")
MAX_TOKENS = 1_000_000  # of a shard: it takes some 150 bytes per token when it is written


class Ids(dict[str, int]):
    """spaCy's id of each word, looked up once.

    norm (Callable[[str], str]): What spaCy takes for a word's norm.
    """

    def __init__(self, norm: Callable[[str], str]) -> None:
        super().__init__()
        self.norm = norm
        self.strings: set[str] = set()

    def __missing__(self, word: str) -> int:
        if not word:
            raise ValueError("expected words, found an empty one, which spaCy does not have")
        self.strings.update(("", word, self.norm(word)))
        number = self[word] = get_string_id(word)
        return number


class Shard:
    """The sentences of one .spacy file, in some 25 bytes per token.

    It writes the bytes that `DocBin.to_bytes` gives for docs of the same annotation, in a fraction
    of the time: a Doc and its tokens would be made only to be read back at once.

    Where sentences start is stored if that is known of one of them at least.

    norm (Callable[[str], str]): What spaCy takes for a word's norm, see `find_norm`.
    """

    def __init__(self, norm: Callable[[str], str]) -> None:
        self._ids = Ids(norm)
        self._labels: dict[str, int] = {}
        self._orths = array("Q")
        self._iobs = bytearray()
        self._types = array("Q")
        self._spaces = bytearray()
        self._starts: array[int] | None = None
        self._lengths: list[int] = []
        self._flags: list[dict[str, bool]] = []

    def __len__(self) -> int:
        """RETURNS (int): The number of sentences."""
        return len(self._lengths)

    def is_full(self, size: int) -> bool:
        """Whether it holds so many sentences, or as many tokens as fit into memory."""
        return len(self._lengths) >= size or len(self._orths) >= MAX_TOKENS

    def add(self, sentence: Sentence) -> None:
        """Add a sentence.

        RAISES (ValueError): An empty word, which spaCy does not have.
        """
        words, ents, missing, spaces, sent_starts = sentence
        offset, length = len(self._orths), len(words)
        self._orths.extend(map(self._ids.__getitem__, words))
        self._iobs += bytes((OUTSIDE,)) * length
        self._types.frombytes(bytes(8 * length))
        for start, end, label in ents:
            start, end = start + offset, end + offset
            self._iobs[start] = BEGIN
            self._iobs[start + 1 : end] = bytes((INSIDE,)) * (end - start - 1)
            number = self._find_label(label)
            self._types[start:end] = array("Q", (number,)) * (end - start)
        for i in missing:
            self._iobs[offset + i] = MISSING
        self._spaces += b"\1" * length if spaces is None else bytes(spaces)
        if self._starts is not None or sent_starts is not None:
            self._add_starts(sent_starts, length)
        self._lengths.append(length)
        self._flags.append({"has_unknown_spaces": spaces is None})

    def write(self, path: Path) -> None:
        """Write the file."""
        self.to_docbin().to_disk(path)

    def to_docbin(self) -> DocBin:
        """RETURNS (DocBin): The sentences, as if they had been docs."""
        attrs = (*ATTRIBUTES, *(["SENT_START"] if self._starts is not None else []))
        docbin = DocBin(attrs=attrs)
        columns: dict[Any, Any] = {
            ENT_IOB: numpy.frombuffer(self._iobs, dtype=numpy.uint8),
            ENT_TYPE: numpy.frombuffer(self._types, dtype=numpy.uint64),
        }
        if self._starts is not None:
            starts = numpy.frombuffer(self._starts, dtype=numpy.int8)
            columns[SENT_START] = starts.astype(numpy.int64).view(numpy.uint64)
        tokens = numpy.empty((len(self._orths), len(docbin.attrs)), dtype=numpy.uint64)
        orths = numpy.frombuffer(self._orths, dtype=numpy.uint64)
        for i, attr in enumerate(docbin.attrs):
            tokens[:, i] = columns.get(attr, orths)
        spaces = numpy.frombuffer(self._spaces, dtype=bool).reshape((-1, 1))
        ends = numpy.cumsum(self._lengths)[:-1]
        docbin.tokens = numpy.split(tokens, ends) if self._lengths else []
        docbin.spaces = numpy.split(spaces, ends) if self._lengths else []
        docbin.flags = self._flags
        docbin.cats = [{} for _ in self._lengths]
        docbin.span_groups = [SpanGroups._EMPTY_BYTES] * len(self)
        docbin.strings = self._ids.strings
        return docbin

    def _find_label(self, label: str) -> int:
        if label not in self._labels:
            self._ids.strings.add(label)
            self._labels[label] = get_string_id(label)
        return self._labels[label]

    def _add_starts(self, sent_starts: list[int] | None, length: int) -> None:
        if self._starts is None:
            self._starts = array("b")
            for before in self._lengths:
                self._starts.extend(mark_starts(None, before))
        self._starts.extend(mark_starts(sent_starts, length))


def mark_starts(sent_starts: list[int] | None, length: int) -> list[int]:
    """RETURNS (list[int]): spaCy's SENT_START of each token of a doc."""
    marks = [NOT_KNOWN if sent_starts is None else IS_NO_START] * length
    # spaCy takes the first token for a start even where nothing is known
    for i in range(min(1, length)) if sent_starts is None else sent_starts:
        marks[i] = IS_START
    return marks


class Shards:
    """The files of a split: NAME.spacy or, above a size, NAME/000.spacy, NAME/001.spacy, ...

    folder (Path): Where they are written.
    name (str): Name of the split.
    size (int): The most sentences of a file.
    make_shard (Callable[[], Shard]): Makes an empty shard.
    """

    def __init__(self, folder: Path, name: str, size: int, make_shard: Callable[[], Shard]) -> None:
        self._folder = folder
        self._name = name
        self._size = size
        self._make_shard = make_shard
        self._shard = make_shard()
        self._written: list[Path] = []

    def add(self, sentence: Sentence) -> None:
        """Add a sentence; what is full is written before."""
        if self._shard.is_full(self._size):
            self._write()
        self._shard.add(sentence)

    def close(self) -> None:
        """Write what is left, and name the files."""
        if not self._written:
            self._shard.write(self._folder / f"{self._name}.spacy")
            return
        self._write()
        # spaCy reads them in the order of their names
        width = max(3, len(str(len(self._written) - 1)))
        for number, path in enumerate(self._written):
            path.rename(path.with_name(f"{number:0{width}}.spacy"))

    def _write(self) -> None:
        folder = self._folder / self._name
        folder.mkdir(exist_ok=True)
        path = folder / f"shard-{len(self._written)}"
        self._shard.write(path)
        self._written.append(path)
        self._shard = self._make_shard()


def find_norm(lang: str) -> Callable[[str], str]:
    """Find what spaCy takes for the norm of a word, e.g. its lower case.

    lang (str): The language, as in `spacy.blank`.
    RAISES (ValueError): If spaCy has no such language.
    """
    require_language(lang)
    # not spacy.blank(): the tokenizers of some languages need packages that nothing here uses
    vocab = create_vocab(lang, get_lang_class(lang).Defaults)
    return vocab.lex_attr_getters[NORM]  # type: ignore[attr-defined]
