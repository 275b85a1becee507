"""Entities by their numbers, as NameTag writes them: `PER_1` on each token of the first one."""

import re
from collections.abc import Iterable, Mapping, Sequence

from adaptive_spacy.data.readers.tag_spelling import is_outside

#: The scheme of the tags that are made of them
ID_SCHEME = "BIO"
#: Not `P_1-ps_2`, of which one lies within the other
ID = re.compile(r"(?P<type>[^\W\d_](?:(?!_\d+-).)*)_(?P<number>\d{1,15})")
NESTED = re.compile(r".+_\d+-.+_\d+")


def are_ids(values: Mapping[str, int]) -> bool:
    """Whether all values that are not outside are types with numbers."""
    found = [value for value in values if not is_outside(value) and value]
    return bool(found) and all(ID.fullmatch(one) or NESTED.fullmatch(one) for one in found)


def are_counted(sentences: Iterable[Sequence[str]]) -> bool:
    """Whether entities are counted one after the other, from 1 on at the beginning of a sentence or
    from those before it: so types that only end in a number are none.

    sentences (Iterable[Sequence[str]]): The values of each.
    """
    last = highest = 0
    for values in sentences:
        before, is_first = "", True
        for value in values:
            found = None if is_outside(value) else ID.fullmatch(value)
            if found and value != before:
                number = int(found["number"])
                if number != last + 1 and not (is_first and number == 1):
                    return False
                last, is_first = number, False
                highest = max(highest, number)
            before = value
    return highest > 1


def read_ids(tags: Sequence[str]) -> list[str]:
    """Make tags of BIO of the numbered entities of a sentence.

    RETURNS (list[str]): The tag of each token; one that cannot be read, as one within another or
        one that comes again after something else, as it is.
    """
    found: list[str] = []
    seen: set[str] = set()
    before = ""
    for raw in tags:
        one = ID.fullmatch(raw)
        if one is None or (raw in seen and raw != before):
            found.append(raw)
        else:
            found.append(f"{'I' if raw == before else 'B'}-{one['type']}")
            seen.add(raw)
        before = raw
    return found
