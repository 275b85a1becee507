"""Columns that the token would be read of and that hold something else: the user is asked."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from adaptive_spacy.data.readers.column_kinds import Kind, Row, describe_types, read_numbers

NUMBER = re.compile(r"[-+]?\d+(?:[.,:/-]\d+)*")
#: Rows that show whether all are numbers
FEW_ROWS = 3
#: Parts of speech, lemmas of which would be more
MOST_PARTS = 100


def refuse_lost_sentences(rows: Sequence[Row], numbered: Sequence[int]) -> None:
    """RAISES (ValueError): If numbers alone say where sentences end, which blank lines would."""
    if not all(rows[:-1]):
        return
    whole = [fields for fields in rows if fields]
    for column in numbered:
        values = [fields[column] for fields in whole if column < len(fields)]
        changes = sum(one != two for one, two in pairwise(values))
        if 0 < changes < len(values) - 1:
            raise ValueError(
                f"found a sentence's number or name in column {column} and no blank line, which "
                "would end a sentence; begin the file with a row of names of the columns: "
                "sentence_id for that one, token, tag, and any for others"
            )
        numbers = [number for number in read_numbers(values) if number is not None]
        again = next((i for i, (one, two) in enumerate(pairwise(numbers)) if two < one), None)
        if again is not None:
            raise ValueError(
                f"found numbers in column {column} that start again in row {again + 2} and no "
                "blank line, which would end a sentence; put one before each row where they do"
            )


def refuse_tags_as_tokens(
    token: int, kinds: Sequence[Kind], values: Sequence[Counter[str]]
) -> None:
    """RAISES (ValueError): If what would be the token are tags: the tags of a sentence in a line,
    whose tokens are in another file, or a tag before the token and one behind it."""
    is_tag = kinds[token] is Kind.TAGS and "O" in values[token]
    # a layer without an entity
    is_tag |= kinds[token] is Kind.OUTSIDE and values[token].total() > 1
    if is_tag or all(kind in (Kind.TAGS, Kind.OUTSIDE) for kind in kinds):
        raise ValueError(
            f"found tags in column {token} ({describe_types(values[token])}), where the token "
            "would be, expected a token and its tag per row; --token-column says where the token "
            "is, if it is in this file at all"
        )


def refuse_numbers_as_tokens(
    token: int, tag: int | None, kinds: Sequence[Kind], values: Sequence[Counter[str]]
) -> None:
    """RAISES (ValueError): If what would be the token is a number in each row, and another column
    holds words: offsets, or numbers that no index counts by."""
    if not all(map(NUMBER.fullmatch, values[token])):
        return
    words = [
        i
        for i, kind in enumerate(kinds)
        if kind is Kind.OTHER and i not in (token, tag) and are_words(values[i])
    ]
    if words and values[token].total() >= FEW_ROWS:
        raise ValueError(
            f"found a number in each row of column {token}, where the token would be, and words in "
            f"column {words[0]}, expected tokens; --token-column {words[0]} takes the words, "
            f"--token-column {token} the numbers"
        )


def are_words(values: Counter[str]) -> bool:
    """Whether a column holds words of a text: many different ones, some in small letters."""
    has_small = any(any(map(str.islower, value)) for value in values)
    return has_small and (2 * len(values) >= values.total() or len(values) > MOST_PARTS)
