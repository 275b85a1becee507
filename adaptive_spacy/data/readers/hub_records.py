"""Texts with entities in data sets of Hugging Face: the rows of their tables as records."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

from adaptive_spacy.data.readers.arrow import (
    ARROW_FILE,
    PARQUET,
    OpenTable,
    find_class_names,
    open_table,
    read_features,
    require_pyarrow,
)
from adaptive_spacy.data.readers.hub_files import find_files, holds_entities
from adaptive_spacy.data.readers.json_formats import AnyJson
from adaptive_spacy.data.readers.json_values import NotJson
from adaptive_spacy.data.readers.reader import Confidence, Evidence, PathSample
from adaptive_spacy.data.readers.record_file import RecordFile


class HubRecords(AnyJson):
    """Rows of a text and its entities, in any of the shapes that JSON has; a number as the type of
    an entity is the name that its ClassLabel gives it."""

    title = "Hugging Face records"
    limits = "several splits at once"
    unused = frozenset({"encoding"})

    @classmethod
    def recognise(cls, sample: PathSample) -> Evidence | None:
        """RETURNS (Evidence | None): Whether the path is a data set of texts with entities."""
        is_table = sample.is_folder or sample.path.suffix in (".parquet", ".arrow")
        is_table = is_table or sample.head.startswith((PARQUET, ARROW_FILE))
        if is_table and holds_entities(sample.path):
            return Evidence(Confidence.CERTAIN, "a table of texts and entities")
        return None

    @staticmethod
    def _open(path: Path, encoding: str, progress: bool) -> RecordFile:
        return TableFile(path, progress)


class TableFile:
    """The rows of the tables of one split, streamed.

    path (Path): See `HubData`.
    progress (bool): Show a progress bar where a pass takes longer than a second.
    RAISES (ValueError): If there is no such data set; if pyarrow is not installed.
    """

    place = " row "
    kind = "Hugging Face data"

    def __init__(self, path: Path, progress: bool) -> None:
        require_pyarrow()
        self.path = path
        self.progress = progress
        self._files = find_files(path)

    def records(self, action: str = "Reading") -> Iterator[tuple[int, Any]]:
        """YIELDS (tuple[int, Any]): The rows with their numbers; `NotJson` for a bad one."""
        bar = tqdm(
            desc=f"{action} {self.path.name}",
            unit="rows",
            leave=False,
            delay=1,
            disable=None if self.progress else True,
        )
        number = 0
        with bar:
            for path in self._files:
                with open_table(path) as table:
                    for row in self._rows(path, table):
                        number += 1
                        bar.update()
                        yield number, row

    def _rows(self, path: Path, table: OpenTable) -> Iterator[Any]:
        from pyarrow import types

        columns = [one.name for one in table.schema if not types.is_binary(one.type)]
        names = {
            column: found
            for column, feature in read_features(path, table.schema).items()
            if (found := find_inner_names(feature))
        }
        for batch in table.batches(columns):
            for row in batch.to_pylist():
                try:
                    for column, of_keys in names.items():
                        row[column] = name_labels(row.get(column), of_keys)
                except ValueError as error:
                    yield NotJson(str(error))
                    continue
                yield row


def find_inner_names(feature: Any) -> dict[str, list[str]]:
    """RETURNS (dict[str, list[str]]): The names of each ClassLabel in the objects of a list, by its
    key."""
    while isinstance(feature, list) and len(feature) == 1:
        feature = feature[0]
    while isinstance(feature, dict) and isinstance(feature.get("feature"), dict | list):
        feature = feature["feature"]
        feature = feature[0] if isinstance(feature, list) and feature else feature
    if not isinstance(feature, dict) or isinstance(feature.get("_type"), str):
        return {}
    found = {key: find_class_names(inner) for key, inner in feature.items()}
    return {key: names for key, names in found.items() if names}


def name_labels(spans: Any, of_keys: dict[str, list[str]]) -> Any:
    """RETURNS (Any): Entities, objects or an object of lists, with names for numbers.
    RAISES (ValueError): If a number has no name."""
    if isinstance(spans, list):
        return [name_labels(one, of_keys) for one in spans]
    if not isinstance(spans, dict):
        return spans
    return {key: name_label(value, of_keys.get(key)) for key, value in spans.items()}


def name_label(value: Any, names: list[str] | None) -> Any:
    if isinstance(value, list):
        return [name_label(one, names) for one in value]
    if names is None or type(value) is not int:
        return value
    if not 0 <= value < len(names):
        raise ValueError(f"found the label {value}, expected a number from 0 to {len(names) - 1}")
    return names[value]
