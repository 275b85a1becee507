"""Tokenize texts as spaCy does, in memory that does not grow with what was read."""

from functools import cache
from typing import NamedTuple

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from adaptive_spacy.config.requirements import require_language

MAX_STRINGS = 200_000


class Tokenized(NamedTuple):
    """A text and its tokens, as spaCy and as plain Python, which is many times as fast to walk.

    doc (Doc): The tokens.
    text (str): The text; `doc.text` would put it together again.
    words (list[str]), spaces (list[bool]): The tokens, and whether a space follows each.
    """

    doc: Doc
    text: str
    words: list[str]
    spaces: list[bool]


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

    def __call__(self, text: str) -> Tokenized:
        """RETURNS (Tokenized): The tokens of a text."""
        doc = self._refresh().tokenizer(text)
        words, at = [], 0
        lengths, spaces = doc.to_array(["LENGTH", "SPACY"]).T.tolist() if len(doc) else ([], [])
        for length, space in zip(lengths, spaces, strict=True):
            words.append(text[at : at + length])
            at += length + space
        return Tokenized(doc, text, words, [bool(space) for space in spaces])

    def make(self, text: str, words: list[str], spaces: list[bool]) -> Tokenized:
        """RETURNS (Tokenized): A text with tokens that are given."""
        doc = Doc(self._refresh().vocab, words=words, spaces=spaces)
        return Tokenized(doc, text, words, spaces)

    def count_strings(self) -> int:
        """RETURNS (int): The number of strings that are kept."""
        return len(self._nlp.vocab.strings)

    def _refresh(self) -> Language:
        if self.count_strings() > MAX_STRINGS:
            self._nlp = self._load()
        return self._nlp

    def _load(self) -> Language:
        require_language(self.lang)
        try:
            nlp = spacy.blank(self.lang)
        except ImportError as error:
            reason = " ".join(str(error).split())
            raise ValueError(
                f"--lang: expected a language whose tokenizer is there, e.g. en, got "
                f"{self.lang!r}: {reason}"
            ) from None
        # no attributes of words, which nothing here asks for
        nlp.vocab.lex_attr_getters = {}  # type: ignore[attr-defined]
        return nlp


@cache
def load_tokenizer(lang: str) -> Tokenizer:
    """RETURNS (Tokenizer): The tokenizer of a language, made once for all files.
    RAISES (ValueError): If there is none."""
    return Tokenizer(lang)
