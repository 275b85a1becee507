"""Read brat standoff: a folder of texts, each with its annotations in a file of the same name."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from spacy.tokens import Span
from tqdm import tqdm

from adaptive_spacy.data.readers.char_spans import (
    CharSpan,
    check_offsets,
    locate,
    resolve,
    squeeze,
)
from adaptive_spacy.data.readers.conll import parse_group
from adaptive_spacy.data.readers.text import describe_nul, open_text
from adaptive_spacy.data.readers.tokenizer import load_tokenizer
from adaptive_spacy.data.source import MAX_PROBLEMS, Problems, Sentence, raise_problems, shorten

TEXT_BOUND = re.compile(r"(T\w+)\t(\S+) (-?\d{1,15} -?\d{1,15}(?:;-?\d{1,15} -?\d{1,15})*)\t(.*)")
# from the first to the last character of a line that is no white space
LINE = re.compile(r"\S(?:[^\n]*\S)?")
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


class TextBound(NamedTuple):
    """A line of an .ann file that marks an entity.

    line (int): Its number, from 1.
    fragments (list[tuple[int, int]]): Start and end of each part, in characters.
    label (str): The type.
    text (str): What it covers, as the line has it; parts are divided by spaces.
    """

    line: int
    fragments: list[tuple[int, int]]
    label: str
    text: str


class BratFolder:
    """The texts of a folder and the folders in it: checked as a whole first, then streamed.

    Each `NAME.txt` has its entities in `NAME.ann`. Offsets count characters (Unicode code points)
    from the beginning of the text. Where that has Windows line ends, versions of brat count them
    as one character or as two: what fits more of the entities' texts is taken.

    path (str | Path): The folder.
    lang (str): Language of the tokenizer, e.g. "en"; "xx": any.
    group (str | int): What is one item: "documents", a text as a whole; "sentences", a line of it;
        or so many lines. Lines of white space are none.
    repair (bool): Mend offsets that do not fit the tokens, see `locate` and `resolve`; and take a
        discontinuous entity from its first to its last character. Each kind is counted.
    encoding (str): Encoding of the files. A byte order mark is dropped.
    progress (bool): Show a progress bar where a pass takes longer than a second.
    RAISES (ValueError): The first 20 problems, each with its file and line, and how many more.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        lang: str = "xx",
        group: str | int = "documents",
        repair: bool = False,
        encoding: str = "utf-8",
        progress: bool = False,
    ) -> None:
        self.path = Path(path)
        self.group = parse_group(group)
        self.repair = repair
        self.encoding = encoding
        self.progress = progress
        self.repairs: Counter[str] = Counter()
        self.others: Counter[str] = Counter()
        if not self.path.is_dir():
            found = "a file" if self.path.is_file() else "nothing"
            raise ValueError(
                f"{self.path}: expected a folder of .txt and .ann files, found {found}"
            )
        self._tokenize = load_tokenizer(lang)
        lines, count = self._check()
        raise_problems(lines, count, self.path)

    def __iter__(self) -> Iterator[Sentence]:
        for text_path in self._texts("Reading"):
            yield from self._read(text_path, Problems(), Counter(), Counter())

    def describe(self) -> str:
        """RETURNS (str): The format, and how many annotations of other kinds were not read."""
        others = ", ".join(f"{kind} {count:,}" for kind, count in sorted(self.others.items()))
        return f"brat standoff, {self.count:,} text{'s' * (self.count != 1)}" + (
            f"; annotations not read: {others}" if others else ""
        )

    def _check(self) -> tuple[list[str], int]:
        """RETURNS (tuple[list[str], int]): The first problems, and the number of all."""
        lines, count = [], 0
        for ann_path in sorted(self.path.rglob("*.ann")):
            if not ann_path.with_suffix(".txt").is_file():
                lines.append(f"{ann_path}: found no {ann_path.stem}.txt beside it, expected one")
                count += 1
        self.count = 0
        for text_path in self._texts("Checking"):
            self.count += 1
            problems = Problems()
            try:
                self._read(text_path, problems, self.repairs, self.others)
            except ValueError as error:  # the file as a whole
                lines.append(str(error))
                count += 1
            lines += problems.lines(text_path.with_suffix(".ann"))
            count += problems.count
            del lines[MAX_PROBLEMS:]
        if not (self.count or count):
            raise ValueError(f"{self.path}: expected .txt and .ann files, found none")
        return lines, count

    def _texts(self, action: str) -> Iterator[Path]:
        paths = sorted(self.path.rglob("*.txt"))
        yield from tqdm(
            paths,
            desc=f"{action} {self.path.name}",
            unit="texts",
            leave=False,
            delay=1,
            disable=None if self.progress else True,
        )

    def _read(
        self, path: Path, problems: Problems, repairs: Counter[str], others: Counter[str]
    ) -> list[Sentence]:
        """Read a text and its entities.

        problems (Problems): Takes what is wrong with a line of its annotations.
        RETURNS (list[Sentence]): Its units, of use only if no problem was added.
        RAISES (ValueError): If one of the files is missing or no text.
        """
        ann_path = path.with_suffix(".ann")
        if not ann_path.is_file():
            raise ValueError(f"{path}: found no {ann_path.name} beside it, expected one")
        with open_text(path, encoding=self.encoding, newline="") as stream:
            text = stream.read()
        if "\0" in text:
            raise ValueError(f"{path}: {describe_nul(self.encoding)}")
        with open_text(ann_path, encoding=self.encoding) as stream:
            entities = list(read_annotations(stream, problems, others))
        text = fit_line_ends(text, entities)
        units = divide(text, self.group)
        spans: list[list[tuple[int, CharSpan]]] = [[] for _ in units]
        for entity in entities:
            try:
                span = join_fragments(text, entity, repair=self.repair, repairs=repairs)
                check_offsets(text, span)
                index = find_unit(units, span)
            except ValueError as error:
                problems.add(entity.line, str(error))
            else:
                start = units[index].start
                moved = span._replace(start=span.start - start, end=span.end - start)
                spans[index].append((entity.line, moved))
        return [
            self._align(text[unit.start : unit.stop], unit.start, found, problems, repairs)
            for unit, found in zip(units, spans, strict=True)
        ]

    def _align(
        self,
        text: str,
        start: int,
        spans: list[tuple[int, CharSpan]],
        problems: Problems,
        repairs: Counter[str],
    ) -> Sentence:
        """Tokenize a unit and find the tokens of its entities.

        start (int): Where it begins, which problems name.
        spans (list[tuple[int, CharSpan]]): Line and place of each entity, from that beginning.
        """
        tokens = self._tokenize(text)
        lines: dict[Span, int] = {}
        found = []
        where = f"; counted from {start}, where its line begins" if start else ""
        for line, span in spans:
            try:
                found.append(locate(tokens, span, repair=self.repair, repairs=repairs))
                lines[found[-1]] = line
            except ValueError as error:
                problems.add(line, f"{error}{where}")
        ents = resolve(
            found,
            repair=self.repair,
            repairs=repairs,
            add=lambda span, message: problems.add(lines[span], f"{message}{where}"),
        )
        return Sentence(tokens.words, ents, [], tokens.spaces)


