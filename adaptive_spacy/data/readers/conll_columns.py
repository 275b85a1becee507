"""The rows of a CoNLL file: how they are cut into columns, and where a row holds what."""

from collections import Counter
from typing import NamedTuple

from adaptive_spacy.data.readers.quoting import unquote_all

DOCSTART = "-DOCSTART-"


class Layout(NamedTuple):
    """Where a row holds what.

    columns (int): The number of columns.
    token (int): Column of the token, from 0.
    tag (int): Column of the tag, from 0.
    numbers (int): Column that numbers the tokens, so that no row begins with a #; -1: none.
    has_ranges (bool): Whether the numbers are CoNLL-U's, where 2-3 and 4.1 are no tokens.
    glue (int): Column that says where no space follows the token; -1: none.
    prefix (str): The language before each token, as `en:`.
    key (str): The key of the tag, where its column holds pairs as `NE=B-PER|SpaceAfter=No`.
    default (str): The tag of a row without that key; empty: it is missing.
    header (tuple[str, ...]): The row that names the columns; nothing: there is none.
    has_places (bool): Whether a digit behind each token is its place in a word.
    tabbed (bool): Whether tabs divide the columns of all rows.
    quotes (bool): Whether a quotation mark may be doubled in quotes, see `unquote`: in a table of
        tabs with names.
    """

    columns: int
    token: int
    tag: int
    numbers: int = -1
    has_ranges: bool = False
    glue: int = -1
    prefix: str = ""
    key: str = ""
    default: str = ""
    header: tuple[str, ...] = ()
    has_places: bool = False
    tabbed: bool = False
    quotes: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether token and tag are the text of two columns."""
        reads_more = self.prefix or self.has_places or self.key or self.header
        return not (self.has_ranges or self.glue >= 0 or reads_more)


def split_row(line: str) -> list[str]:
    """RETURNS (list[str]): Columns, divided by tabs if the row has any, else by spaces. Between
    tabs an empty column is one; the row of a blank line has none."""
    # str.split() would also cut tokens at no-break spaces and the like
    if " " not in line:  # most rows: nothing to strip
        fields = line.split("\t")
        if "" not in fields and line[-1] not in "\r\n":
            return fields
    if "\t" not in line:
        return [field for field in line.strip(" \r\n").split(" ") if field]
    # a token may be a space
    fields = [field.strip(" ") or field for field in line.strip("\r\n").split("\t")]
    return fields if any(field.strip(" ") for field in fields) else []


def split_quoted(line: str) -> list[str]:
    """RETURNS (list[str]): The same of a table in which quotation marks may be doubled."""
    return unquote_all(split_row(line))


def fit_row(fields: list[str], columns: int) -> list[str]:
    """RETURNS (list[str]): The row without empty columns, as of several tabs in place of one, if it
    has too many and fits without."""
    kept = [field for field in fields if field]
    return kept if len(kept) == columns < len(fields) else fields


def count_columns(rows: list[list[str]]) -> int:
    """RETURNS (int): The number of columns that most rows have, 1 only if all have that."""
    counts = Counter(len(fields) for fields in rows if fields)
    if list(counts) != [1]:
        counts.pop(1, None)  # tokens without a tag
    return max(counts, key=counts.__getitem__, default=2)  # of equals the first
