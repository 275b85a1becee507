"""A transformer's tokenizer without its network: how many word pieces a text has."""

from collections.abc import Sequence
from typing import Any

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