def recognise(path: Path, head: bytes) -> str | None:
    """RETURNS (str | None): "brat" if the path is a folder with .ann files in it, else None."""
    return "brat" if path.is_dir() and any(path.rglob("*.ann")) else None


def read_annotations(
    lines: Iterable[str], problems: Problems, others: Counter[str]
) -> Iterator[TextBound]:
    """Read the lines of an .ann file.

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
        yield TextBound(number, [(int(start), int(end)) for start, end in fragments], label, text)


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


def divide(text: str, group: str | int) -> list[range]:
    """RETURNS (list[range]): Where each unit of a text is, in characters; see `BratFolder`."""
    if group == "documents":
        return [range(len(text))]
    size = 1 if group == "sentences" else int(group)
    lines = [match.span() for match in LINE.finditer(text)]
    return [
        range(lines[first][0], lines[min(first + size, len(lines)) - 1][1])
        for first in range(0, len(lines), size)
    ]


def find_unit(units: list[range], span: CharSpan) -> int:
    """RETURNS (int): Which unit an entity lies in.
    RAISES (ValueError): If it lies in none."""
    index = max(0, bisect_right(units, span.start, key=lambda unit: unit.start) - 1)
    if units and units[index].start <= span.start and span.end <= units[index].stop:
        return index
    raise ValueError(
        f"found an entity from {span.start} to {span.end} ({span.label}), expected one within the "
        "lines that make a unit; --group documents takes the text as a whole"
    )
