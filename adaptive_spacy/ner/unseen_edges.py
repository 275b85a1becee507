"""Entities with an edge that cannot be predicted: white space, or a token without a word piece."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example

from adaptive_spacy.ner.gold import align_gold, find_entities, may_be_tagged

Tokens = NDArray[numpy.bool_]


class UnseenEdges:
    """Counts such entities in a corpus.

    find_pieces (Callable): Returns which tokens of a doc have a word piece, an array for each
        transformer. Asked only where a tokenizer has to be.
    most (float): Tokens of docs for which it is asked; of those behind, white space alone counts.
    """

    def __init__(
        self, find_pieces: Callable[[Doc], Iterable[Tokens]], most: float = math.inf
    ) -> None:
        self.find_pieces, self.left = find_pieces, most
        self.unseen = 0
        self.first = ""
        #: Entities of those that were watched
        self.total = 0

    def watch(self, examples: Iterable[Example]) -> Iterator[Example]:
        """YIELDS (Example): All of them, each after a look at it."""
        for number, example in enumerate(examples, start=1):
            self.look(number, example)
            self.total += len(example.reference.ents)
            yield example

    def look(self, number: int, example: Example) -> None:
        """Count those of an example, the number of which is named with the first."""
        doc, ents = example.predicted, example.reference.ents
        if not len(doc) or all(_has_piece(ent.text[:1] + ent.text[-1:]) for ent in ents):
            return
        seen = may_be_tagged(doc)
        for pieces in self.find_pieces(doc) if self.left > 0 else ():
            seen &= pieces
        self.left -= len(doc)
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
                f"{self.unseen:,} of {total:,} entities begin or end on white space or a token "
                f"without a word piece, e.g. {self.first}: they are learnt without it, and never "
                "found as annotated; leave such tokens out of them"
            )


def find_pieces(nlp: Language | None, doc: Doc) -> Iterator[Tokens]:
    """Ask the tokenizers of a pipeline, by spacy-transformers' conventions.

    nlp (Language | None): The pipeline; None: nobody is asked.
    YIELDS (array): Which tokens have a word piece. *Shape:* (n_tokens,)
    """
    # of those that are not learnt, which spaCy disables, too
    for _, pipe in nlp.components if nlp is not None else ():
        model: Any = getattr(pipe, "model", None)
        for node in model.walk() if hasattr(model, "walk") else ():
            if "get_spans" in node.attrs and getattr(node, "tokenizer", None) is not None:
                (spans,) = node.attrs["get_spans"]([doc])
                if spans:
                    yield find_tokens(node.tokenizer, spans)


def find_tokens(tokenizer: Any, spans: Sequence[Span]) -> Tokens:
    """Find the tokens of a doc that have a word piece, without regard to how many are read.

    tokenizer (Any): Of transformers.
    spans (Sequence[Span]): The stretches of the doc that are read, at least one.
    RETURNS (array): All, where the tokenizer does not tell. *Shape:* (n_tokens,)
    """
    from spacy_transformers.align import get_alignment_via_offset_mapping

    found = numpy.full(len(spans[0].doc), not tokenizer.is_fast)
    for span in spans if tokenizer.is_fast else ():
        encoded = tokenizer(span.text, verbose=False, return_offsets_mapping=True)
        offsets: Any = numpy.array([encoded["offset_mapping"]])
        pieces = get_alignment_via_offset_mapping([span], offsets)
        found[span.start : span.end] |= numpy.asarray(pieces.lengths) > 0
    return found


def _has_piece(text: str) -> bool:
    """Whether no tokenizer leaves any of these characters out."""
    return all(char.isalnum() or "!" <= char <= "~" for char in text)


def _quote(text: str) -> str:
    # both ends are what it is about
    return repr(text if len(text) <= 60 else f"{text[:30]}…{text[-29:]}")
