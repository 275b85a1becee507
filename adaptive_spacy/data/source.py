"""What every format gives: sentences with entities, from a source that was checked as a whole.

A module per format family makes sources; conversion, statistics and export know only these.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from spacy.tokens import Doc

from adaptive_spacy.data.entity_codes import IS_START, MISSING

MAX_PROBLEMS = 20


class Sentence(NamedTuple):
    """One unit of annotated text, a sentence or a document, and its entities.

    words (list[str]): The tokens, as the source has them.
    ents (list[tuple[int, int, str]]): First token, token after the last, type.
    missing (list[int]): Tokens whose annotation is missing.
    spaces (list[bool] | None): Whether a space follows each token; None: not known, as in CoNLL.
    sent_starts (list[int] | None): The first token of each sentence in it, in order; None: not
        known, or it is one sentence.
    """

    words: list[str]
    ents: list[tuple[int, int, str]]
    missing: list[int]
    spaces: list[bool] | None = None
    sent_starts: list[int] | None = None

    @property
    def text(self) -> str:
        """RETURNS (str): The text; tokens are divided by single spaces where that is not known."""
        if self.spaces is None:
            return " ".join(self.words)
        return "".join(
            word + " " * space for word, space in zip(self.words, self.spaces, strict=True)
        )


class Source(Protocol):
    """The sentences of one file or folder.

    Making a source walks it once and finds all faults; iterating streams the sentences, as often as
    needed, in memory that does not grow with the file.

    path (Path): The file or folder.
    repairs (Counter[str]): What was mended, by kind, as the user asked; empty otherwise.
    """

    path: Path
    repairs: Counter[str]

    def __iter__(self) -> Iterator[Sentence]: ...

    def describe(self) -> str:
        """RETURNS (str): What was recognised, e.g. "CoNLL, scheme BIO (detected)"."""


def read_doc(doc: Doc) -> Sentence:
    """RETURNS (Sentence): A doc, with its entities and what is not annotated."""
    starts = doc.to_array("SENT_START").astype("int64")
    return Sentence(
        words=[token.text for token in doc],
        ents=[(ent.start, ent.end, ent.label_) for ent in doc.ents],
        missing=(doc.to_array("ENT_IOB") == MISSING).nonzero()[0].tolist(),
        spaces=None if doc.has_unknown_spaces else doc.to_array("SPACY").astype(bool).tolist(),
        # spaCy takes the first token for a start even where nothing is known
        sent_starts=(starts == IS_START).nonzero()[0].tolist() if starts[1:].any() else None,
    )


class Problems:
    """The first problems of a source, and the number of all.

    place (str): What the numbers count if not lines, e.g. " record ".
    """

    def __init__(self, place: str = "") -> None:
        self.place = place
        self.count = 0
        self.first: list[tuple[int, str]] = []

    def add(self, line: int, message: str) -> None:
        """Note a problem.

        line (int): Line or record, from 1.
        message (str): What was found, and what is allowed.
        """
        self.count += 1
        if self.count <= MAX_PROBLEMS:
            self.first.append((line, message))

    def merge(self, places: list[tuple[int, str]], count: int) -> None:
        """Note problems that were found apart.

        places (list[tuple[int, str]]): The first of them, as for `add`.
        count (int): The number of all.
        """
        self.count += count
        self.first = sorted(self.first + places)[:MAX_PROBLEMS]

    def raise_any(self, path: Path) -> None:
        """RAISES (ValueError): With the first problems, each with its place, and the number of the
        others; nothing if there is none."""
        raise_problems(self.lines(path), self.count, path)

    def lines(self, path: Path) -> list[str]:
        """RETURNS (list[str]): The first problems, each with its place, in order."""
        return [f"{path}:{self.place}{line}: {message}" for line, message in sorted(self.first)]


def raise_problems(lines: list[str], count: int, path: Path) -> None:
    """RAISES (ValueError): With the first lines, if there is any, and the number of the others.

    lines (list[str]): Problems, each with its place.
    count (int): The number of all, of which `lines` holds the first.
    path (Path): The source.
    """
    shown = lines[:MAX_PROBLEMS]
    if count > len(shown):
        shown.append(f"and {count - len(shown)} more problems in {path}")
    if shown:
        raise ValueError(";\n".join(shown))


def shorten(text: str) -> str:
    """RETURNS (str): The text in quotes, without the end of a very long one."""
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
