"""Write sentences as CoNLL: a token and its tag per row."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TextIO

from adaptive_spacy.data.readers.conll_columns import DOCSTART, is_comment, split_row
from adaptive_spacy.data.schemes import Ents, decode, encode, find_meanings, parse_tag
from adaptive_spacy.data.source import Problems, Sentence, shorten

#: What no row can hold
LINE_ENDS = "\n\r\0"


class ConllWriter:
    """Writes sentences as rows of a token, a tab and its tag.

    scheme (str): One of `SCHEMES`.
    """

    def __init__(self, scheme: str) -> None:
        self.scheme = scheme
        self.has_documents = False
        self._is_first = True
        self._parse = lru_cache(maxsize=10_000)(lambda raw: parse_tag(raw, scheme))

    def check(self, path: Path, sentences: Iterator[Sentence]) -> None:
        """Find what rows cannot hold, and whether documents must be divided.

        path (Path): Where the sentences come from, for the messages.
        RAISES (ValueError): The first 20 problems, each with the number of its doc.
        """
        problems = Problems(" doc ")
        tags = number = 0
        for number, sentence in enumerate(sentences, 1):
            for problem in self._find_problems(sentence):
                problems.add(number, problem)
            tags += len(sentence.words) - len(sentence.missing)
            self.has_documents |= len(sentence.sent_starts or "1") > 1
        problems.raise_any(path)
        if not tags:
            found = f"{number:,} without any annotation" if number else "none"
            raise ValueError(f"{path}: expected docs with tags to write as CoNLL, found {found}")

    def write(self, sentence: Sentence, stream: TextIO) -> None:
        """Write the rows of a sentence, or of the sentences of a document."""
        tags = encode(sentence.ents, len(sentence.words), self.scheme)
        rows = [f"{word}\t{tag}\n" for word, tag in zip(sentence.words, tags, strict=True)]
        for i in sentence.missing:
            rows[i] = f"{sentence.words[i]}\n"
        if not self._is_first:
            stream.write("\n")
        self._is_first = False
        if self.has_documents:
            stream.write(f"{DOCSTART}\tO\n\n")
        for start in (sentence.sent_starts or [0])[1:]:
            rows[start] = f"\n{rows[start]}"
        stream.writelines(rows)

    def _find_problems(self, sentence: Sentence) -> Iterator[str]:
        words, ents, missing, _, sent_starts = sentence
        if not words:
            yield "found no token, expected some"
        for word in words:
            if not is_writable(word, tagged=True):
                yield f"found the token {shorten(word)}, which CoNLL cannot hold; JSONL can"
        for i in missing:
            if is_writable(words[i], tagged=True) and not is_writable(words[i], tagged=False):
                yield (
                    f"found the token {shorten(words[i])} without annotation, which CoNLL cannot "
                    "hold; JSONL can"
                )
        tags = encode(ents, len(words), self.scheme)
        unknown = sorted({label for start, _, label in ents if not self._holds(tags[start], label)})
        for label in unknown:
            yield f"found the type {shorten(label)}, which no tag of {self.scheme} can hold"
        if not unknown and self._joins(tags, ents):
            yield (
                "found neighbours of one type, which the scheme would join; --scheme BIO keeps "
                "them apart"
            )
        firsts = set(sent_starts or ())
        if any(firsts & set(range(start + 1, end)) for start, end, _ in ents if firsts):
            yield "found an entity across a sentence boundary, which CoNLL cannot hold; JSONL can"

    def _joins(self, tags: list[str], ents: Ents) -> bool:
        if self.scheme not in ("IO", "bare"):
            return False
        return decode(tags, find_meanings(set(tags), self.scheme)) != ents

    def _holds(self, raw: str, label: str) -> bool:
        if any(char in raw for char in LINE_ENDS):
            return False
        tag = self._parse(raw)
        return tag is not None and tag.label == label and split_row(f"a\t{raw}") == ["a", raw]


@lru_cache(maxsize=100_000)
def is_writable(word: str, *, tagged: bool) -> bool:
    """Whether a row of this word is read as one again."""
    fields = [word, "O"] if tagged else [word]
    row = "\t".join(fields)
    if not word.strip(" "):
        return False  # a row of it may be a blank line
    is_one_line = not any(char in word for char in LINE_ENDS)
    is_row = not row.startswith((DOCSTART, "\ufeff")) and not (
        row.startswith("# ") and is_comment(row, fields, 2)
    )
    return is_one_line and is_row and split_row(row) == fields
