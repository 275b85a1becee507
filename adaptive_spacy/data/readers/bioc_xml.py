"""BioC as XML: the same collections of documents and passages as in JSON."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from adaptive_spacy.data.readers.annotated_text import AnnotatedText
from adaptive_spacy.data.readers.bioc_json import OUTSIDE, check_owner, read_annotation
from adaptive_spacy.data.readers.json_values import NotJson
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.record_file import RecordFile
from adaptive_spacy.data.readers.signatures import ROOT
from adaptive_spacy.data.readers.text import check_is_text
from adaptive_spacy.data.readers.text_records import TextRecords
from adaptive_spacy.data.source import shorten

CHUNK_BYTES = 65_536
#: No longer than int() reads
NUMBER = re.compile(r"\d{1,15}")
# elements whose text counts
TEXTS = ("text", "offset", "infon")


class BiocXml(TextRecords):
    """Passages of BioC XML, or their sentences, as `BiocJson` has them."""

    title = "BioC XML"
    limits = "relations; entities of several parts"

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether the root is that of BioC."""
        root = ROOT.match(sample.text)
        is_bioc = root is not None and root[1] == "collection" and "<document" in sample.text
        return Evidence(Confidence.CERTAIN, "<collection> of documents") if is_bioc else None

    @staticmethod
    def _open(path: Path, encoding: str, progress: bool) -> RecordFile:
        return BiocXmlFile(path, encoding)


class BiocXmlFile:
    """The passages of a file, streamed. Entities of a document type are refused, so that none can
    grow beyond the memory or read another file.

    path (Path): The file.
    encoding (str): Its encoding, if it declares none.
    RAISES (ValueError): If it is no text.
    """

    place = ""
    kind = "BioC XML"

    def __init__(self, path: Path, encoding: str) -> None:
        self.path = path
        self.encoding = encoding
        with path.open("rb") as file:
            check_is_text(path, file.read(512), encoding)

    def records(self, action: str = "Reading") -> Iterator[tuple[int, Any]]:
        """YIELDS (tuple[int, Any]): The passages with their lines; `NotJson` for a bad one."""
        builder = PassageBuilder()
        with self.path.open("rb") as file:
            while True:
                chunk = file.read(CHUNK_BYTES)
                try:
                    builder.parser.Parse(chunk, not chunk)
                except expat.ExpatError as error:
                    found = expat.errors.messages.get(error.code, str(error.code))
                    yield error.lineno, NotJson(f"found what is no XML: {found}")
                    return
                except ValueError as error:
                    yield builder.parser.CurrentLineNumber, NotJson(str(error))
                    return
                yield from builder.done
                builder.done.clear()
                if not chunk:
                    return


class PassageBuilder:
    """Makes passages of the events of a parser.

    parser (Any): Takes the bytes of a file.
    done (list[tuple[int, Any]]): Passages that are complete, with the lines of their ends.
    """

    def __init__(self) -> None:
        self.done: list[tuple[int, Any]] = []
        self.parser: Any = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._add
        self.parser.EntityDeclHandler = self._refuse
        self._text: list[str] | None = None
        self._open: list[str] = []
        self._passages: list[dict[str, Any]] = []
        self._annotation: dict[str, Any] | None = None
        self._infon = ""

    def _refuse(self, *_: Any) -> None:
        raise ValueError("found an entity that a document type declares, expected none")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._open.append(name)
        if name in ("passage", "sentence"):
            self._passages.append({"annotations": [], "parts": 0})
        elif name == "annotation":
            self._annotation = {"infons": {}, "locations": []}
        elif name == "location" and self._annotation is not None:
            numbers = {key: attributes.get(key, "") for key in ("offset", "length")}
            found = {key: int(one) for key, one in numbers.items() if NUMBER.fullmatch(one)}
            self._annotation["locations"].append(found)
        elif name in TEXTS:
            self._text = []
            self._infon = attributes.get("key", "")

    def _add(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def _end(self, name: str) -> None:
        self._open.pop()
        parent = self._open[-1] if self._open else ""
        if name in TEXTS and self._text is not None:
            self._take(name, parent, "".join(self._text))
            self._text = None
        elif name == "annotation" and self._annotation is not None:
            if self._passages:
                self._passages[-1]["annotations"].append(self._annotation)
            else:
                self.done.append((self.parser.CurrentLineNumber, NotJson(OUTSIDE)))
            self._annotation = None
        elif name in ("passage", "sentence") and self._passages:
            self._close(self._passages.pop(), name)

    def _take(self, name: str, parent: str, text: str) -> None:
        """Put the text of an element where it belongs."""
        if parent == "annotation" and self._annotation is not None:
            if name == "infon":
                self._annotation["infons"][self._infon] = text
            elif name == "text":
                self._annotation["text"] = text
        elif parent in ("passage", "sentence") and self._passages and name != "infon":
            self._passages[-1][name] = text

    def _close(self, passage: dict[str, Any], name: str) -> None:
        """Make a text of a passage, unless its sentences are texts already."""
        line = self.parser.CurrentLineNumber
        text = passage.get("text", "")
        if name == "sentence" and self._passages:
            self._passages[-1]["parts"] += bool(text)
        try:
            check_owner(name, passage, has_parts=passage["parts"] > 0)
        except ValueError as error:
            self.done.append((line, NotJson(str(error))))
        if passage["parts"] or not text:
            return
        offset = passage.get("offset", "").strip()
        if not NUMBER.fullmatch(offset):
            found = f"found {shorten(offset)} as the offset of a {name}, expected up to 15 digits"
            self.done.append((line, NotJson(found)))
            return
        spans = []
        for annotation in passage["annotations"]:
            try:
                spans.append(read_annotation(annotation, int(offset)))
            except ValueError as error:
                self.done.append((line, NotJson(str(error))))
        self.done.append((line, AnnotatedText(text, spans)))
