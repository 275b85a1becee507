"""Texts with their entities marked in them, a line each, or the strings of a JSON list."""

import re
from abc import abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.json_values import JsonFile, NotJson
from adaptive_spacy.data.readers.line_chunks import read_lines
from adaptive_spacy.data.readers.marks import (
    BRACES,
    LINK,
    read_braces,
    read_links,
    read_opennlp,
    read_tags,
)
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.record_fields import check_string
from adaptive_spacy.data.readers.record_file import RecordFile
from adaptive_spacy.data.readers.signatures import name_text
from adaptive_spacy.data.readers.text_records import MarkedRecords
from adaptive_spacy.data.source import shorten

ReadLine = Callable[[str], AnnotatedText | None]
ELEMENT = re.compile(r"<([A-Za-z_][\w.-]*)(?:\s[^<>]*)?>[^<>\n]+</\1>")
STARTED = re.compile(r"<START(?::[^<>\s]+)?> .* <END>")
#: Of the texts that have marks where these are taken for such
LEAST_MARKED = 0.2


class MarkedLines:
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


class MarkedStrings:
    """The strings of a JSON list, each a text with marks; blank ones are none.

    path (Path), encoding (str), progress (bool), kind (str), read (ReadLine): See `MarkedLines`.
    """

    place = " record "

    def __init__(
        self, path: Path, encoding: str, progress: bool, kind: str, read: ReadLine
    ) -> None:
        self._file = JsonFile(path, encoding=encoding, progress=progress)
        self.kind = f"JSON list of {kind}"
        self._read = read

    def records(self, action: str = "Reading") -> Iterator[tuple[int, Any]]:
        """YIELDS (tuple[int, Any]): The texts with their numbers; `NotJson` for a bad one."""
        for number, value in self._texts(action):
            if isinstance(value, NotJson):
                yield number, value
                continue
            try:
                check_string(value, "a text with marks")
                found = self._read(value) if value.strip() else None
            except ValueError as error:
                yield number, NotJson(str(error))
                continue
            if found is not None:
                yield number, found

    def _texts(self, action: str) -> Iterator[tuple[int, Any]]:
        """YIELDS (tuple[int, Any]): The values; of a list in one line, what is in it."""
        for number, value in self._file.records(action):
            if self._file.layout == "lines" and isinstance(value, list):
                yield from enumerate(value, 1)
            else:
                yield number, value


def list_texts(sample: PathSample) -> list[str]:
    """RETURNS (list[str]): The texts at the beginning of a file: lines, or strings of a JSON list;
    other JSON has none."""
    if not sample.is_json:
        return [line for line in sample.text.split("\n")[:-1] or [sample.text] if line.strip()]
    return sample.strings


class MarkedText(MarkedRecords):
    """Texts with marks of one kind."""

    @staticmethod
    @abstractmethod
    def read_line(line: str) -> AnnotatedText | None:
        """RETURNS (AnnotatedText | None): A text with its marks; None: it holds none of a text.
        RAISES (ValueError): If its marks do not fit."""

    @classmethod
    def _open(cls, path: Path, encoding: str, progress: bool) -> RecordFile:
        is_list = path.is_file() and PathSample(path, encoding).strings
        kind = MarkedStrings if is_list else MarkedLines
        return kind(path, encoding, progress, cls.title, cls.read_line)


class InlineTags(MarkedText):
    """Lines with elements around the entities, `<PER>Ada</PER> sings`: the name of an element is
    the type, or its "type" (MUC's ENAMEX)."""

    title = "inline tags"
    limits = "elements within others; whole documents of XML"
    read_line = staticmethod(read_tags)

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether lines hold elements that are closed in them."""
        if "</" not in sample.text:
            return None
        texts = list_texts(sample)
        found = next(filter(None, map(ELEMENT.search, texts)), None)
        is_document = sample.text.lstrip().startswith(("<?xml", "<!")) or name_text(sample.text)
        if not found or is_document or "\t" in texts[0]:
            return None
        return Evidence(Confidence.LIKELY, f"<{found[1]}> in a line")


class OpenNlp(MarkedText):
    """Lines of OpenNLP's name finder: tokens, and `<START:type>` and `<END>` between them."""

    title = "OpenNLP"
    limits = "documents, which blank lines divide"
    read_line = staticmethod(read_opennlp)

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether lines hold both marks."""
        if "<END>" not in sample.text or not any(map(STARTED.search, list_texts(sample))):
            return None
        return Evidence(Confidence.CERTAIN, "<START:TYPE> and <END>")


class LinkedText(MarkedText):
    """Lines with entities as `[Ada](PER) sings`."""

    title = "marks in brackets"
    limits = "links to pages"
    read_line = staticmethod(read_links)

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether lines hold such marks, and no tabs."""
        if "](" not in sample.text and "]{" not in sample.text:
            return None
        return recognise_marks(sample, LINK)


class BracedText(MarkedText):
    """Lines with entities as Boson has them: `{{PER:Ada}} sings`."""

    title = "marks in braces"
    limits = "marks within others"
    read_line = staticmethod(read_braces)

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether lines hold such marks, and no tabs."""
        return recognise_marks(sample, BRACES) if "{{" in sample.text else None


def recognise_marks(sample: PathSample, mark: re.Pattern[str]) -> Evidence | None:
    """RETURNS (Evidence | None): Whether marks are in a fifth of the texts, and no tabs."""
    texts = list_texts(sample)
    marked = [text for text in texts if mark.search(text) and "\t" not in text]
    if LEAST_MARKED * len(texts) > len(marked) or not marked:
        return None
    return Evidence(
        Confidence.LIKELY if sample.is_json else Confidence.POSSIBLE, shorten(marked[0])
    )
