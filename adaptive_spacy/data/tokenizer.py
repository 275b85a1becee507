"""Tokenize texts as spaCy does, in memory that does not grow with what was read."""

from functools import cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc

MAX_STRINGS = 200_000


class Tokenizer:
    """The tokenizer of a language.

    The vocabulary of spaCy keeps each word for ever. A new one is made when it has too many;
    spaCy's `memory_zone` forgets them after each text, and then looks up each word anew: on usual
    text ten times as slow.

    lang (str): A code that spaCy knows, e.g. "en"; "xx": any.
    RAISES (ValueError): If spaCy lacks the language, or a package that it takes.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._nlp = self._load()

    def __call__(self, text: str) -> Doc:
        """RETURNS (Doc): The tokens of a text."""
        return self._refresh().tokenizer(text)

    def make_doc(self, words: list[str], spaces: list[bool]) -> Doc:
        """RETURNS (Doc): Tokens that are given."""
        return Doc(self._refresh().vocab, words=words, spaces=spaces)

    def count_strings(self) -> int:
        """RETURNS (int): The number of strings that are kept."""
        return len(self._nlp.vocab.strings)

    def _refresh(self) -> Language:
        if self.count_strings() > MAX_STRINGS:
            self._nlp = self._load()
        return self._nlp

    def _load(self) -> Language:
        try:
            nlp = spacy.blank(self.lang)
        except ImportError as error:
            reason = " ".join(str(error).split())
            raise ValueError(
                f"--lang: expected a language that spaCy has, e.g. en, got {self.lang!r}: {reason}"
            ) from None
        nlp.vocab.lex_attr_getters = {}  # the attributes of words, which nothing here asks for
        return nlp


@cache
def load_tokenizer(lang: str) -> Tokenizer:
    """RETURNS (Tokenizer): The tokenizer of a language, made once for all files.
    RAISES (ValueError): If there is none."""
    return Tokenizer(lang)
