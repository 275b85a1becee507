"""What all formats of tokens with a tag each share: the tags of a doc, and what no tag can hold."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from adaptive_spacy.data.schemes import Ents, decode, encode, find_meanings, parse_tag
from adaptive_spacy.data.source import Sentence, shorten
from adaptive_spacy.data.writers.writer import StreamWriter, Writer


class TaggedWriter(Writer):
    """A format whose tokens have a tag each, in the user's scheme; none if they are not
    annotated."""

    def __init__(self, scheme: str = "BIO", lang: str = "xx", suffix: str = "") -> None:
        super().__init__(scheme, lang, suffix)
        self._parse = lru_cache(maxsize=10_000)(lambda raw: parse_tag(raw, scheme))

    def reading(self) -> dict[str, Any]:
        return {"scheme": self.scheme, **({"missing_tag": "mask"} if self.has_missing else {})}

    def tags(self, sentence: Sentence) -> list[str | None]:
        """RETURNS (list[str | None]): The tag of each token; None: it is not annotated."""
        tags: list[str | None] = [*encode(sentence.ents, len(sentence.words), self.scheme)]
        for i in sentence.missing:
            tags[i] = None
        return tags

    def find_problems(self, sentence: Sentence) -> Iterator[str]:
        yield from super().find_problems(sentence)
        ents = sentence.ents
        tags = encode(ents, len(sentence.words), self.scheme)
        unknown = sorted({label for start, _, label in ents if not self._holds(tags[start], label)})
        for label in unknown:
            yield f"found the type {shorten(label)}, which no tag of {self.scheme} can hold"
        if not unknown and self._joins(tags, ents):
            yield (
                "found neighbours of one type, which the scheme would join; --scheme BIO keeps "
                "them apart"
            )

    def _joins(self, tags: list[str], ents: Ents) -> bool:
        if self.scheme not in ("IO", "bare"):
            return False
        return decode(tags, find_meanings(set(tags), self.scheme)) != ents

    def _holds(self, raw: str, label: str) -> bool:
        """Whether a tag is read as this type again."""
        tag = self._parse(raw)
        return tag is not None and tag.label == label


class RowWriter(TaggedWriter, StreamWriter):
    """A text file of tokens with tags, sentence by sentence."""

    needs_tokens = True
    needs_tags = True
    divides = True

    def reading(self) -> dict[str, Any]:
        return {**super().reading(), **({"group": "documents"} if self.has_documents else {})}


def split_sentences(sentence: Sentence) -> list[range]:
    """RETURNS (list[range]): The tokens of each sentence of a doc."""
    starts = sentence.sent_starts or [0]
    # where the first tokens are of none, they are one
    firsts = starts if starts[0] == 0 else [0, *starts]
    return [range(*pair) for pair in zip(firsts, [*firsts[1:], len(sentence.words)], strict=True)]
