"""`ents_loss`: the mean cross-entropy per annotated token of an evaluation, which decides when the
rate falls. Made of the scores that the component kept while it predicted, so that the transformer
runs once.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy
from numpy.typing import NDArray
from spacy.tokens import Doc
from thinc.api import NumpyOps

from adaptive_spacy.ner.loss import token_losses
from adaptive_spacy.ner.tags import MISSING
from adaptive_spacy.ner.temperature import Tokens

CPU = NumpyOps()


class DocScores(NamedTuple):
    """Predicted scores of one doc.

    tokens (array): Tokens that take part: not white space, and represented by the transformer.
    logits (array): *Shape:* (len(tokens), n_tags)
    """

    tokens: NDArray[numpy.int64]
    logits: NDArray[numpy.floating]

    def mark_tokens(self, length: int) -> NDArray[numpy.bool_]:
        """RETURNS (array): Whether a token takes part, of a doc of so many. *Shape:* (length,)"""
        marks = numpy.zeros(length, dtype=bool)
        marks[self.tokens] = True
        return marks


class Kept(NamedTuple):
    """What a doc was given when it was predicted: a component behind may have changed it since.

    scores (DocScores): Of its tokens.
    runs (list[slice]): Rows of them that were free, each stretch by itself (`free_runs`).
    length (int): Tokens of the doc.
    """

    scores: DocScores
    runs: list[slice]
    length: int


class KeptScores:
    """The scores of predicted docs, as long as the docs live."""

    def __init__(self) -> None:
        self._by_doc: WeakKeyDictionary[Doc, Kept] = WeakKeyDictionary()

    def __len__(self) -> int:
        return len(self._by_doc)

    def keep(self, doc: Doc, kept: Kept) -> None:
        """Keep the scores of a doc."""
        self._by_doc[doc] = kept

    def look(self, doc: Doc) -> Kept | None:
        """RETURNS (Kept | None): The scores of a doc, which are kept on; None if there are none, or
        of other tokens."""
        kept = self._by_doc.get(doc)
        return kept if kept is not None and kept.length == len(doc) else None

    def count_changed(self, docs: Iterable[Doc]) -> int:
        """RETURNS (int): Docs whose tokens are others since they were predicted."""
        kept = ((doc, self._by_doc.get(doc)) for doc in docs)
        return sum(one is not None and one.length != len(doc) for doc, one in kept)

    def take(self, docs: Iterable[Doc]) -> list[DocScores] | None:
        """Hand out the scores of docs and drop them.

        RETURNS (list[DocScores] | None): One per doc; None if there are none of one with tokens, or
            only of other tokens.
        """
        taken = [(doc, self.look(doc)) for doc in docs]
        for doc, _ in taken:
            self._by_doc.pop(doc, None)
        if any(len(doc) for doc, kept in taken if kept is None):
            return None
        return [kept.scores if kept else no_scores(0) for _, kept in taken]


def no_scores(n_tags: int) -> DocScores:
    """RETURNS (DocScores): Of a doc of which no token takes part."""
    return DocScores(numpy.zeros(0, dtype=numpy.int64), numpy.zeros((0, n_tags)))


def sum_losses(scores: DocScores, gold: NDArray[numpy.int64]) -> tuple[float, int]:
    """Add up the losses of a doc's annotated tokens.

    scores (DocScores): What was predicted.
    gold (array): Gold columns, `MISSING` where a token takes no part. *Shape:* (n_tokens,)
    RETURNS (tuple): The sum in nats, and the number of tokens.
    """
    if not len(scores.tokens):
        return 0.0, 0
    tokens: Any = annotated_tokens(scores, gold)
    losses, _ = token_losses(tokens.logits, tokens.gold, CPU)
    return float(CPU.to_numpy(losses).sum()), len(tokens.gold)


def annotated_tokens(scores: DocScores, gold: NDArray[numpy.int64]) -> Tokens:
    """RETURNS (Tokens): The tokens of a doc that take part in the loss; see `sum_losses`."""
    columns = gold[scores.tokens]
    annotated = columns != MISSING
    return Tokens(scores.logits[annotated], columns[annotated])


def mean_evaluation_loss(losses: Sequence[tuple[float, int]]) -> float | None:
    """Mean loss per annotated token of all docs.

    losses (Sequence[tuple[float, int]]): Per doc: the sum in nats, and the number of tokens.
    RETURNS (float | None): The mean in nats; None if no token takes part. Not finite if a loss is.
    """
    total, count = sum(loss for loss, _ in losses), sum(tokens for _, tokens in losses)
    return total / count if count else None
