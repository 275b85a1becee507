"""Texts with their entities marked in them, a line each: `[Ada](PER) sings`, as Rasa writes them,
`<PER>Ada</PER> sings`, and OpenNLP's `<START:PER> Ada <END> sings .`."""

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.json_values import NotJson
from adaptive_spacy.data.readers.line_chunks import read_lines
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.record_file import RecordFile
from adaptive_spacy.data.readers.signatures import name_text
from adaptive_spacy.data.readers.text_records import TextRecords
from adaptive_spacy.data.source import shorten

LINK = re.compile(r"\[([^\[\]]+)\](?:\(([^()\[\]]*)\)|(\{[^{}]*\}))")
TAG = re.compile(r"<(/?)([A-Za-z_][\w.-]*)((?:\s+[\w:-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*)\s*(/?)>")
OPENNLP = re.compile(r"<START(?::([^<>\s]+))?>|<END>")
KIND = re.compile(r"(?i)\btype\s*=\s*[\"']([^\"']+)[\"']")
ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);")
# elements that only frame texts
FRAMES = frozenset(("doc", "docid", "text", "p", "s", "sentence", "root", "document", "headline"))


def read_links(line: str) -> AnnotatedText:
    """RETURNS (AnnotatedText): A line with entities as `[text](type)` or `[text]{"entity": type}`.
    RAISES (ValueError): If a mark names no type, or one is left open."""
    parts: list[str] = []
    spans: list[list[Any]] = []
    at = length = 0
    for match in LINK.finditer(line):
        before = line[at : match.start()]
        label = name_type(match)
        parts += [before, match[1]]
        length += len(before)
        spans.append([length, length + len(match[1]), label])
        length += len(match[1])
        at = match.end()
    parts.append(line[at:])
    rest = "".join(parts[::2])
    if "](" in rest or "]{" in rest:
        raise ValueError(f"found {shorten(rest)}, expected marks like [Ada](PER), none in another")
    return AnnotatedText("".join(parts), spans)


def name_type(match: re.Match[str]) -> str:
    """RETURNS (str): The type of a mark: `PER`, `PER:a value` or `{"entity": "PER"}`.
    RAISES (ValueError): If it names none."""
    if match[3] is None:
        label = match[2].split(":")[0].strip()
        if re.fullmatch(r"\s*(?:https?|ftp|mailto)", label) or "/" in label:
            raise ValueError(f"found the link {shorten(match[0])}, expected a type in parentheses")
    else:
        try:
            label = json.loads(match[3]).get("entity")
        except (ValueError, RecursionError):
            label = None
    if not label or not isinstance(label, str):
        raise ValueError(f"found {shorten(match[0])}, expected a type, e.g. [Ada](PER)")
    return label


def read_tags(line: str) -> AnnotatedText | None:
    """RETURNS (AnnotatedText | None): A line with entities as elements, whose names, or "type", are
    their types; None: it holds but a frame.
    RAISES (ValueError): If elements lie in one another, or are not closed."""
    text = ""
    spans: list[list[Any]] = []
    opened: tuple[str, int, str] | None = None
    at = 0
    for match in TAG.finditer(line):
        text += unescape_xml(line[at : match.start()])
        at = match.end()
        closes, name, attributes, is_empty = match.groups()
        if name.lower() in FRAMES or is_empty:
            continue
        if not closes:
            if opened:
                raise ValueError(f"found {shorten(match[0])} within <{opened[0]}>, expected none")
            kind = KIND.search(attributes)
            opened = (name, len(text), kind[1] if kind else name)
        elif opened is None or opened[0] != name:
            raise ValueError(f"found {shorten(match[0])}, expected <{name}> before it")
        else:
            spans.append([opened[1], len(text), opened[2]])
            opened = None
    if opened:
        raise ValueError(f"found <{opened[0]}> without </{opened[0]}> in its line, expected both")
    text += unescape_xml(line[at:])
    return AnnotatedText(text, spans) if text.strip() else None


def unescape_xml(text: str) -> str:
    return ENTITY.sub(lambda match: unescape(match[0]), text)


