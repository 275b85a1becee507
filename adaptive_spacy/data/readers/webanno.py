"""Read WebAnno TSV 3, the export of WebAnno and INCEpTION: layers of spans over tokens."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from adaptive_spacy.data.readers.numbered_file import Numbered, NumberedFile
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.spaces import Glued
from adaptive_spacy.data.schemes import BROKEN, EDGE
from adaptive_spacy.data.source import Problems, shorten

MAGIC = "#FORMAT=WebAnno TSV 3"
LAYER = re.compile(r"#T_(?P<kind>SP|CH|RL)=(?P<layer>[^|]+)(?P<features>(\|.*)?)")
#: Before the layers: the number of the token, its offsets, and the token
FRONT = 3
#: Layers of what is no entity
NO_ENTITIES = re.compile(r"\.(lexmorph|segmentation|syntax|coref|metadata|transform)\.")
PART = re.compile(r"\d+-\d+\.\d+")
#: `PER`, `PER[3]` of an entity of several tokens, `*` of one without a value
VALUE = re.compile(r"(?P<type>.+?)(?:\[(?P<number>\d+)\])?")
ESCAPED = re.compile(r"\\(.)")
OFFSETS = re.compile(r"(?P<start>\d{1,15})-(?P<end>\d{1,15})")


class Feature(NamedTuple):
    """A column of a layer. name (str): Its layer and its own, for `--tag-column`."""

    column: int
    name: str
    layer: str


class WebannoFile(NumberedFile):
    """The sentences of a file, with the spans of one layer.

    Which layer: NamedEntity, if there is one; otherwise the only one of spans that is none of
    syntax. Spaces are those of the offsets.

    The arguments are those of `TokenFile`.
    """

    title = "WebAnno TSV 3"
    limits = "other layers, relations, spans that overlap, parts of tokens"
    expected = "a file of WebAnno TSV 3"

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Of the first line."""
        if sample.head.removeprefix(b"\xef\xbb\xbf").startswith(MAGIC.encode()):
            return Evidence(Confidence.CERTAIN, f"the line {MAGIC}")
        return None

    def _open(self, token_column: int | str | None, tag_column: int | str | None) -> None:
        if token_column is not None and str(token_column) != "2":
            raise ValueError(f"{self.path}: --token-column: expected 2, got {token_column}")
        features: list[Feature] = []
        column = FRONT
        for _, line in self._lines("Opening"):
            if line.strip() and not line.startswith("#"):
                break
            if found := LAYER.fullmatch(line.strip()):
                names = found["features"].split("|")[1:] or [""]
                layer = found["layer"].rsplit(".", 1)[-1]
                if found["kind"] == "SP" and not NO_ENTITIES.search(found["layer"]):
                    features += [
                        Feature(column + i, f"{layer}.{name}".rstrip("."), layer)
                        for i, name in enumerate(names)
                    ]
                # a chain has its type and its relation
                column += 2 if found["kind"] == "CH" else len(names)
        self.columns = column
        self.feature = self._choose(features, tag_column)

    def _choose(self, features: list[Feature], given: int | str | None) -> Feature:
        if given is not None:
            chosen = [one for one in features if str(given) in (str(one.column), one.name)]
        else:
            chosen = [one for one in features if one.name == "NamedEntity.value"] or features
        if len(chosen) == 1:
            return chosen[0]
        known = " or ".join(f"--tag-column {one.name}" for one in features)
        if not features:
            raise ValueError(f"{self.path}: found no layer of spans, expected one of entities")
        found = f"--tag-column {given}" if given is not None else f"{len(features)} features"
        raise ValueError(
            f"{self.path}: found {found}, expected one of entities; {known} says which to read"
        )

    def _describe_columns(self) -> str:
        return f"tag column {self.feature.column} {self.feature.name!r}, token column 2"

    @property
    def _has_flags(self) -> bool:
        return True

    def _tokens(self, action: str, problems: Problems) -> Iterator[Numbered]:
        held: tuple[int, str, str, int] | None = None
        before = ""
        for number, line in self._lines(action):
            fields = line.split("\t")
            if not line.strip() or line.startswith("#"):
                if held is not None:
                    yield held[:3]
                    yield number, None, EDGE
                held, before = None, ""
                continue
            fault = self._find_fault(fields)
            if fault is not None:
                problems.add(number, fault)
            if PART.fullmatch(fields[0]) and fault is None:
                continue
            value = fields[self.feature.column] if fault is None else BROKEN
            token = fields[FRONT - 1] if fault is None else ""
            offsets = OFFSETS.fullmatch(fields[1]) if fault is None else None
            if held is not None:
                glued = offsets is not None and held[3] == int(offsets["start"])
                yield held[0], Glued(held[1]) if glued else held[1], held[2]
            tag = self._read_value(value, before) if fault is None else BROKEN
            held, before = (number, token, tag, int(offsets["end"]) if offsets else -1), value
        if held is not None:
            yield held[:3]

    def _find_fault(self, fields: list[str]) -> str | None:
        """RETURNS (str | None): What is wrong with a row."""
        at = self.feature.column
        if len(fields) <= at or OFFSETS.fullmatch(fields[1]) is None or not fields[FRONT - 1]:
            return (
                f"found {len(fields)} columns at {shorten(fields[0])}, expected {self.columns}: "
                "number, offsets, token and layers"
            )
        value = fields[at]
        if value == "_":
            return None
        if not value.strip():
            return f"found an empty {self.feature.name} at {shorten(fields[0])}, expected _ or one"
        if PART.fullmatch(fields[0]):
            return f"found {shorten(value)} of a part of a token, expected whole tokens"
        if re.search(r"(?<!\\)\|", value):
            return f"found {shorten(value)}, entities that overlap, expected one of a token"
        if re.fullmatch(r"\*(\[\d+\])?", value):
            return f"found an entity without a {self.feature.name}, expected one"
        return None

    def _read_value(self, value: str, before: str) -> str:
        """RETURNS (str): The tag of a token; `before` is the value of the token before."""
        if value == "_":
            return "O"
        found = VALUE.fullmatch(value)
        assert found is not None
        letter = "I" if found["number"] and value == before else "B"
        label = ESCAPED.sub(r"\1", found["type"])
        return f"{letter}-{label}"
