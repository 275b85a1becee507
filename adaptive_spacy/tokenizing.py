"""spaCy's tokenizer, for texts that come from anywhere."""

import re
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import registry

if TYPE_CHECKING:
    from spacy.language import Language

#: Halves of a pair, which JSON, databases and JavaScript let through, and UTF-8 does not
SURROGATE = re.compile("[\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def make_tokenizer_v1() -> Callable[["Language"], "RepairingTokenizer"]:
    """Registered as `adaptive_spacy.Tokenizer.v1`: spaCy's `spacy.Tokenizer.v1`, which reads half
    of a surrogate pair as U+FFFD, the replacement character, and says so once.

    spaCy keeps words as UTF-8, which has no such halves. Its own tokenizer raises at the first,
    outside of any pipe: `nlp.pipe` ends there without asking an error handler, however many texts
    are left. One character stands for one, so that the offsets of `doc` are those of the text.

    Languages with a tokenizer of their own, such as Chinese, Japanese, Korean, Thai and Vietnamese,
    need theirs in `[nlp.tokenizer]`, which repairs nothing.
    """

    def create(nlp: "Language") -> RepairingTokenizer:
        spacys = registry.tokenizers.get("spacy.Tokenizer.v1")()(nlp)
        return RepairingTokenizer(*spacys.__reduce__()[1])

    return create


class RepairingTokenizer(Tokenizer):
    """See `make_tokenizer_v1`."""

    def __call__(self, string: str) -> Doc:
        """Tokenize a text.

        RETURNS (Doc): Its tokens, with U+FFFD in place of each half.
        """
        repaired = repair(string)
        if repaired != string:
            # the same words for every text, so that Python shows them once
            warnings.warn(
                "a text has half of a surrogate pair, which UTF-8 cannot hold: it is read as "
                "U+FFFD, one character for one",
                stacklevel=2,
            )
        return super().__call__(repaired)

    def explain(self, text: str) -> list[tuple[str, str]]:
        """RETURNS (list[tuple[str, str]]): The rule that made each token, and the token."""
        explained: list[tuple[str, str]] = super().explain(repair(text))
        return explained


def repair(text: str) -> str:
    """RETURNS (str): The text with U+FFFD in place of each half of a surrogate pair."""
    return SURROGATE.sub(REPLACEMENT, text)
