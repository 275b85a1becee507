"""Quotation marks among tabs: most are tokens, some are what a spreadsheet or pandas made of one.

Such programs quote only a text that holds a quotation mark: it stands between two, and each of its
own is doubled. That tells each field by itself: no author writes a token so.
"""

from collections.abc import Sequence


def unquote(field: str) -> str:
    """RETURNS (str): The text that was quoted, as `a"b` of `"a""b"`; any other, as `"Ada"` and a
    quotation mark alone, as it is."""
    if not field.startswith('"') or '""' not in field[1:-1] or not field.endswith('"'):
        return field
    inner = field[1:-1]
    # what is left of a run of them was not doubled
    return field if '"' in inner.replace('""', "") else inner.replace('""', '"')


def unquote_all(fields: list[str]) -> list[str]:
    """RETURNS (list[str]): The fields of a row, see `unquote`."""
    return [unquote(field) for field in fields]


def quote(text: str) -> str:
    """RETURNS (str): A field that is read as this text: quoted only if it would be another."""
    return text if unquote(text) == text else '"' + text.replace('"', '""') + '"'


def are_quoted(fields: Sequence[str]) -> bool:
    """Whether all fields stand in quotes: of names of columns, that all of a table is quoted."""
    return all(len(field) > 1 and field[0] == field[-1] == '"' for field in fields)
