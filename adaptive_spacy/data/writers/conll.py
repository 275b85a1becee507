"""Write sentences as CoNLL: a token and its tag per row."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from adaptive_spacy.data.readers.conll_columns import DOCSTART, split_row
from adaptive_spacy.data.readers.number_signs import KEY_AND_VALUE
from adaptive_spacy.data.source import Sentence, shorten
from adaptive_spacy.data.writers.tagged import RowWriter
from adaptive_spacy.data.writers.writer import LINE_ENDS, Holds


class ConllWriter(RowWriter):
    """Rows of a token, a tab and its tag; a token alone is not annotated."""

    title = "CoNLL"
    holds = Holds(missing=True, sentences=True)
    between = "\n"

    def reading(self) -> dict[str, Any]:
        return {**super().reading(), "token_column": 0, "tag_column": 1}

    def format(self, sentence: Sentence, number: int) -> str:
        words = sentence.words
        rows = [
            f"{word}\n" if tag is None else f"{word}\t{tag}\n"
            for word, tag in zip(words, self.tags(sentence), strict=True)
        ]
        for start in (sentence.sent_starts or [0])[1:]:
            rows[start] = f"\n{rows[start]}"
        head = f"{DOCSTART}\tO\n\n" if self.has_documents else ""
        return f"{head}{''.join(rows)}"

    def find_problems(self, sentence: Sentence) -> Iterator[str]:
        for word in sentence.words:
            if not is_writable(word, tagged=True):
                yield f"found the token {shorten(word)}, which CoNLL cannot hold; JSONL can"
        for i in sentence.missing:
            word = sentence.words[i]
            if is_writable(word, tagged=True) and not is_writable(word, tagged=False):
                yield (
                    f"found the token {shorten(word)} without annotation, which CoNLL cannot "
                    "hold; JSONL can"
                )
        yield from super().find_problems(sentence)

    def _holds(self, raw: str, label: str) -> bool:
        if LINE_ENDS.search(raw):
            return False
        return super()._holds(raw, label) and split_row(f"a\t{raw}") == ["a", raw]


@lru_cache(maxsize=100_000)
def is_writable(word: str, *, tagged: bool) -> bool:
    """Whether a row of this word is read as one again."""
    fields = [word, "O"] if tagged else [word]
    row = "\t".join(fields)
    if not word.strip(" "):
        return False  # a row of it may be a blank line
    is_row = not row.startswith((DOCSTART, "\ufeff")) and not KEY_AND_VALUE.match(row)
    return not LINE_ENDS.search(word) and is_row and split_row(row) == fields
