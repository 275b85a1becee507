"""PubTator: abstracts of PubMed with their entities, as text with bars and tabs."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.json_values import NotJson
from adaptive_spacy.data.readers.line_chunks import read_lines
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.record_file import RecordFile
from adaptive_spacy.data.readers.text_records import TextRecords
from adaptive_spacy.data.source import shorten

#: Of an abstract, which is held as a whole
MOST_LINES = 100_000
PASSAGE = re.compile(r"([^\t|]+)\|([a-z])\|(.*)")
ENTITY = re.compile(r"([^\t]+)\t(\d{1,15})\t(\d{1,15})\t([^\t]*)\t([^\t]+)(?:\t.*)?")
RELATION = re.compile(r"[^\t]+\t[^\t\d][^\t]*(?:\t[^\t]*)+")


class PubTator(TextRecords):
    """Abstracts of PubTator, a text each: the title, a line end, and the abstract, into which the
    offsets count. Relations are not read."""

    title = "PubTator"
    limits = "relations; identifiers of concepts"

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether a text begins with the title of an abstract."""
        found = re.match(r"\s*[^\s|]+\|t\|", sample.text)
        return Evidence(Confidence.CERTAIN, "ID|t|TITLE") if found else None

    @staticmethod
    def _open(path: Path, encoding: str, progress: bool) -> RecordFile:
        return PubTatorFile(path, encoding, progress)


class Block(NamedTuple):
    """The lines of an abstract.

    number (int): The first.
    lines (list[str]): They.
    """

    number: int
    lines: list[str]


class PubTatorFile:
    """The abstracts of a file, streamed.

    path (Path), encoding (str), progress (bool): See `JsonFile`.
    """

    place = ""
    kind = "PubTator"

    def __init__(self, path: Path, encoding: str, progress: bool) -> None:
        self.path = path
        self.encoding = encoding
        self.progress = progress

    def records(self, action: str = "Reading") -> Iterator[tuple[int, Any]]:
        """YIELDS (tuple[int, Any]): The abstracts with their first lines; `NotJson` for a line that
        is none of one."""
        for block in self._blocks(action):
            passages: list[str] = []
            spans: list[dict[str, Any]] = []
            for number, line in enumerate(block.lines, block.number):
                passage, entity = PASSAGE.fullmatch(line), ENTITY.fullmatch(line)
                if passage and not spans:
                    passages.append(passage[3])
                elif entity:
                    start, end = int(entity[2]), int(entity[3])
                    label = entity[5].strip()
                    span = {"start": start, "end": end, "label": label, "text": entity[4]}
                    spans.append(span)
                elif not RELATION.fullmatch(line):
                    yield (
                        number,
                        NotJson(
                            f"found {shorten(line)}, expected ID|t|TITLE, ID|a|ABSTRACT or "
                            "an entity: ID, start, end, text and type, with tabs between them"
                        ),
                    )
            if not passages:
                yield (
                    block.number,
                    NotJson(f"found {shorten(block.lines[0])}, expected ID|t|TITLE before it"),
                )
                continue
            yield block.number, AnnotatedText("\n".join(passages).rstrip("\n"), spans)

    def _blocks(self, action: str) -> Iterator[Block]:
        """YIELDS (Block): What lies between blank lines, or between titles."""
        block = Block(0, [])
        chunks = read_lines(
            self.path,
            encoding=self.encoding,
            expected="a file of PubTator",
            expected_line="an abstract",
            action=action,
            progress=self.progress,
        )
        for first, lines in chunks:
            for number, line in enumerate(lines, first):
                is_title = re.match(r"[^\t|]+\|t\|", line)
                if block.lines and (is_title or not line.strip()):
                    yield block
                    block = Block(0, [])
                if line.strip():
                    block = block if block.lines else Block(number, [])
                    block.lines.append(line)
                    if len(block.lines) > MOST_LINES:
                        raise ValueError(
                            f"{self.path}:{number}: found more than {MOST_LINES:,} lines of one "
                            "abstract, expected ID|t|TITLE of another, or a blank line"
                        )
        if block.lines:
            yield block
