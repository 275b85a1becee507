"""Sentences that do not end: how much of one is held, and where it may be cut."""

from collections.abc import Sequence
from pathlib import Path

from adaptive_spacy.data.readers.tag_spelling import is_outside

#: Tokens of a sentence, or of a document of several, above which a file is refused
MOST_TOKENS = 1_000_000
#: Tokens above which a sentence is cut where sentences are to be cut
CUT_AT = 100_000


def find_cut(path: Path, number: int, tags: Sequence[str], *, may_cut: bool) -> int:
    """Find where a sentence that is still read may be cut, so that it need not be held.

    path (Path), number (int): The file, and the line that is read.
    tags (Sequence[str]): Of its tokens so far.
    may_cut (bool): Whether the user wants long sentences cut.
    RETURNS (int): A token that is outside of entities, as the one before it is; 0: it is short
        enough, or there is none yet.
    RAISES (ValueError): If it is too long to hold.
    """
    if may_cut and len(tags) > CUT_AT:
        for at in range(len(tags) - 1, 1, -1):
            if is_outside(tags[at]) and is_outside(tags[at - 1]):
                return at
    if len(tags) <= MOST_TOKENS:
        return 0
    way = "one, or O on two tokens in a row" if may_cut else "one; --sentences 100 cuts it"
    raise ValueError(
        f"{path}:{number}: found more than {MOST_TOKENS:,} tokens and no end of a sentence, "
        f"expected {way}"
    )


class UnitLength:
    """Counts the tokens of what becomes one doc.

    path (Path): The file.
    group (str | int): "documents", or a number of sentences; "sentences": each is one.
    """

    def __init__(self, path: Path, group: str | int) -> None:
        self.path = path
        self.group = group
        self._tokens = self._sentences = self._document = 0

    def add(self, tokens: int, document: int) -> None:
        """Take a sentence. RAISES (ValueError): If the doc becomes too long to hold."""
        if self.group == "sentences":
            return
        is_full = self.group != "documents" and self._sentences == self.group
        if document != self._document or is_full:
            self._tokens = self._sentences = 0
        self._document = document
        self._tokens += tokens
        self._sentences += 1
        if self._tokens > MOST_TOKENS:
            raise ValueError(
                f"{self.path}: --group {self.group}: found more than {MOST_TOKENS:,} tokens in "
                f"document {max(1, document)}, expected less; --group 10 makes documents of ten "
                "sentences"
            )
