"""What a column of a table of tokens holds, as its first rows show."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import pairwise

from adaptive_spacy.data.readers.bare_types import find_doubt, find_doubt_of_all
from adaptive_spacy.data.readers.tag_spelling import (
    MOST,
    OUT_TAGS,
    find_outside,
    find_spelling,
    is_outside,
    is_untyped,
)
from adaptive_spacy.data.schemes import PREFIXED

#: A number, no longer than int() reads, or what CoNLL-U numbers a range (2-3), an empty node (4.1)
INDEX = re.compile(r"\d{1,15}([-.]\d+)?")
#: A number with the mark of a list: 1. or (1)
DOTTED_INDEX = re.compile(r"\A[(\[]?(\d{1,15})[.:)\]]\Z")
#: A name that ends in numbers, as `Sentence: 1`, s3-7, T1 or doc-1.4
NAMED_INDEX = re.compile(r"(?P<stem>\D+)(?P<number>\d{1,15})(?:\D\d+)*")
#: Phrases that a chunker marks: English, and German as in CoNLL 2003
# fmt: off
CHUNKS = {
    "NP", "VP", "PP", "ADVP", "ADJP", "SBAR", "PRT", "CONJP", "INTJ", "LST", "UCP", "PNP",
    "NC", "VC", "PC",
}
# fmt: on
#: What has CoNLL-2012's brackets and is no entity: the arguments of a verb
ROLES = re.compile(r"([CR]-)?(ARG|AM-|A\d|V$).*")
#: And coreference: numbers of clusters, as 139, e139-person or person-139
CLUSTER = re.compile(r"e?\d+(?:-.*)?|[^\W\d]+[-_]\d+")
#: And clauses, beside `CHUNKS`
CLAUSES = re.compile(r"TOP|S|SBAR|SBARQ|SINV|SQ|FRAG|PRN|X|WH(?:NP|PP|ADVP|ADJP)|NX|QP|RRC|NAC|UCP")
#: CoNLL-2012's `(PERSON*`, `*)`, `(GPE)` and `*`
BRACKETS = re.compile(r"\((?P<type>[^()*\s]+)\*?(?P<close>\))?|\*\)|\*|-")
NO_SPACE = ("SpaceAfter=No", "NoSpaceAfter")
#: HIPE's, in the same column
END_OF_SENTENCE = "EndOfSentence"
#: Entity columns that hold a type where bare types stand beside other tags
LEAST_OUTSIDE = 0.25

#: Of what stands for `O` that which no other column has
LIKE_O = ("o", "other", "outside")

#: Rows from which gaps between numbers are told from numbers in a text
FEW_ROWS = 4

Row = list[str]


class Kind(Enum):
    """What a column holds; those that may be entity tags say so in words."""

    TAGS = "tags with a prefix"
    CHUNKS = "phrases"
    OUTSIDE = "O only"
    BARE = "types without a prefix"
    BRACKETS = "brackets"
    NO_SPACE = "flags of spaces"
    EMPTY = "nothing"
    OTHER = "words"


def find_kind(values: Mapping[str, int]) -> Kind:
    """Tell what a column holds.

    values (Mapping[str, int]): Its values, and how often each is there.
    """
    if set(values) <= {"", "_"}:
        return Kind.EMPTY
    joined = "|".join(values)
    flags = {*NO_SPACE, END_OF_SENTENCE}
    # asked of all values at once, as most columns have none
    if any(flag in joined for flag in flags) and flags & set(joined.split("|")):
        return Kind.NO_SPACE
    tags = {raw: count for raw, count in values.items() if not is_outside(raw) and raw}
    if not tags:
        return Kind.OUTSIDE if "O" in values else Kind.OTHER
    if is_untyped(values) and "O" in values:
        return Kind.TAGS
    if is_bracketed(values):
        are_phrases = all(one in CHUNKS or CLAUSES.fullmatch(one) for one in list_bracketed(values))
        return Kind.CHUNKS if are_phrases else Kind.BRACKETS
    spelling = find_spelling(values)
    types = Counter[str]()
    for raw, count in values.items():
        read = spelling.read(raw)
        if PREFIXED.fullmatch(read):
            types[read[2:]] += count
    typed = sum(count for raw, count in tags.items() if not is_outside(raw, spelling.outside))
    if types and types.total() >= MOST * typed:
        return Kind.CHUNKS if set(types) <= CHUNKS else Kind.TAGS
    outside = find_outside(values)
    if outside in LIKE_O:
        tags = {raw: count for raw, count in tags.items() if raw.casefold() != outside}
    return Kind.BARE if tags and are_bare(values, tags, outside) else Kind.OTHER


def are_bare(values: Mapping[str, int], tags: Mapping[str, int], word: str) -> bool:
    """Whether values are types and an `O`, or what stands for it; one letter each is a part of
    speech.

    tags (Mapping[str, int]): The types among them.
    word (str): What stands for `O`, in lower case; empty: nothing does.
    """
    is_out = {*OUT_TAGS, word} if word in LIKE_O else set(OUT_TAGS)
    outside = sum(n for raw, n in values.items() if raw in OUT_TAGS or raw.casefold() in is_out)
    return (
        outside >= LEAST_OUTSIDE * sum(values.values())
        and any(len(raw) > 1 for raw in tags)
        and all(find_doubt(raw, tags) is None for raw in tags)
        and find_doubt_of_all(tags, has_outside=True) is None
    )


def is_bracketed(values: Mapping[str, int]) -> bool:
    """Whether values are CoNLL-2012's brackets, at least one of them open."""
    types = list_bracketed(values)
    return (
        all(map(BRACKETS.fullmatch, values))
        and any(not ROLES.match(label) for label in types)
        and not any(map(CLUSTER.fullmatch, types))
    )


