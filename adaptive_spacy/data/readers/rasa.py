"""Rasa's training data of NLU: examples with marked entities, in YAML or Markdown."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adaptive_spacy.data.readers.json_values import NotJson
from adaptive_spacy.data.readers.marks import read_links
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.record_file import RecordFile
from adaptive_spacy.data.readers.text import read_text
from adaptive_spacy.data.readers.text_records import MarkedRecords
from adaptive_spacy.data.source import shorten

# spaCy's own copy of ruamel.yaml
YAML: Any = importlib.import_module("srsly.ruamel_yaml")
HEADING = re.compile(r"##\s*(intent|synonym|regex|lookup)\s*:", re.IGNORECASE)
BULLET = re.compile(r"\s*[-*+]\s+(.*)")


class Rasa(MarkedRecords):
    """The examples of intents in Rasa's training data: YAML, or the older Markdown. Intents, roles,
    groups, synonyms, lookup tables and regular expressions are not read."""

    title = "Rasa NLU"
    limits = "intents; roles and groups; synonyms; lookup tables; stories"

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether a text has the headings of Rasa."""
        if "examples:" in sample.text and re.search(r"^nlu:\s*$", sample.text, re.MULTILINE):
            return Evidence(Confidence.CERTAIN, "nlu: examples")
        if "##" not in sample.text:
            return None
        found = re.search(r"^##\s*intent\s*:", sample.text, re.MULTILINE)
        return Evidence(Confidence.CERTAIN, "## intent:") if found else None

    @staticmethod
    def _open(path: Path, encoding: str, progress: bool) -> RecordFile:
        return RasaFile(path, encoding, progress)


class RasaFile:
    """The examples of a file, which is in memory as a whole while it is read.

    path (Path), encoding (str), progress (bool): See `JsonFile`.
    """

    place = ""
    kind = "Rasa NLU"

    def __init__(self, path: Path, encoding: str, progress: bool) -> None:
        self.path = path
        self.encoding = encoding
        self.progress = progress

    def records(self, action: str = "Reading") -> Iterator[tuple[int, Any]]:
        """YIELDS (tuple[int, Any]): The examples with their lines; `NotJson` for a bad one."""
        text = read_text(self.path, encoding=self.encoding, action=action, progress=self.progress)
        is_yaml = re.search(r"^nlu:\s*$", text, re.MULTILINE)
        for number, example in read_yaml(text) if is_yaml else read_markdown(text):
            if isinstance(example, NotJson):
                yield number, example
                continue
            try:
                yield number, read_links(example)
            except ValueError as error:
                yield number, NotJson(str(error))


def read_markdown(text: str) -> Iterator[tuple[int, Any]]:
    """YIELDS (tuple[int, Any]): The examples below the headings of intents."""
    is_intent = False
    for number, line in enumerate(text.split("\n"), 1):
        heading = HEADING.match(line)
        bullet = BULLET.fullmatch(line)
        if heading:
            is_intent = heading[1].lower() == "intent"
        elif line.startswith("#"):
            is_intent = False
        elif is_intent and bullet:
            yield number, bullet[1].strip()
        elif is_intent and line.strip() and not line.lstrip().startswith("<!--"):
            yield number, NotJson(f"found {shorten(line.strip())}, expected an example: - TEXT")


def read_yaml(text: str) -> Iterator[tuple[int, Any]]:
    """YIELDS (tuple[int, Any]): The examples of intents; tags of YAML make no objects, as the file
    is but taken apart."""
    try:
        root = YAML.compose(text, Loader=YAML.SafeLoader)
    except YAML.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it cannot be read"
        yield (mark.line + 1 if mark else 1), NotJson(f"found what is no YAML: {problem}")
        return
    except (RecursionError, ValueError, AttributeError, TypeError, AssertionError):
        yield 1, NotJson("found what is no YAML, or is nested too deeply")
        return
    for entry in items(get(root, "nlu")):
        examples = get(entry, "examples")
        if get(entry, "intent") is None or examples is None:
            continue
        if isinstance(examples, YAML.ScalarNode):
            yield from read_block(examples)
            continue
        for item in items(examples):
            scalar = get(item, "text") if isinstance(item, YAML.MappingNode) else item
            if isinstance(scalar, YAML.ScalarNode):
                yield scalar.start_mark.line + 1, scalar.value.strip()
            else:
                yield item.start_mark.line + 1, NotJson("found no text, expected an example")


def read_block(node: Any) -> Iterator[tuple[int, Any]]:
    """YIELDS (tuple[int, Any]): The examples of a block of lines, `- TEXT` each."""
    first = node.start_mark.line + (2 if node.style in ("|", ">") else 1)
    for number, line in enumerate(node.value.split("\n"), first):
        bullet = BULLET.fullmatch(line)
        if bullet:
            yield number, bullet[1].strip()
        elif line.strip() and not line.lstrip().startswith("#"):
            yield number, NotJson(f"found {shorten(line.strip())}, expected an example: - TEXT")


def get(node: Any, key: str) -> Any:
    """RETURNS (Any): What a mapping has under a key; None if it is none, or has it not."""
    if not isinstance(node, YAML.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def items(node: Any) -> list[Any]:
    return node.value if isinstance(node, YAML.SequenceNode) else []
