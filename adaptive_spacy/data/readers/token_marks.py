"""What some data sets write at each token that is none of it: its language, its place in a word."""

import re
from collections import Counter
from collections.abc import Sequence

#: WikiAnn's `en:Ada`
LANGUAGE = re.compile(r"(?P<prefix>(?:[a-z]{2,3}(?:-[a-z]+)*|simple): ?).+")
FIRST_CHINESE = "\u2e80"


def find_language(tokens: Sequence[str]) -> str:
    """RETURNS (str): The language that most tokens begin with, as `en:`; empty: there is none."""
    found = Counter(one["prefix"] for token in tokens if (one := LANGUAGE.fullmatch(token)))
    prefix, count = max(found.items(), key=lambda one: one[1], default=("", 0))
    return prefix if 2 * count >= len(tokens) else ""


def have_places(tokens: Sequence[str]) -> bool:
    """Whether all tokens are a sign and its place in a word, half of them Chinese: `科0`, `技1`."""
    if not all(len(token) == 2 and token[1].isdecimal() for token in tokens):
        return False
    chinese = sum(token[0] >= FIRST_CHINESE and token[0].isalpha() for token in tokens)
    return 2 * chinese >= len(tokens) > 0