def list_bracketed(values: Mapping[str, int]) -> set[str]:
    """RETURNS (set[str]): The types behind brackets that open."""
    found = filter(None, map(BRACKETS.fullmatch, values))
    return {one["type"] for one in found if one["type"]}


def describe_types(values: Counter[str]) -> str:
    """RETURNS (str): The types of a column and how often each begins or goes on, for messages."""
    if is_bracketed(values):
        values = Counter(raw.strip("()*") for raw in values.elements() if raw.startswith("("))
    spelling, types = find_spelling(values), Counter[str]()
    for raw, count in values.items():
        if not is_outside(raw, spelling.outside) and raw:
            read = spelling.read(raw)
            types[read[2:] if PREFIXED.fullmatch(read) else read] += count
    if not types:
        return "O only"
    shown = ", ".join(f"{label} {count:,}" for label, count in types.most_common(4))
    return shown + (f" and {len(types) - 4} more types" if len(types) > 4 else "")


# --- numbers of tokens -------------------------------------------------------------------------


def is_index(rows: Sequence[Row], column: int) -> bool:
    """Whether a column numbers tokens or sentences, however it counts: from 0 or 1, in each
    sentence anew or on and on, with CoNLL-U's ranges and empty nodes, or with a name before.

    rows (Sequence[Row]): The columns of the first rows; nothing for a blank line.
    """
    values = [fields[column] if fields else "" for fields in rows]
    # w1, w2 may be tokens, if what comes after are parts of speech
    if (
        values
        and not any(map(INDEX.fullmatch, values))
        and all(fields[column + 1].isupper() for fields in rows if fields)
    ):
        return False
    numbers = list(read_numbers(values))
    known = [number for number in numbers if number is not None]
    if len(known) < sum(map(bool, rows)) or not known:
        return False
    steps = [two - one for one, two in pairwise(numbers) if one is not None and two is not None]
    firsts = {two for one, two in pairwise([None, *numbers]) if one is None and two is not None}
    if not steps:  # a row per sentence
        steps = [two - one for one, two in pairwise(known)]
        return firsts <= {0, 1} or (len(known) >= FEW_ROWS and set(steps) == {1})
    if min(steps) < 0 and not (known[0] in (0, 1) and is_restarted(numbers)):
        return False
    # from elsewhere on or with gaps, as offsets have, only if there are rows enough to tell
    goes_on = len(known) > 2 and all(two - one == 1 for one, two in pairwise(known))
    return goes_on or (known[0] in (0, 1) and max(steps) <= 1) or len(known) >= FEW_ROWS


def is_sentence_name(rows: Sequence[Row], column: int) -> bool:
    """Whether a column holds one value in each sentence, as a name of it before the numbers."""
    return all(one[column] == two[column] for one, two in pairwise(rows) if one and two)


def is_restarted(numbers: Sequence[int | None]) -> bool:
    """Whether numbers go on by one or start from 0 or 1 again, without a blank line."""
    return all(
        two in (0, 1) or 0 <= two - one <= 1
        for one, two in pairwise(numbers)
        if one is not None and two is not None
    )


def read_numbers(values: Sequence[str]) -> Iterator[int | None]:
    """YIELDS (int | None): The number of each value, of a range or an empty node the first; None:
    it is none. The values of a named index all have one name."""
    values = [DOTTED_INDEX.sub(r"\1", value) for value in values]
    named = [NAMED_INDEX.fullmatch(value) for value in values]
    is_named = len({found["stem"] for found in named if found}) == 1
    for value, found in zip(values, named, strict=True):
        if INDEX.fullmatch(value):
            yield int(re.split("[-.]", value)[0])
        else:
            yield int(found["number"]) if found and is_named else None
