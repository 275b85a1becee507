"""Which tag follows which in a file: the scheme that fits, and what it does not allow."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from adaptive_spacy.data.readers.bare_types import find_doubt
from adaptive_spacy.data.readers.tag_spelling import Spelling, is_outside
from adaptive_spacy.data.schemes import (
    BROKEN,
    EDGE,
    PREFIXED,
    SCHEMES,
    UNTAGGED,
    Tag,
    is_stacked,
    may_follow,
    parse_tag,
)
from adaptive_spacy.data.source import shorten

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


def count_tags(pairs: Pairs) -> Counter[str]:
    """RETURNS (Counter[str]): How often each tag is there, and places without one."""
    tags: Counter[str] = Counter()
    for (_, raw), count in pairs.items():
        if raw not in (EDGE, BROKEN):
            tags[raw] += count
    return tags


def detect_scheme(pairs: Pairs, tags: Mapping[str, int], spelling: Spelling) -> str:
    """RETURNS (str): The scheme with the fewest faults; of equals the first in `SCHEMES`.

    tags (Mapping[str, int]): How often each is there, see `count_tags`.
    """
    typed = {raw: count for raw, count in tags.items() if not is_outside(raw, spelling.outside)}
    prefixed = sum(n for raw, n in typed.items() if PREFIXED.fullmatch(spelling.read(raw)))
    if 2 * prefixed < sum(typed.values()):
        return "bare"

    def count_faults(scheme: str) -> int:
        return sum(pairs[fault.pair] for fault in find_tag_faults(pairs, scheme, spelling))

    return min((name for name, letters in SCHEMES.items() if "B" in letters), key=count_faults)


def find_tag_faults(
    pairs: Pairs,
    scheme: str,
    spelling: Spelling,
    doubted: Mapping[str, int] | None = None,
) -> list[Fault]:
    """Find tags that the scheme does not have and sequences that it does not allow.

    doubted (Mapping[str, int] | None): All tags that are not outside, where the scheme is a guess:
        what is no type by itself is not guessed then, see `find_doubt`. None: the user said it.
    RETURNS (list[Fault]): What is wrong.
    """
    suffix = f"(scheme {scheme}{', detected' if doubted is not None else ''})"
    faults = []
    meanings = {raw: parse_tag(spelling.read(raw), scheme) for pair in pairs for raw in pair}
    for pair in pairs:
        raw_previous, raw = pair
        if raw == BROKEN:
            continue
        tag, previous = meanings[raw], meanings[raw_previous]
        is_type = doubted is not None and scheme == "bare" and raw in doubted
        doubt = find_doubt(raw, doubted or {}) if is_type else None
        if tag is None or doubt is not None:
            message = f"found tag {shorten(raw)}, expected {describe_tags(scheme)}"
            if tag is None and is_stacked(raw):
                message = (
                    f"found several tags in one, {shorten(raw)}, expected one per token; write "
                    "each into a row or a column of its own"
                )
            if doubt is not None:
                message += " without a prefix" + (f"; {doubt}" if doubt else "")
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
