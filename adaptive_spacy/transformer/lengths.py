"""Lengths in word pieces, for batches: `adaptive_spacy.piece_lengths.v1`."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from spacy.tokens import Doc
from transformers import AutoTokenizer


def make_piece_lengths_v1(
    name: str,
    tokenizer_config: dict[str, Any] = {},  # noqa: B006 (a default of the config, never changed)
) -> "PieceLengths":
    """Registered as `adaptive_spacy.piece_lengths.v1`; see `PieceLengths`."""
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
    def tokenizer(self) -> Any:
        """RETURNS (PreTrainedTokenizerBase): The tokenizer, loaded when it is needed."""
        return AutoTokenizer.from_pretrained(self.name, **self.tokenizer_config)

    def __call__(self, docs: Sequence[Doc]) -> list[int]:
        """RETURNS (list[int]): Word pieces of each doc, special ones included."""
        new = [doc for doc in docs if doc not in self._known]
        if new:
            # `verbose`: no warning about texts beyond the window, which the model reads in spans
            pieces = self.tokenizer([doc.text for doc in new], verbose=False)["input_ids"]
            self._known.update(zip(new, map(len, pieces), strict=True))
        return [self._known[doc] for doc in docs]
