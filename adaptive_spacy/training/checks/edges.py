"""Entities with an edge that cannot be predicted: white space, or a token without a word piece."""

from collections.abc import Callable, Iterator, Sequence

import numpy
from numpy.typing import NDArray
from spacy.tokens import Doc
from spacy.training import Example

from adaptive_spacy.ner.gold import align_gold, find_entities, may_be_tagged
from adaptive_spacy.training.checks.windows import Window

#: The factory whose entities begin and end on tokens with a word piece only
FACTORY = "transformer_ner"


class Edges:
    """Counts such entities in the corpus of one split.

    name (str): Its section.
    find_windows (Callable): Returns how the pipeline's transformers cut docs. Asked only where a
        tokenizer has to be.
    """

    def __init__(self, name: str, find_windows: Callable[[], Sequence[Window]]) -> None:
        self.name = name
        self.find_windows = find_windows
        self.unseen = 0
        self.first = ""

    def look(self, number: int, example: Example) -> None:
        """Count those of an example, the number of which is named with the first."""
        doc, ents = example.predicted, example.reference.ents
        # what a tokenizer leaves without a piece is neither letter nor digit
        if not len(doc) or all(ent.text[:1].isalnum() and ent.text[-1:].isalnum() for ent in ents):
            return
        seen = self._find_seen(doc)
        tags, _ = align_gold(example)
        for start, end, type_ in find_entities(tags):
            if not (seen[start] and seen[end - 1]):
                self.unseen += 1
                quoted = _quote(doc[start:end].text)
                self.first = self.first or f"document {number}, the {type_} {quoted}"

    def describe(self, total: int) -> Iterator[str]:
        """YIELDS (str): A line, if there are any. total (int): Entities of the corpus."""
        if self.unseen:
            yield (
                f"[{self.name}] {self.unseen:,} of {total:,} entities begin or end on white space "
                f"or a token without a word piece, e.g. {self.first}: they are learnt without it, "
                "and never found as annotated; leave such tokens out of them"
            )

    def _find_seen(self, doc: Doc) -> NDArray[numpy.bool_]:
        seen = may_be_tagged(doc)
        for window in self.find_windows():
            if window.pieces is not None:
                (spans,) = window.get_spans([doc])
                seen &= window.pieces.find_tokens(spans)
        return seen


def _quote(text: str) -> str:
    # both ends are what it is about
    return repr(text if len(text) <= 60 else f"{text[:30]}…{text[-29:]}")
