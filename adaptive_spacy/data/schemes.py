"""Tag schemes: what a token's tag says about the entities, and back."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

# Each scheme's letters and what they mean in BILOU. A file without any B- reads the same in IO
# and IOB1; in "bare" files a tag is a type and nothing else.
SCHEMES: dict[str, dict[str, str]] = {
    "BIO": {"B": "B", "I": "I"},
    "IOB1": {"B": "B", "I": "I"},
    "BILOU": {"B": "B", "I": "I", "L": "L", "U": "U"},
    "BIOES": {"B": "B", "I": "I", "E": "L", "S": "U"},
    "BMEWO": {"B": "B", "M": "I", "E": "L", "W": "U"},
    "BMES": {"B": "B", "M": "I", "E": "L", "S": "U"},
    "IO": {"I": "I"},
    "bare": {"": "I"},
}
NAMES = {
    "iob2": "BIO",
    "iobes": "BIOES",
    "bmeso": "BMES",
    **{name.lower(): name for name in SCHEMES},
}
OUTSIDE = ("O", "0", "_")

# Places in a sequence of tags that hold no tag: no tag contains a tab.
EDGE = "\tedge"  # before the first and after the last token of a sentence
UNTAGGED = "\tuntagged"  # a row without a tag, where these are allowed
BROKEN = "\tbroken"  # a row that could not be read

PREFIXED = re.compile(r"[BILUESMW]-.+")
# without brackets and stars: CoNLL-2012's `(PERSON*` would pass for a type
TYPE = re.compile(r"[^()*\t]*\w[^()*\t]*")
#: A type with another tag behind it: `B-DNA|B-protein` of entities within one another, or `B-PER|O`
#: of a whole sentence
STACKED = re.compile(r".+[|,;+#/]\s*([BILUESMW][-_:].+|O([|,;+#/].*)?)")
#: Tags divided by spaces, as of a whole sentence
SEQUENCE = re.compile(r"(?:[BILUESMW][-_:]\S+|O)(?: +(?:[BILUESMW][-_:]\S+|O))+")

Ents = list[tuple[int, int, str]]


class Tag(NamedTuple):
    """A tag of any scheme in the letters of BILOU.

    kind (str): B, I, L, U, or O for what is outside.
    label (str): The entity type; empty outside.
    """

    kind: str
    label: str


NOTHING = Tag("O", "")


def find_scheme(name: str, *, or_auto: bool = False) -> str:
    """Find a scheme by any of its names, in upper or lower case.

    or_auto (bool): Whether "auto" is a name, too.
    RETURNS (str): One of `SCHEMES`, or "auto".
    RAISES (ValueError): If there is none of that name.
    """
    lower = name.lower()
    if or_auto and lower == "auto":
        return lower
    if lower not in NAMES:
        allowed = ", ".join((*(["auto"] if or_auto else []), *SCHEMES))
        raise ValueError(f"--scheme: expected one of {allowed}, got {name!r}")
    return NAMES[lower]


def parse_tag(raw: str, scheme: str) -> Tag | None:
    """RETURNS (Tag | None): What a tag means; None if the scheme has no such tag."""
    if raw in (*OUTSIDE, EDGE, UNTAGGED):
        return NOTHING
    letter, label = ("", raw) if scheme == "bare" else raw.partition("-")[::2]
    kind = SCHEMES[scheme].get(letter)
    is_type = TYPE.fullmatch(label) and (scheme == "bare" or not is_stacked(raw))
    return Tag(kind, label) if kind and is_type else None


def is_stacked(raw: str) -> bool:
    """Whether what stands for a tag are several."""
    return any(one.fullmatch(raw) for one in (STACKED, SEQUENCE))


def find_meanings(tags: Iterable[str], scheme: str) -> dict[str, Tag]:
    """RETURNS (dict[str, Tag]): What each tag means, for `decode`; nothing, if the scheme has no
    such tag."""
    return {raw: parse_tag(raw, scheme) or NOTHING for raw in tags}


def may_follow(tag: Tag, previous: Tag, scheme: str) -> bool:
    """Whether the scheme allows one tag after another; a sentence's edges count as outside."""
    is_open = previous.kind in "BI"
    connected = is_open and tag.label == previous.label
    if scheme in ("IO", "bare"):
        return True
    if scheme == "IOB1":  # B- only divides neighbours of one type
        return connected or tag.kind != "B"
    if scheme == "BIO":
        return connected or tag.kind != "I"
    return connected if tag.kind in "IL" else not is_open


def decode(tags: Iterable[str], meanings: Mapping[str, Tag]) -> Ents:
    """Read the entities of a sentence.

    What a scheme does not allow is read as conlleval does it: an inner tag that continues nothing
    begins an entity, and an entity without its last tag ends where something else begins.

    tags (Iterable[str]): The tag of each token.
    meanings (Mapping[str, Tag]): What each means.
    RETURNS (Ents): First token, token after the last, type.
    """
    # spaCy's iob_to_biluo and seqeval's schemes know fewer schemes; these few lines do for all
    ents: Ents = []
    start, label, here = 0, "", -1  # the open entity; no label: none is open
    for here, raw in enumerate(tags):
        kind, new_label = meanings[raw]
        if not new_label and not label:
            continue
        if label and (kind not in "IL" or new_label != label):
            ents.append((start, here, label))
            label = ""
        if new_label and not label:
            start, label = here, new_label
        if kind in "LU":
            ents.append((start, here + 1, label))
            label = ""
    if label:
        ents.append((start, here + 1, label))
    return ents


def encode(ents: Ents, length: int, scheme: str) -> list[str]:
    """Write the entities of a sentence as tags.

    ents (Ents): First token, token after the last, type; in order.
    length (int): The number of tokens.
    scheme (str): One of `SCHEMES`. IO and bare join neighbours of one type.
    RETURNS (list[str]): The tag of each token.
    """
    letters = {kind: letter for letter, kind in SCHEMES[scheme].items()}
    dash = "" if scheme == "bare" else "-"
    tags = ["O"] * length
    end_before, label_before = -1, ""
    for start, end, label in ents:
        if "L" in letters:
            kinds = "B" + "I" * (end - start - 2) + "L" if end - start > 1 else "U"
        elif "B" in letters and (scheme != "IOB1" or (end_before, label_before) == (start, label)):
            kinds = "B" + "I" * (end - start - 1)
        else:
            kinds = "I" * (end - start)
        tags[start:end] = [f"{letters[kind]}{dash}{label}" for kind in kinds]
        end_before, label_before = end, label
    return tags
