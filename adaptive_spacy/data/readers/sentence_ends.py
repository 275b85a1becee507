"""Cut what is too long for a sentence, where the file does not say where sentences end."""

from collections.abc import Iterator

from spacy.pipeline import Sentencizer
from spacy.tokens import Doc
from spacy.vocab import Vocab

from adaptive_spacy.data.source import Sentence


class SentenceCutter:
    """Cuts sentences of more tokens than a limit: where spaCy's sentencizer ends them; pieces that
    are still too long before the last token that is outside of entities, and no entity at all.

    limit (int): The most tokens of a sentence.
    RAISES (ValueError): If the limit is below 1.
    """

    def __init__(self, limit: int) -> None:
        if limit < 1:
            raise ValueError(f"--sentences: expected a number of tokens from 1, got {limit}")
        self.limit = limit
        self._sentencizer = Sentencizer()
        self._vocab = Vocab()

    def describe(self) -> str:
        """RETURNS (str): What is cut."""
        return f"sentences of more than {self.limit} tokens cut"

    def cut(self, sentence: Sentence) -> Iterator[Sentence]:
        """YIELDS (Sentence): Its parts, or the sentence itself if it is short enough."""
        length = len(sentence.words)
        if length <= self.limit:
            yield sentence
            return
        inner = {i for start, end, _ in sentence.ents for i in range(start + 1, end)}
        doc = Doc(self._vocab, words=sentence.words)
        ends = [span.end for span in self._sentencizer(doc).sents]
        start = 0
        for end in sorted({*ends, length} - inner):
            yield from self._bound(sentence, start, end, inner)
            start = end

    def _bound(
        self, sentence: Sentence, start: int, end: int, inner: set[int]
    ) -> Iterator[Sentence]:
        while end - start > self.limit:
            cuts = [i for i in range(start + 1, start + self.limit + 1) if i not in inner]
            # an entity of more tokens than a sentence may have stays one
            at = cuts[-1] if cuts else next(i for i in range(start + 1, end + 1) if i not in inner)
            yield take_part(sentence, start, at)
            start = at
        if start < end:
            yield take_part(sentence, start, end)


def take_part(sentence: Sentence, start: int, end: int) -> Sentence:
    """RETURNS (Sentence): The tokens from one to another, between which no entity is cut."""
    words, ents, missing, spaces, _ = sentence
    return Sentence(
        words[start:end],
        [(one - start, two - start, label) for one, two, label in ents if start <= one < end],
        [i - start for i in missing if start <= i < end],
        None if spaces is None else spaces[start:end],
    )
