"""A transformer's tokenizer without its network: how many word pieces a text has."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from adaptive_spacy.transformer.pretrained import require_reachable
from adaptive_spacy.transformer.unpacking import refuse_remote_code

#: What transformers sets as `model_max_length` where a tokenizer names none is beyond this
NO_LIMIT = 10**9


class WordPieces:
    """Counts the word pieces of texts.

    name (str): A folder or a hub name. Of a folder just the tokenizer's files are needed.
    settings (dict): As `tokenizer_config` of the transformer's model.
    RAISES (ValueError): If there is no such tokenizer.
    """

    def __init__(self, name: str, **settings: Any) -> None:
        from transformers import AutoTokenizer

        # transformers takes a missing folder for a hub name, and says so at length
        if not Path(name).exists() and (name.startswith((".", "/", "~")) or name.count("/") > 1):
            raise ValueError(f"{name}: expected the folder of a transformer, found nothing")
        refuse_remote_code(settings, "tokenizer_config")
        if not Path(name).exists():
            require_reachable(name)
        try:
            self.tokenizer = AutoTokenizer.from_pretrained(
                name, **{**settings, "trust_remote_code": False}
            )
        # the tokenizers library raises bare exceptions of damaged files
        except Exception as error:
            reason = str(error).strip().partition("\n")[0]
            raise ValueError(
                f"{name}: expected a transformer with a tokenizer, a folder or a name of the hub; "
                f"loading it failed ({reason})"
            ) from None

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
