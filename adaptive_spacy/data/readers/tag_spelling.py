"""How a source spells its tags: `B-PER`, or `PER-B`, `b_per`, `BEGIN:PER`; and its `O`, or `Other`.

A spelling is found once for a whole source, and said. Everything else knows the usual one only.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from adaptive_spacy.data.schemes import BROKEN, EDGE, OUTSIDE, PREFIXED, UNTAGGED

PLACES = (EDGE, UNTAGGED, BROKEN)
#: What else is written for `O`, in lower case; read so where a source has no `O` of its own
# fmt: off
OUTSIDE_WORDS = {
    "o", "other", "others", "out", "outside", "none", "nil", "null", "nan", "na", "n/a", "no",
    "false", "-", "--",
}
# fmt: on
#: Prefixes that are words, in the letters of BILOU. `first` and `start` begin types: first_name
LETTERS = {
    **dict.fromkeys(("begin", "beginning"), "B"),
    **dict.fromkeys(("inside", "intermediate", "middle"), "I"),
    **dict.fromkeys(("end", "last"), "L"),
    **dict.fromkeys(("unit", "single", "singleton", "whole"), "U"),
}
LETTER = "[BILUESMW]"
WORD = "|".join(sorted(LETTERS, key=len, reverse=True))
#: What stands between letter and type beside the hyphen
MARK = r"[-_:./|+=~#@\\ \u2010-\u2014]"
OUT_TAGS = ("O", "0")


class Form(NamedTuple):
    """A way to write a tag with a type.

    pattern (re.Pattern[str]): Has the groups letter and type.
    example (str): With it, for messages; `{}` stands for the mark in between.
    needs (str): Letters of which a source has one: an entity begins somewhere, or all is inside.
    """

    pattern: re.Pattern[str]
    example: str
    needs: str = "BI"


# of several that fit all tags, the first
FORMS = (
    Form(re.compile(f"(?P<letter>{LETTER})(?P<mark>{MARK})(?P<type>.+)"), "B{}PER", "BIUSW"),
    Form(re.compile(f"(?P<letter>{LETTER.lower()})(?P<mark>{MARK})(?P<type>.+)"), "b{}per"),
    Form(re.compile(f"(?i:(?P<letter>{WORD}))(?P<mark>{MARK})(?P<type>.+)"), "BEGIN{}PER"),
    Form(re.compile(f"(?P<type>.+)(?P<mark>{MARK})(?P<letter>{LETTER})"), "PER{}B", "BUSW"),
    Form(re.compile(f"(?P<type>.+)(?P<mark>{MARK})(?P<letter>{LETTER.lower()})"), "per{}b"),
    Form(re.compile(f"(?P<type>.+)(?P<mark>{MARK})(?i:(?P<letter>{WORD}))"), "PER{}BEGIN"),
)
UNTYPED = re.compile(f"{LETTER}|{LETTER.lower()}|(?i:{WORD})")
#: A tag of any of these forms
LIKE_PREFIXED = re.compile(
    f"(?:{LETTER}|[bi]|(?i:begin|beginning|inside)){MARK}.*|.+{MARK}(?:{LETTER}|(?i:begin|inside))"
    f"|{LETTER}|(?i:begin|beginning|inside)"
)
MOST = 0.9


class Spelling(NamedTuple):
    """How the tags of a source are written.

    form (Form | None): How those with a type are; None: as `B-PER`, or without a prefix.
    mark (str): What stands between letter and type.
    outside (str): What stands for `O`; empty: `O`, `0` or `_`.
    type (str): The type of tags that have none; empty: they have.
    """

    form: Form | None = None
    mark: str = "-"
    outside: str = ""
    type: str = ""

    def read(self, raw: str) -> str:
        """RETURNS (str): A tag in the usual spelling; one that is not written like this, as is."""
        if raw in OUTSIDE or raw in PLACES:
            return raw
        if self.outside and raw.casefold() == self.outside:
            return "O"
        if self.type:
            letter = as_letter(raw) if UNTYPED.fullmatch(raw) else ""
            return f"{letter}-{self.type}" if letter else raw
        if self.form is None:
            return raw
        found = self.form.pattern.fullmatch(raw)
        if found is None or found["mark"] != self.mark:
            return raw
        return f"{as_letter(found['letter'])}-{found['type']}"

    def describe(self) -> str:
        """RETURNS (str): What is not as usual; empty: nothing."""
        parts = []
        if self.form is not None:
            parts.append(f"tags written {self.form.example.format(self.mark)}")
        if self.type:
            parts.append(f"type {self.type} of all tags")
        if self.outside:
            parts.append(f"{self.outside!r} is outside")
        return ", ".join(parts)


def as_letter(prefix: str) -> str:
    return LETTERS.get(prefix.casefold(), prefix.upper())


def find_outside(tags: Mapping[str, int]) -> str:
    """RETURNS (str): The word for `O`, in lower case, where there is none; empty: there is."""
    if any(raw in tags for raw in OUT_TAGS):
        return ""
    words = Counter[str]()
    for raw, count in tags.items():
        if raw.casefold() in OUTSIDE_WORDS:
            words[raw.casefold()] += count
    return next(iter(words)) if len(words) == 1 and len(words) < len(tags) else ""


def find_spelling(tags: Mapping[str, int]) -> Spelling:
    """Find how the tags of a source are written.

    tags (Mapping[str, int]): How often it has each.
    RETURNS (Spelling): The form that nearly all tags have which are not outside; the usual one if
        that is none.
    """
    outside = find_outside(tags)
    typed = [raw for raw in tags if not is_outside(raw, outside)]
    if not typed or sum(tags[raw] for raw in typed if PREFIXED.fullmatch(raw)) * 2 >= sum(
        tags[raw] for raw in typed
    ):
        return Spelling(outside=outside)
    found = ((form, find_mark(form, {raw: tags[raw] for raw in typed})) for form in FORMS)
    form, mark = next((one for one in found if one[1]), (None, "-"))
    return Spelling(form, mark, outside)


def find_mark(form: Form, typed: Mapping[str, int]) -> str:
    """RETURNS (str): What stands between letter and type in nearly all tags; empty: they do not
    have this form.

    typed (Mapping[str, int]): How often each tag is there that is not outside.
    """
    marks, letters = Counter[str](), set()
    left = sum(typed.values())
    least = MOST * left
    for raw, count in typed.items():
        if match := form.pattern.fullmatch(raw):
            marks[match["mark"]] += count
            letters.add(as_letter(match["letter"]))
        else:
            left -= count
            if left < least:  # as most columns of words show by a few of them
                return ""
    mark, most = max(marks.items(), key=lambda one: one[1], default=("", 0))
    return mark if most >= least and letters & set(form.needs) else ""


def is_untyped(tags: Mapping[str, int]) -> bool:
    """Whether the tags are only the letters of a scheme, as `B`, `I` and `O`."""
    outside = find_outside(tags)
    typed = [raw for raw in tags if not is_outside(raw, outside)]
    letters = {as_letter(raw) for raw in typed if UNTYPED.fullmatch(raw)}
    return bool(typed) and all(map(UNTYPED.fullmatch, typed)) and bool(letters & set("BIUSW"))


def is_outside(raw: str, outside: str = "") -> bool:
    """Whether a tag, or the place of one, is outside of all entities."""
    return raw in OUTSIDE or raw in PLACES or (bool(outside) and raw.casefold() == outside)
