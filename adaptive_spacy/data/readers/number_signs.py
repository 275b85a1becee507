"""Lines that begin with a number sign: comments, or rows whose token does, as in tweets.

A row has as many columns as the others, and a tag where they have it; what has not is a comment, if
it looks like one. Where it may be either, the user decides: a token must not get lost.
"""

import re
from enum import Enum
from typing import NamedTuple

from adaptive_spacy.data.readers.bare_types import TYPE_NAME, is_word
from adaptive_spacy.data.readers.column_choice import is_header
from adaptive_spacy.data.readers.conll_columns import Layout
from adaptive_spacy.data.readers.misc_pairs import find_value
from adaptive_spacy.data.readers.tag_spelling import LIKE_PREFIXED
from adaptive_spacy.data.source import shorten

#: A comment for certain, whatever it holds
KEY_AND_VALUE = re.compile(r"# +[\w.:-]+( [\w.:-]+)? =(\s|$)")
#: In place of a number alone
SIGNED_INDEX = re.compile(r"#\d{1,15}")


class Reading(Enum):
    """What a line is."""

    COMMENT = "a comment"
    ROW = "a row"
    EITHER = "one of both"


class NumberSigns(NamedTuple):
    """Tells the comments of a file.

    layout (Layout): Its columns. Where one numbers the tokens, no row begins with a number sign.
    tags (frozenset[str]): What its first rows have as tags.
    insists (bool): Whether the user says that any word is a type.
    may_miss_tags (bool): Whether rows may have no tag.
    """

    layout: Layout
    tags: frozenset[str]
    insists: bool = False
    may_miss_tags: bool = False

    def read(self, line: str, fields: list[str]) -> Reading:
        """RETURNS (Reading): What a line is that begins with a number sign.

        fields (list[str]): Its columns, as of a row.
        """
        is_full = len(fields) == self.layout.columns
        if self.layout.numbers >= 0:
            is_index = is_full and SIGNED_INDEX.fullmatch(fields[self.layout.numbers])
            return Reading.ROW if is_index else Reading.COMMENT
        is_pair = KEY_AND_VALUE.match(line) is not None
        if is_full and self._holds_tag(fields[self.layout.tag]):
            if is_pair:
                return Reading.EITHER if "\t" in line else Reading.COMMENT
            return Reading.ROW
        if is_pair or (is_full and is_header([fields[0].lstrip("# "), *fields[1:]])):
            return Reading.COMMENT
        if not line.startswith("# "):
            return self._read_word(line, fields)
        if len(fields) > self.layout.columns:
            return self._read_longer(line, fields)
        return self._read_tabs(fields) if "\t" in line else self._read_spaces(fields)

    def describe(self, line: str) -> str:
        """RETURNS (str): What is wrong with a line that may be either."""
        return (
            f"found {shorten(line)}, which may be a comment or a row, expected one for certain: "
            "a comment as '# key = value' without tabs, or a row with its tag in column "
            f"{self.layout.tag} of {self.layout.columns}"
        )

    def _holds_tag(self, value: str) -> bool:
        raw = value.strip(" ")
        if self.layout.key:
            raw = find_value(raw, self.layout.key)
        return raw == "O" or raw in self.tags or LIKE_PREFIXED.fullmatch(raw) is not None

    def _read_word(self, line: str, fields: list[str]) -> Reading:
        """RETURNS (Reading): Of `#word`, without a tag that is known."""
        is_full = len(fields) == self.layout.columns and "\t" not in line
        is_text = is_full and not self._has_sure_tags and is_word(fields[self.layout.tag])
        return Reading.EITHER if is_text else Reading.ROW

    def _read_longer(self, line: str, fields: list[str]) -> Reading:
        """RETURNS (Reading): Of more columns than a row has."""
        is_divided = "\t" in line or not self.layout.tabbed
        ends_with_tag = fields[self.layout.tag - self.layout.columns] in self.tags
        return Reading.EITHER if is_divided and ends_with_tag else Reading.COMMENT

    def _read_tabs(self, fields: list[str]) -> Reading:
        """RETURNS (Reading): Of `# words` before a tab, without a tag that is known."""
        columns = self.layout.columns
        if len(fields) < columns:
            is_row = self._may_lack_tag(fields) and self.may_miss_tags
            return Reading.EITHER if is_row else Reading.COMMENT
        tag = fields[self.layout.tag]
        if columns == 2:  # a token may have a space in it
            return Reading.ROW if tag and self._has_sure_tags else Reading.EITHER
        if not tag:  # or a comment that a spreadsheet has filled up
            return Reading.ROW if any(fields[1:]) else Reading.COMMENT
        may_be_type = TYPE_NAME.fullmatch(tag) and not self._has_prefixes
        return Reading.EITHER if may_be_type else Reading.COMMENT

    def _read_spaces(self, fields: list[str]) -> Reading:
        """RETURNS (Reading): Of `#` and words, without a tag that is known."""
        if len(fields) == 1:
            return Reading.ROW
        if self.layout.tabbed:
            return Reading.COMMENT
        if len(fields) == self.layout.columns:
            is_text = is_word(fields[self.layout.tag]) and not self._has_sure_tags
            return Reading.EITHER if is_text else Reading.ROW
        return Reading.EITHER if self._may_lack_tag(fields) else Reading.ROW

    @property
    def _has_prefixes(self) -> bool:
        return any(map(LIKE_PREFIXED.fullmatch, self.tags))

    @property
    def _has_sure_tags(self) -> bool:
        """Whether a row with a word for a tag is refused as such, or the user insists on it."""
        return self.insists or self._has_prefixes

    def _may_lack_tag(self, fields: list[str]) -> bool:
        return len(fields) == self.layout.columns - 1 == self.layout.tag
