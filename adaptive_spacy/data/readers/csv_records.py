"""Tables with a text or tokens per row, whose cells hold lists: Label Studio's CSV among them."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from adaptive_spacy.data.readers.json_formats import AnyJson, detect_format
from adaptive_spacy.data.readers.json_values import Decoder, NotJson
from adaptive_spacy.data.readers.literals import parse_literal
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.record_file import RecordFile
from adaptive_spacy.data.readers.text import describe_nul, open_text

DELIMITERS = ",\t;"
LONGEST_CELL = 1 << 24
#: In which a list is looked for: every other table of columns is looked at, too
FIRST_ROWS = 200


class CsvRecords(AnyJson):
    """A record per row, its keys in the first; what begins as a list or an object is read as JSON
    or as Python writes it."""

    title = "CSV of records"
    limits = "cells that are no text, list or object"

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether the first row with lists is one of some format."""
        if sample.is_folder or sample.is_json:
            return None
        rows = read_rows(io.StringIO(sample.text, newline=""))
        for record in islice(rows, FIRST_ROWS):
            if isinstance(record, NotJson):
                is_list = "numpy" in record.message
                return Evidence(Confidence.CERTAIN, "lists of numpy") if is_list else None
            if "annotation_id" in record and "lead_time" in record:
                return Evidence(Confidence.CERTAIN, "a table of Label Studio")
            if any(isinstance(value, list | dict) for value in record.values()):
                found = detect_format(record)
                return Evidence(Confidence.CERTAIN, f"rows of {found.title}") if found else None
        return None

    @staticmethod
    def _open(path: Path, encoding: str, progress: bool) -> RecordFile:
        return CsvFile(path, encoding, progress)


class CsvFile:
    """The rows of a table, streamed.

    path (Path), encoding (str), progress (bool): See `JsonFile`.
    """

    place = " row "
    kind = "CSV"

    def __init__(self, path: Path, encoding: str, progress: bool) -> None:
        self.path = path
        self.encoding = encoding
        self.progress = progress

    def records(self, action: str = "Reading") -> Iterator[tuple[int, Any]]:
        """YIELDS (tuple[int, Any]): The rows with their numbers, that of the names is 1."""
        opened = open_text(
            self.path,
            encoding=self.encoding,
            newline="",
            action=action,
            progress=self.progress,
        )
        with opened as stream:
            for number, record in enumerate(read_rows(stream), 2):
                is_nul = isinstance(record, NotJson) and "NUL" in record.message
                nul = NotJson(describe_nul(self.encoding, self.path)) if is_nul else None
                yield number, nul or record


def read_rows(stream: Any) -> Iterator[Any]:
    """YIELDS (Any): The rows of a table, each an object; `NotJson` for a bad one."""
    csv.field_size_limit(LONGEST_CELL)
    head = stream.readline()
    delimiter = max(DELIMITERS, key=head.count)
    names = next(csv.reader([head], delimiter=delimiter), [])
    if len(names) < 2 or len(set(names)) < len(names) or not head.count(delimiter):
        yield NotJson("found no names of columns, expected them in the first row")
        return
    rows = csv.reader(stream, delimiter=delimiter, strict=True)
    decoder = Decoder()
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield NotJson(f"found a row that is no CSV: {error}")
            return
        if row is None:
            return
        if not row:
            continue
        if any("\0" in cell for cell in row):
            yield NotJson("found a NUL character, expected text")
        elif len(row) != len(names):
            yield NotJson(f"found {len(row)} columns, expected {len(names)} as in the first row")
        else:
            yield read_cells(dict(zip(names, row, strict=True)), decoder)


def read_cells(row: dict[str, str], decoder: Decoder) -> Any:
    """RETURNS (Any): A row with its lists and objects read, and without what is empty; `NotJson` if
    a cell cannot be read."""
    record: dict[str, Any] = {}
    for name, cell in row.items():
        if not cell:
            continue
        record[name] = cell
        if name not in ("text", "sentence", "content") and cell.lstrip().startswith(("[", "{")):
            value = decoder.decode(cell)
            if isinstance(value, NotJson):
                try:
                    value = parse_literal(cell)
                except ValueError as error:
                    if "numpy" in str(error):
                        return NotJson(f"column {name}: {error}")
                    continue  # a text that begins with a bracket
            record[name] = value
    return record