def read_opennlp(line: str) -> AnnotatedText:
    """RETURNS (AnnotatedText): A line of tokens with entities between `<START:type>` and `<END>`.
    RAISES (ValueError): If one of the two lacks the other."""
    words: list[str] = []
    spans: list[list[Any]] = []
    opened: tuple[int, str] | None = None
    for part in line.split():
        match = OPENNLP.fullmatch(part)
        if match is None:
            words.append(part)
        elif part == "<END>":
            if opened is None:
                raise ValueError("found <END>, expected <START:TYPE> before it")
            spans.append([opened[0], len(words), opened[1]])
            opened = None
        elif opened:
            raise ValueError(f"found {shorten(part)} within another entity, expected <END>")
        else:
            opened = (len(words), match[1] or "default")
    if opened:
        raise ValueError(f"found <START:{opened[1]}> without <END> in its line, expected both")
    tokens = []
    at = 0
    for word in words:
        tokens.append({"text": word, "start": at, "end": at + len(word)})
        at += len(word) + 1
    placed = [
        [tokens[start]["start"], tokens[end - 1]["end"], label]
        for start, end, label in spans
        if end > start
    ]
    if len(placed) < len(spans):
        raise ValueError("found an entity without a token, expected some")
    return AnnotatedText(" ".join(words), placed, tokens, known_spaces=False)


Lines = Iterator[tuple[int, str]]
ReadLine = Callable[[str], AnnotatedText | None]


class MarkedFile:
    """The lines of a file, each a text with marks; blank ones are none.

    path (Path), encoding (str), progress (bool): See `JsonFile`.
    read (ReadLine): Reads one.
    """

    place = ""

    def __init__(
        self, path: Path, encoding: str, progress: bool, kind: str, read: ReadLine
    ) -> None:
        self.path = path
        self.encoding = encoding
        self.progress = progress
        self.kind = kind
        self._read = read

    def records(self, action: str = "Reading") -> Iterator[tuple[int, Any]]:
        """YIELDS (tuple[int, Any]): The texts with their lines; `NotJson` for a bad one."""
        chunks = read_lines(
            self.path,
            encoding=self.encoding,
            expected="a text with marks",
            expected_line="a text",
            action=action,
            progress=self.progress,
        )
        for first, lines in chunks:
            for number, line in enumerate(lines, first):
                if not line.strip():
                    continue
                try:
                    found = self._read(line.strip())
                except ValueError as error:
                    yield number, NotJson(str(error))
                    continue
                if found is not None:
                    yield number, found


class InlineTags(TextRecords):
    """Lines with elements around the entities, `<PER>Ada</PER> sings`: the name of an element is
    the type, or its "type" (MUC's ENAMEX)."""

    title = "inline tags"
    limits = "elements within others; whole documents of XML"

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether lines hold elements that are closed in them."""
        if "</" not in sample.text:
            return None
        found = re.search(r"<([A-Za-z_][\w.-]*)(?:\s[^<>]*)?>[^<>\n]+</\1>", sample.text)
        is_document = sample.text.lstrip().startswith(("<?xml", "<!")) or name_text(sample.text)
        if not found or is_document or "\t" in sample.text.split("\n")[0]:
            return None
        return Evidence(Confidence.LIKELY, f"<{found[1]}> in a line")

    @staticmethod
    def _open(path: Path, encoding: str, progress: bool) -> RecordFile:
        return MarkedFile(path, encoding, progress, "inline tags", read_tags)


class OpenNlp(TextRecords):
    """Lines of OpenNLP's name finder: tokens, and `<START:type>` and `<END>` between them."""

    title = "OpenNLP"
    limits = "documents, which blank lines divide"

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether lines hold both marks."""
        found = re.search(r"<START(?::[^<>\s]+)?> .* <END>", sample.text)
        return Evidence(Confidence.CERTAIN, "<START:TYPE> and <END>") if found else None

    @staticmethod
    def _open(path: Path, encoding: str, progress: bool) -> RecordFile:
        return MarkedFile(path, encoding, progress, "OpenNLP", read_opennlp)


class LinkedText(TextRecords):
    """Lines with entities as `[Ada](PER) sings`."""

    title = "marks in brackets"
    limits = "links to pages"

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether lines hold such marks, and no tabs."""
        if "](" not in sample.text and "]{" not in sample.text:
            return None
        lines = [line for line in sample.text.split("\n")[:-1] or [sample.text] if line.strip()]
        marked = [line for line in lines if LINK.search(line) and "\t" not in line]
        if 5 * len(marked) < len(lines) or not marked:
            return None
        return Evidence(Confidence.POSSIBLE, shorten(marked[0]))

    @staticmethod
    def _open(path: Path, encoding: str, progress: bool) -> RecordFile:
        return MarkedFile(path, encoding, progress, "marks in brackets", read_links)
