"""A transformer's tokenizer without its network: how many word pieces a text has."""

from collections.abc import Sequence
from typing import Any

import numpy
from numpy.typing import NDArray
from spacy.tokens import Span

from adaptive_spacy.transformer.piece_alignment import align

#: What transformers sets as `model_max_length` where a tokenizer names none is beyond this
NO_LIMIT = 10**9


class WordPieces:
    """Counts the word pieces of texts.

    name (str): A folder or a hub name. Of a folder just the tokenizer's files are needed.
    settings (dict): As `tokenizer_config` of the transformer's model.
    RAISES (ValueError): If there is no such tokenizer, or it asks for code of its own.
    """

    def __init__(self, name: str, **settings: Any) -> None:
        from adaptive_spacy.transformer.loading import load_tokenizer

        self.tokenizer = load_tokenizer(name, settings)

    @property
    def limit(self) -> int | None:
        """RETURNS (int | None): The most word pieces of a text, special ones such as [CLS]
        included, that the transformer takes; None: the tokenizer names no limit."""
        limit = int(self.tokenizer.model_max_length)
        return limit if limit < NO_LIMIT else None

    def count(self, texts: Sequence[str]) -> list[int]:
        """RETURNS (list[int]): Word pieces of each text, special ones included."""
        if not texts:
            return []
        encoded = self.tokenizer(list(texts), verbose=False)
        return [len(pieces) for pieces in encoded["input_ids"]]

    def find_tokens(self, spans: Sequence[Span]) -> NDArray[numpy.bool_]:
        """Find the tokens of a doc that have a word piece, without regard to the limit.

        spans (Sequence[Span]): The stretches of the doc that are read, at least one.
        RETURNS (array): All, where the tokenizer does not tell. *Shape:* (n_tokens,)
        """
        n_tokens = len(spans[0].doc)
        found = numpy.full(n_tokens, not self.tokenizer.is_fast)
        for span in spans if self.tokenizer.is_fast else ():
            encoded = self.tokenizer(span.text, verbose=False, return_offsets_mapping=True)
            offsets = numpy.array(encoded["offset_mapping"], dtype=numpy.int64).reshape(1, -1, 2)
            pieces = align([span], offsets, numpy.array([span.start, n_tokens]))
            found |= numpy.asarray(pieces.lengths) > 0
        return found
