"""The annotations of brat: the lines of an .ann file, and the entities that they mark in a text."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from adaptive_spacy.data.readers.offsets import CharSpan, check_offsets, squeeze
from adaptive_spacy.data.source import Problems, shorten

TEXT_BOUND = re.compile(
    r"(T\w+)\t([^\s\0]+) (-?\d{1,15} -?\d{1,15}(?:;-?\d{1,15} -?\d{1,15})*)\t(.*)"
)
EVENT = re.compile(r"E\w+\t[^\s:]+:(T\w+)")
# the other kinds of annotation, by the letter that their lines start with
OTHER = {
    "R": "relations",
    "*": "relations",
    "E": "events",
    "A": "attributes",
    "M": "attributes",
    "N": "normalizations",
    "#": "notes",
}


class Place(NamedTuple):
    """Where an annotation stands.

    suffix (str): Ending of its file's name, ".ann", or ".a1" and ".a2" of BioNLP.
    line (int): Its number, from 1.
    """

    suffix: str
    line: int


class TextBound(NamedTuple):
    """A line of an .ann file that marks an entity.

    place (Place): Where it stands.
    fragments (list[tuple[int, int]]): Start and end of each part, in characters.
    label (str): The type.
    text (str): What it covers, as the line has it; parts are divided by spaces.
    name (str): Its ID.
    """

    place: Place
    fragments: list[tuple[int, int]]
    label: str
    text: str
    name: str = ""


def read_annotations(
    suffix: str, lines: Iterable[str], problems: Problems, others: Counter[str]
) -> Iterator[TextBound]:
    """Read the lines of an .ann file.

    suffix (str): Its ending.
    problems (Problems): Takes the lines that are no annotation.
    others (Counter[str]): Takes the annotations that mark no entity, by kind.
    YIELDS (TextBound): The entities.
    """
    ids = set()
    for number, line in enumerate(lines, 1):
        line = line.rstrip("\n")
        if not line.strip():
            continue
        if line[0] in OTHER:
            others[OTHER[line[0]]] += 1
            continue
        match = TEXT_BOUND.fullmatch(line)
        if match is None:
            problems.add(
                number,
                f"found {shorten(line)}, expected an ID, the type with its offsets, and the text, "
                "with tabs between them, e.g. 'T1\\tPER 0 3\\tAda'",
            )
            continue
        name, label, offsets, text = match.groups()
        if name in ids:
            problems.add(number, f"found the ID {shorten(name)} again, expected another")
        ids.add(name)
        fragments = [fragment.split(" ") for fragment in offsets.split(";")]
        found = [(int(start), int(end)) for start, end in fragments]
        yield TextBound(Place(suffix, number), found, label, text, name)


def find_triggers(lines: Iterable[str]) -> set[str]:
    """RETURNS (set[str]): The IDs of what only says where events are, `E1\tTYPE:T4 ...`."""
    found = (EVENT.match(line) for line in lines)
    return {match[1] for match in found if match}


def fit_line_ends(text: str, entities: list[TextBound]) -> str:
    """RETURNS (str): The text, with `\n` for each `\r\n` if more entities have their text then."""
    if "\r\n" not in text:
        return text

    def count_fits(text: str) -> int:
        return sum(squeeze(one.text) == squeeze(cover(text, one)) for one in entities)

    return max(text, text.replace("\r\n", "\n"), key=count_fits)  # of equals the first


def cover(text: str, entity: TextBound) -> str:
    """RETURNS (str): What an entity covers, its parts divided by spaces."""
    return " ".join(text[max(0, start) : max(0, end)] for start, end in entity.fragments)


def join_fragments(
    text: str, entity: TextBound, *, repair: bool, repairs: Counter[str]
) -> CharSpan:
    """Take an entity as one span. Parts with only white space between them are one: brat divides
    an entity at the end of a line.

    repair (bool): Take a discontinuous entity from its first to its last character; without it
        that is an error.
    RETURNS (CharSpan): The entity.
    RAISES (ValueError): If it is not continuous, or its offsets or its text do not fit.
    """
    if len(entity.fragments) == 1:
        return CharSpan(*entity.fragments[0], entity.label, entity.text)
    for fragment in entity.fragments:
        check_offsets(text, CharSpan(*fragment, entity.label))
    where = ", ".join(f"{start} to {end}" for start, end in entity.fragments)
    covered = cover(text, entity)
    if squeeze(covered) != squeeze(entity.text):
        raise ValueError(
            f"found {shorten(entity.text)} as the text of an entity from {where} "
            f"({entity.label}), which is {shorten(covered)}"
        )
    start = min(start for start, _ in entity.fragments)
    end = max(end for _, end in entity.fragments)
    gaps = [(end, start) for (_, end), (start, _) in pairwise(entity.fragments)]
    in_order = all(end <= start for end, start in gaps)
    if not in_order or any(text[end:start].strip() for end, start in gaps):
        if not repair:
            what = "a discontinuous entity" if in_order else "an entity with parts out of order"
            raise ValueError(
                f"found {shorten(covered)}, {what} from {where} ({entity.label}), "
                f"expected one part; --repair takes {shorten(text[start:end])}"
            )
        repairs["discontinuous entities taken as a whole"] += 1
    return CharSpan(start, end, entity.label)
