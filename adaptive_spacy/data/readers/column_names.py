"""How tables call their columns of sentences and documents."""

import re
from collections.abc import Sequence

#: Letters of the names of columns that number sentences and documents
SENTENCE = re.compile(r"sent(ence)?s?(id|idx|index|no|num|number|nr)?|sid")
DOCUMENT_NAME = re.compile(r"doc(ument)?(id|idx|index|no|num|number|name)?|file(name)?")


def find_named(names: Sequence[str], pattern: re.Pattern[str], columns: Sequence[int]) -> int:
    """RETURNS (int): The first of these columns whose name has such letters; -1: there is none."""
    for column in columns if names else ():
        if pattern.fullmatch("".join(filter(str.isalpha, names[column].casefold()))):
            return column
    return -1
