"""What a format out is: a class that says what it holds, and writes sentences."""

import re
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, TextIO

from adaptive_spacy.data.source import Sentence, shorten

#: What no row and no line can hold
LINE_ENDS = re.compile(r"[\n\r\0]")


class Holds(NamedTuple):
    """What a format says of a doc, beside its text and its entities.

    tokens (bool): What its tokens are; if not, a tokenizer makes them of the text again.
    spaces (bool): Which tokens a space follows.
    missing (bool): Which tokens are not annotated.
    sentences (bool): Where the sentences of a doc start.
    """

    tokens: bool = True
    spaces: bool = False
    missing: bool = False
    sentences: bool = False


#: Of a text and offsets into it
TEXT_ONLY = Holds(tokens=False, spaces=True)


class Writer:
    """A format: a class whose instances write one file, and a row of `WRITERS`.

    A file is written in two passes over the docs: `find_problems` says what of each cannot be
    written, and `survey` takes note of it; then `write` gets them all again.

    title (str): What it is called.
    holds (Holds): What it says of a doc.
    is_folder (bool): Whether it is a folder of files.
    needs_tokens (bool): Whether a doc without a token would be none.
    needs_tags (bool): Whether a file without any tag would be none.
    divides (bool): Whether an entity must lie in one sentence.
    flattens (bool): Whether sentences become docs of their own, as there are no documents.
    bad_token (re.Pattern[str]), bad_type (re.Pattern[str]): What is in a token, or a type, that it
        cannot hold. Whatever else comes back otherwise is found by reading it again.

    scheme (str): Of tags, one of `SCHEMES`.
    lang (str): Of the tokenizer that reads a text again.
    """

    title: ClassVar[str]
    holds: ClassVar[Holds]
    is_folder: ClassVar[bool] = False
    needs_tokens: ClassVar[bool] = False
    needs_tags: ClassVar[bool] = False
    divides: ClassVar[bool] = False
    flattens: ClassVar[bool] = False
    bad_token: ClassVar[re.Pattern[str] | None] = None
    bad_type: ClassVar[re.Pattern[str] | None] = None

    def __init__(self, scheme: str = "BIO", lang: str = "xx", suffix: str = "") -> None:
        self.scheme = scheme
        self.lang = lang
        self.suffix = suffix
        self.count = 0
        self.has_documents = False
        self.has_missing = False

    @abstractmethod
    def write(self, sentences: Iterable[Sentence], path: Path) -> None:
        """Write all sentences. path (Path): A new file, or a new folder that is there."""

    def reading(self) -> dict[str, Any]:
        """RETURNS (dict[str, Any]): The options with which `open_source` reads it as it was."""
        return {} if self.holds.tokens else {"lang": self.lang}

    def survey(self, sentence: Sentence) -> None:
        """Take note of a sentence that will be written."""
        self.count += 1
        self.has_documents |= len(sentence.sent_starts or "1") > 1
        self.has_missing |= bool(sentence.missing)

    def find_problems(self, sentence: Sentence) -> Iterator[str]:
        """YIELDS (str): What of a sentence cannot be written."""
        words, ents, missing, _, sent_starts = sentence
        if not words and self.needs_tokens:
            yield "found no token, expected some"
        if missing and not self.holds.missing:
            yield (
                f"found {len(missing):,} tokens without annotation, which {self.title} cannot "
                "hold; JSONL can"
            )
        what = "token" if self.holds.tokens else "text"
        yield from self._find_bad(self.bad_token, what, words)
        yield from self._find_bad(self.bad_type, "type", sorted({label for *_, label in ents}))
        firsts = set(sent_starts or ()) if self.divides else set()
        if any(firsts & set(range(start + 1, end)) for start, end, _ in ents if firsts):
            yield (
                f"found an entity across a sentence boundary, which {self.title} cannot hold; "
                "JSONL can"
            )

    def _find_bad(
        self, pattern: re.Pattern[str] | None, what: str, values: Iterable[str]
    ) -> Iterator[str]:
        for value in values if pattern else ():
            if pattern and pattern.search(value):
                yield (
                    f"found the {what} {shorten(value)}, which {self.title} cannot hold; JSONL can"
                )


class StreamWriter(Writer):
    """A text file of the docs one after another: `format` gives the text of each, and what stands
    around them is the same in all files.

    head (str), between (str), tail (str): Before the first doc, between two, behind the last.
    """

    head: str = ""
    between: str = ""
    tail: str = ""

    def write(self, sentences: Iterable[Sentence], path: Path) -> None:
        with path.open("w", encoding="utf8", newline="") as stream:
            stream.write(self.head)
            self._write_all(sentences, stream)
            stream.write(self.tail)

    def _write_all(self, sentences: Iterable[Sentence], stream: TextIO) -> None:
        for number, sentence in enumerate(sentences):
            stream.write(self.between if number else "")
            stream.write(self.format(sentence, number))

    @abstractmethod
    def format(self, sentence: Sentence, number: int) -> str:
        """RETURNS (str): The text of a doc. number (int): Which it is, from 0."""


def find_offsets(sentence: Sentence) -> list[tuple[int, int]]:
    """RETURNS (list[tuple[int, int]]): Start and end of each token in the text, in characters."""
    spaces = sentence.spaces if sentence.spaces is not None else [True] * len(sentence.words)
    found, at = [], 0
    for word, space in zip(sentence.words, spaces, strict=True):
        found.append((at, at + len(word)))
        at += len(word) + space
    return found


def find_char_spans(sentence: Sentence) -> list[tuple[int, int, str]]:
    """RETURNS (list[tuple[int, int, str]]): The entities: first character, the one behind the last,
    type."""
    offsets = find_offsets(sentence) if sentence.ents else []
    return [(offsets[start][0], offsets[end - 1][1], label) for start, end, label in sentence.ents]
