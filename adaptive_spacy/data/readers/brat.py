"""Read brat standoff: a folder of texts, each with its annotations in a file of the same name."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from spacy.tokens import Span
from tqdm import tqdm

from adaptive_spacy.data.readers.brat_annotations import (
    Place,
    TextBound,
    find_triggers,
    fit_line_ends,
    join_fragments,
    read_annotations,
)
from adaptive_spacy.data.readers.char_spans import locate, resolve
from adaptive_spacy.data.readers.grouping import parse_group
from adaptive_spacy.data.readers.offsets import CharSpan, check_offsets
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.spacy_tokenizer import load_tokenizer
from adaptive_spacy.data.readers.text import describe_nul, open_text
from adaptive_spacy.data.source import MAX_PROBLEMS, Problems, Sentence, raise_problems

# of brat, and of the shared tasks of BioNLP
SUFFIXES = (".ann", ".a1", ".a2")
Faults = dict[str, Problems]
# from the first to the last character of a line that is no white space
LINE = re.compile(r"\S(?:[^\n]*\S)?")


class BratFolder:
    """The texts of a folder and the folders in it: checked as a whole first, then streamed.

    Each `NAME.txt` has its entities in `NAME.ann`, or in `NAME.a1` and `NAME.a2` as the shared
    tasks of BioNLP have them; what only says where an event of `NAME.a2` is, is none. Offsets
    count characters (Unicode code points) from the beginning of the text. Where that has Windows
    line ends, versions of brat count them as one character or as two: what fits more of the
    entities' texts is taken.

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

    title: ClassVar[str] = "brat"
    limits: ClassVar[str] = "relations; events; attributes; normalizations; notes"

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

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether the path is a folder with .ann files in it."""
        for suffix in SUFFIXES[:2]:
            if sample.is_folder and any(sample.path.rglob(f"*{suffix}")):
                return Evidence(Confidence.CERTAIN, f"{suffix} files")
        return None

    def __iter__(self) -> Iterator[Sentence]:
        for text_path in self._texts("Reading"):
            problems = {suffix: Problems() for suffix in SUFFIXES}
            yield from self._read(text_path, problems, Counter(), Counter())

    def describe(self) -> str:
        """RETURNS (str): The format, and how many annotations of other kinds were not read."""
        others = ", ".join(f"{kind} {count:,}" for kind, count in sorted(self.others.items()))
        return f"brat standoff, {self.count:,} text{'s' * (self.count != 1)}" + (
            f"; annotations not read: {others}" if others else ""
        )

    def _check(self) -> tuple[list[str], int]:
        """RETURNS (tuple[list[str], int]): The first problems, and the number of all."""
        lines, count = [], 0
        for ann_path in sorted(one for end in SUFFIXES for one in self.path.rglob(f"*{end}")):
            if not ann_path.with_suffix(".txt").is_file():
                lines.append(f"{ann_path}: found no {ann_path.stem}.txt beside it, expected one")
                count += 1
        self.count = 0
        for text_path in self._texts("Checking"):
            self.count += 1
            problems = {suffix: Problems() for suffix in SUFFIXES}
            try:
                self._read(text_path, problems, self.repairs, self.others)
            except ValueError as error:  # the file as a whole
                lines.append(str(error))
                count += 1
            for suffix, found in problems.items():
                lines += found.lines(text_path.with_suffix(suffix))
                count += found.count
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
        self, path: Path, problems: Faults, repairs: Counter[str], others: Counter[str]
    ) -> list[Sentence]:
        """Read a text and its entities.

        problems (Faults): Take what is wrong with a line of its annotations.
        RETURNS (list[Sentence]): Its units, of use only if no problem was added.
        RAISES (ValueError): If one of the files is missing or no text.
        """
        suffixes = [one for one in SUFFIXES if path.with_suffix(one).is_file()]
        if ".ann" in suffixes:
            suffixes = [".ann"]
        if not suffixes:
            name = path.with_suffix(".ann").name
            raise ValueError(f"{path}: found no {name} beside it, expected one")
        with open_text(path, encoding=self.encoding, newline="") as stream:
            text = stream.read()
        if "\0" in text:
            raise ValueError(f"{path}: {describe_nul(self.encoding, path)}")
        entities: list[TextBound] = []
        for suffix in suffixes:
            with open_text(path.with_suffix(suffix), encoding=self.encoding) as stream:
                annotations = stream.readlines()
            found = list(read_annotations(suffix, annotations, problems[suffix], others))
            triggers = find_triggers(annotations) if suffix == ".a2" else set()
            entities += [one for one in found if one.name not in triggers]
            if triggers:
                others["event triggers"] += sum(one.name in triggers for one in found)
        text = fit_line_ends(text, entities)
        units = divide(text, self.group)
        spans: list[list[tuple[Place, CharSpan]]] = [[] for _ in units]
        for entity in entities:
            try:
                span = join_fragments(text, entity, repair=self.repair, repairs=repairs)
                check_offsets(text, span)
                index = find_unit(units, span)
            except ValueError as error:
                problems[entity.place.suffix].add(entity.place.line, str(error))
            else:
                start = units[index].start
                moved = span._replace(start=span.start - start, end=span.end - start)
                spans[index].append((entity.place, moved))
        return [
            self._align(text[unit.start : unit.stop], unit.start, placed, problems, repairs)
            for unit, placed in zip(units, spans, strict=True)
        ]

    def _align(
        self,
        text: str,
        start: int,
        spans: list[tuple[Place, CharSpan]],
        problems: Faults,
        repairs: Counter[str],
    ) -> Sentence:
        """Tokenize a unit and find the tokens of its entities.

        start (int): Where it begins, which problems name.
        spans (list[tuple[Place, CharSpan]]): Line and place of each entity, from that beginning.
        """
        tokens = self._tokenize(text)
        places: dict[Span, Place] = {}
        found = []
        where = f"; counted from {start}, where its line begins" if start else ""
        for place, span in spans:
            try:
                found.append(locate(tokens, span, repair=self.repair, repairs=repairs))
                places[found[-1]] = place
            except ValueError as error:
                problems[place.suffix].add(place.line, f"{error}{where}")
        ents = resolve(
            found,
            repair=self.repair,
            repairs=repairs,
            add=lambda span, message: problems[places[span].suffix].add(
                places[span].line, f"{message}{where}"
            ),
        )
        return Sentence(tokens.words, ents, [], tokens.spaces)


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
