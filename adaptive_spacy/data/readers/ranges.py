"""CoNLL-U's ranges of tokens (`2-3 del`), which are written as one word."""

import re

from adaptive_spacy.data.readers.spaces import Glued

#: In place of the tag: a range, with the number of its tokens, its flag and its word
RANGE = "\trange\t"
# no longer than int() reads
NUMBERS = re.compile(r"(?P<first>\d{1,15})-(?P<last>\d{1,15})")
EMPTY_NODE = re.compile(r"\d+\.\d+")


def count_range(number: str) -> int:
    """RETURNS (int): How many tokens a range as 2-3 has; 0: it is none, -1: it goes down."""
    found = NUMBERS.fullmatch(number)
    if not found:
        return 0
    return max(-1, int(found["last"]) - int(found["first"]) + 1) or -1


def read_flags(tokens: list[str], ranges: list[tuple[int, str]]) -> list[bool]:
    """RETURNS (list[bool]): Whether a space follows each token, by flags of the tokens and of
    ranges of them, whose words have none in between if they make up the token of the range."""
    spaces = [type(token) is not Glued for token in tokens]
    for at, note in ranges:
        count, glued, form = note[len(RANGE) :].split("\t", 2)
        end = at + int(count)
        if end <= len(tokens):
            is_whole = "".join(tokens[at:end]) == form
            spaces[at : end - 1] = [not is_whole] * (end - 1 - at)
            spaces[end - 1] = glued == "0"
    return spaces
