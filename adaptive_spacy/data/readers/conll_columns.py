"""The columns of a CoNLL file: how a row is cut, and which columns hold the token and its tag."""

import re
from collections import Counter
from typing import NamedTuple

from adaptive_spacy.data.schemes import OUTSIDE, PREFIXED

DOCSTART = "-DOCSTART-"
KEY_AND_VALUE = re.compile(r"# +[\w.:-]+ =(\s|$)")
INDEX = re.compile(r"\d+([-.]\d+)?")  # CoNLL-U numbers 1, 2-3 and 3.1


class Layout(NamedTuple):
    """Where a row holds what.

    columns (int): The number of columns.
    token (int): Column of the token, from 0.
    tag (int): Column of the tag, from 0.
    numbered (bool): Whether column 0 numbers the tokens, so that no row begins with a #.
    """

    columns: int
    token: int
    tag: int
    numbered: bool = False


def split_row(line: str) -> list[str]:
    """RETURNS (list[str]): Columns, separated by tabs if the row has any, else by spaces."""
    # str.split() would also cut tokens at no-break spaces and the like
    if " " not in line:  # most rows: nothing to strip
        fields = line.split("\t")
        if "" not in fields and line[-1] not in "\r\n":
            return fields
    line = line.strip(" \t\r\n")
    if "\t" not in line:
        fields = line.split(" ")
    elif " " in line:
        fields = [field.strip(" ") for field in line.split("\t")]
    else:
        fields = line.split("\t")
    return [field for field in fields if field] if "" in fields else fields


def is_comment(line: str, fields: list[str], columns: int) -> bool:
    """Whether a line that starts with `# ` is a comment and not the token `#`."""
    return len(fields) > columns or KEY_AND_VALUE.match(line) is not None


def count_columns(rows: list[list[str]]) -> int:
    """RETURNS (int): The number of columns that most rows have, 1 only if all have that."""
    counts = Counter(len(fields) for fields in rows if fields)
    if list(counts) != [1]:
        counts.pop(1, None)  # tokens without a tag
    return max(counts, key=counts.__getitem__, default=2)  # of equals the first


def is_numbered(rows: list[list[str]]) -> bool:
    """Whether column 0 only numbers the tokens of each sentence from 1, as in CoNLL-U.

    rows (list[list[str]]): The columns of the first rows; nothing for a blank line.
    """
    rows = [fields for fields in rows if not fields or not fields[0].startswith("#")]
    firsts = [fields[0] for i, fields in enumerate(rows) if fields and (i == 0 or not rows[i - 1])]
    return (
        any(len(fields) > 2 for fields in rows)
        and all(INDEX.fullmatch(fields[0]) for fields in rows if fields)
        and set(firsts) == {"1"}
    )


def detect_tag_column(rows: list[list[str]], columns: int, token: int) -> int:
    """Find the column of the tags among rows of several columns.

    It is the last column, unless that holds hardly any tag with a prefix or `O`, and another
    column hardly anything else; of several such, as with chunks before entities, the last.

    rows (list[list[str]]): The columns of the first rows.
    RETURNS (int): The column, from 0.
    """
    full = [fields for fields in rows if len(fields) == columns]
    last = columns - 1

    def share(column: int) -> float:
        values = Counter(fields[column] for fields in full)
        tags = sum(n for value, n in values.items() if value in OUTSIDE or PREFIXED.match(value))
        # `_` alone is how CoNLL-U leaves a column empty
        return tags / len(full) if full and set(values) != {"_"} else 0.0

    def has_prefixes(column: int) -> bool:
        return any(PREFIXED.match(fields[column]) for fields in full)

    if columns < 3 or share(last) >= 0.5:
        return last
    likely = [
        column
        for column in range(columns)
        if column != token and share(column) >= 0.9 and has_prefixes(column)
    ]
    return likely[-1] if likely else last
