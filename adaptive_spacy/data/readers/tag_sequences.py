"""Which tag follows which in a file: the scheme that fits, and what it does not allow."""

import re
from collections import Counter
from typing import NamedTuple

from adaptive_spacy.data.schemes import (
    BROKEN,
    EDGE,
    OUTSIDE,
    PREFIXED,
    SCHEMES,
    UNTAGGED,
    Tag,
    may_follow,
    parse_tag,
)
from adaptive_spacy.data.source import shorten

LIKE_PREFIXED = re.compile(r"[BILUESMW]([- ]|$)")

# A tag and the tag after it, as the file has them or one of the places without a tag.
Pair = tuple[str, str]
Pairs = Counter[Pair]


class Fault(NamedTuple):
    """Something wrong with a tag or with what it follows.

    pair (Pair): The tag before, and the tag.
    message (str): What was found, and what is allowed.
    repair (str): How it can be read all the same; empty: it cannot.
    """

    pair: Pair
    message: str
    repair: str = ""


def detect_scheme(pairs: Pairs) -> str:
    """RETURNS (str): The scheme with the fewest faults; of equals the first in `SCHEMES`."""
    tags: Counter[str] = Counter()
    for (_, raw), count in pairs.items():
        if raw not in (*OUTSIDE, EDGE, UNTAGGED, BROKEN):
            tags[raw] += count
    prefixed = sum(count for raw, count in tags.items() if PREFIXED.fullmatch(raw))
    if 2 * prefixed < tags.total():
        return "bare"

    def count_faults(scheme: str) -> int:
        return sum(pairs[fault.pair] for fault in find_tag_faults(pairs, scheme))

    return min((name for name, letters in SCHEMES.items() if "B" in letters), key=count_faults)


def find_tag_faults(pairs: Pairs, scheme: str, detected: bool = False) -> list[Fault]:
    """Find tags that the scheme does not have and sequences that it does not allow.

    detected (bool): Whether the scheme is a guess. Types like `B-cell` are not guessed then:
        they may as well be tags of another scheme.
    RETURNS (list[Fault]): What is wrong.
    """
    suffix = f"(scheme {scheme}{', detected' if detected else ''})"
    faults = []
    for pair in pairs:
        raw_previous, raw = pair
        if raw == BROKEN:
            continue
        tag, previous = parse_tag(raw, scheme), parse_tag(raw_previous, scheme)
        doubtful = detected and scheme == "bare" and LIKE_PREFIXED.match(raw)
        if tag is None or doubtful:
            message = f"found tag {shorten(raw)}, expected {describe_tags(scheme)}"
            if doubtful:
                message += " without a prefix; --scheme bare takes it for a type"
            faults.append(Fault(pair, f"{message} {suffix}"))
        elif previous is not None and not may_follow(tag, previous, scheme):
            message = describe_sequence(pair, tag, previous, scheme)
            repair = choose_repair(tag, scheme)
            faults.append(Fault(pair, f"{message} {suffix}; --repair {repair.verb}", repair.kind))
    return faults


class Repair(NamedTuple):
    """What `decode` makes of an illegal sequence: for the one who may choose it, and counted."""

    verb: str
    kind: str


BEGIN = Repair("begins an entity there", "inner tags that continue no entity read as its start")
END = Repair("ends the entity before it", "entities without their last tag ended")
DIVIDE = Repair("begins an entity there", "B- tags that divide no neighbours read as a start")


def choose_repair(tag: Tag, scheme: str) -> Repair:
    """RETURNS (Repair): How an illegal sequence that ends in this tag is read."""
    if scheme == "IOB1":
        return DIVIDE
    return BEGIN if tag.kind in "IL" else END


def describe_tags(scheme: str) -> str:
    *tags, last = [f"{letter}-TYPE" if letter else "TYPE" for letter in SCHEMES[scheme]]
    return f"{', '.join(('O', *tags))} or {last}"


def describe_sequence(pair: Pair, tag: Tag, previous: Tag, scheme: str) -> str:
    """RETURNS (str): What was found, and what the scheme allows in its place."""
    raw_previous, raw = pair
    letters = {kind: letter for letter, kind in SCHEMES[scheme].items()}
    found = {EDGE: "the end of the sentence", UNTAGGED: "a row without a tag"}
    place = {EDGE: "at the start of a sentence", UNTAGGED: "after a row without a tag"}
    message = f"found {found.get(raw) or shorten(raw)} "
    message += place.get(raw_previous) or f"after {shorten(raw_previous)}"
    if scheme == "IOB1":
        return f"{message}, expected I-{tag.label}: B- only divides neighbours of one type"
    if "L" in letters and previous.kind in "BI":
        label = previous.label
        return f"{message}, expected {letters['I']}-{label} or {letters['L']}-{label}"
    return f"{message}, expected B-{tag.label} or {letters['I']}-{tag.label} before it"
