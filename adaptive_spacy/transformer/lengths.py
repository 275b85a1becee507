"""Lengths in word pieces, for batches: `adaptive_spacy.piece_lengths.v1`."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from spacy.tokens import Doc

from adaptive_spacy.transformer.tokenizer import WordPieces
from adaptive_spacy.transformer.trust import require_no_code


def make_piece_lengths_v1(
    name: str,
    tokenizer_config: dict[str, Any] = {},  # noqa: B006 (a default of the config, never changed)
) -> "PieceLengths":
    """Registered as `adaptive_spacy.piece_lengths.v1`; see `PieceLengths`.

    RAISES (ConfigValidationError): If the settings would let code run that comes with it.
    """
    require_no_code(tokenizer_config, "[training.batcher] tokenizer_config")
    return PieceLengths(name, tokenizer_config)


class PieceLengths:
    """Counts the word pieces of docs; that is what a batch is padded by, and sentences of as many
    tokens differ in it by a third and more. Each doc is counted once.

    name (str): The transformer: a name of the hub or a folder.
    tokenizer_config (dict): As in `TransformerModel.v1`.
    """

    def __init__(self, name: str, tokenizer_config: dict[str, Any]) -> None:
        self.name = name
        self.tokenizer_config = dict(tokenizer_config)
        self._known: WeakKeyDictionary[Doc, int] = WeakKeyDictionary()

    @cached_property
    def pieces(self) -> WordPieces:
        """RETURNS (WordPieces): The tokenizer, loaded when it is needed."""
        return WordPieces(self.name, **self.tokenizer_config)

    def __call__(self, docs: Sequence[Doc]) -> list[int]:
        """RETURNS (list[int]): Word pieces of each doc, special ones included."""
        new = [doc for doc in docs if doc not in self._known]
        if new:
            counts = self.pieces.count([doc.text for doc in new])
            self._known.update(zip(new, counts, strict=True))
        return [self._known[doc] for doc in docs]
