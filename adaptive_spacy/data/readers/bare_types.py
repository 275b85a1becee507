"""Whether tags without a prefix are types at all, before they are taken for such.

Nothing marks a bare type as one: words, numbers and keys pass for it. `--scheme bare` insists.
"""

import re
from collections.abc import Mapping

from adaptive_spacy.data.readers.tag_spelling import LIKE_PREFIXED, OUTSIDE_WORDS
from adaptive_spacy.data.source import shorten

#: Types above which a column is not taken for them unasked
MANY_TYPES = 100
#: Tags of which more than half are words seen once are no types
WORD = re.compile(r"[^\W\d_]+")
#: How types are written that no text has
TYPE_NAME = re.compile(r"[A-Z][A-Z0-9_-]+")
#: What a type may hold; not so pairs of key and value, brackets and marks
NAME = re.compile(r"\w[\w .:/&'+-]*")
NUMBER = re.compile(r"[\d\W_]+")
#: Links into knowledge bases, and the senses of WordNet and PropBank: girl.n.01, come.03
LINK = re.compile(r"[QP]\d+|NIL_?\d*|https?:.*|[^\W\d_][\w'~-]*\.(?:[a-z]\.)?\d\d")
#: Of those that look like tags with a prefix the ones that may be types: B-cell, E-mail
LIKE_TYPE = re.compile(r"[A-Z]-[a-z]+")
INSIST = "--scheme bare takes it for a type"


def find_doubt(raw: str, tags: Mapping[str, int]) -> str | None:
    """Tell what is no type by itself.

    tags (Mapping[str, int]): All tags of the source that are not outside.
    RETURNS (str | None): How to read it all the same, or nothing; None: it may be a type.
    """
    if not NAME.fullmatch(raw) or NUMBER.fullmatch(raw) or LINK.fullmatch(raw):
        return ""
    if raw.casefold() in OUTSIDE_WORDS - {"other", "others"}:
        return ""
    if LIKE_PREFIXED.fullmatch(raw):
        return INSIST if LIKE_TYPE.fullmatch(raw) and raw[2:] not in tags else ""
    # a letter of a scheme with nothing between it and the type: BPER, PERI
    is_letter = raw[:1] in "BI" and {f"B{raw[1:]}", f"I{raw[1:]}"} <= tags.keys()
    is_letter |= raw[-1:] in "BI" and {f"{raw[:-1]}B", f"{raw[:-1]}I"} <= tags.keys()
    return "" if is_letter else None


def find_doubt_of_all(tags: Mapping[str, int], *, has_outside: bool) -> tuple[str, str] | None:
    """Tell whether the tags of a source are no types, although each of them may be one.

    tags (Mapping[str, int]): Those that are not outside, and how often they are.
    has_outside (bool): Whether there are others.
    RETURNS (tuple[str, str] | None): The first tag in doubt, and why; None: they may be types.
    """
    if not tags or any(find_doubt(raw, tags) is not None for raw in tags):
        return None
    once = [raw for raw, count in tags.items() if count == 1 and is_word(raw)]
    words = len(once) * 2 > len(tags)
    first = next(iter(once if words else tags))
    found = f"found {shorten(first)}" + (f" and {len(tags) - 1:,} more" if len(tags) > 1 else "")
    if words:
        return first, f"{found}, most of them words that are there once, expected tags"
    if len(tags) > MANY_TYPES:
        return first, f"{found} where tags should be, expected at most {MANY_TYPES} types"
    if not has_outside:
        are_types = all(map(TYPE_NAME.fullmatch, tags))
        insist = "; --scheme bare takes all tags for types" if are_types else ""
        return first, f"{found} and no O for what is outside of entities, expected one{insist}"
    return None


def is_word(raw: str) -> bool:
    """Whether a tag looks like a word of a text: letters, and not all of them capitals."""
    return WORD.fullmatch(raw) is not None and not raw.isupper()
