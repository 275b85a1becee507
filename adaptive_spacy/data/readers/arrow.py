"""Open the tables of Hugging Face data sets, Arrow or parquet, a few rows at a time."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from adaptive_spacy.data.readers.json_values import show_json

if TYPE_CHECKING:
    import pyarrow

ROWS = 1_000  # that are Python objects at a time
PARQUET = b"PAR1"
ARROW_FILE = b"ARROW1"  # `datasets` writes the streaming format, which begins otherwise
LFS_POINTER = b"version https://git-lfs"


class OpenTable(NamedTuple):
    """An open file of rows.

    schema (pyarrow.Schema): Its columns.
    batches (Callable[[list[str]], Iterator[pyarrow.RecordBatch]]): Reads some columns of all rows,
        at most `ROWS` at a time.
    """

    schema: "pyarrow.Schema"
    batches: "Callable[[list[str]], Iterator[pyarrow.RecordBatch]]"


def require_pyarrow() -> None:
    """RAISES (ValueError): If pyarrow is not installed."""
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise ValueError(
            'Hugging Face data needs pyarrow: pip install "adaptive-spacy[hub]"'
        ) from None


@contextmanager
def open_table(path: Path) -> Iterator[OpenTable]:
    """Open a parquet or Arrow file.

    YIELDS (OpenTable): Its rows, read as they are asked for.
    RAISES (ValueError): If it is no such file, or damaged; the latter while it is read.
    """
    import pyarrow
    from pyarrow import parquet

    try:
        with path.open("rb") as file:
            head = file.read(len(LFS_POINTER))
        if head == LFS_POINTER:
            raise ValueError(
                f"{path}: expected data, found a pointer of Git LFS to it; fetch it with `git lfs "
                "pull`"
            )
        if head.startswith(PARQUET):
            with parquet.ParquetFile(path) as table:
                yield OpenTable(
                    table.schema_arrow,
                    lambda columns: map(validate, table.iter_batches(ROWS, columns=columns)),
                )
        else:
            open_ipc = (
                pyarrow.ipc.open_file if head.startswith(ARROW_FILE) else pyarrow.ipc.open_stream
            )
            with pyarrow.memory_map(str(path)) as source, open_ipc(source) as reader:
                yield OpenTable(reader.schema, lambda columns: slice_batches(reader, columns))
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(
            f"{path}: expected a parquet or Arrow file, found one that cannot be read: {reason}"
        ) from None


def slice_batches(
    reader: "pyarrow.RecordBatchReader | pyarrow.RecordBatchFileReader", columns: list[str]
) -> "Iterator[pyarrow.RecordBatch]":
    """YIELDS (pyarrow.RecordBatch): These columns of all rows, at most `ROWS` at a time."""
    count = getattr(reader, "num_record_batches", None)
    batches = reader if count is None else (reader.get_batch(i) for i in range(count))
    for batch in batches:
        selected = validate(batch.select(columns))
        for start in range(0, selected.num_rows, ROWS):
            yield selected.slice(start, ROWS)


def validate(batch: "pyarrow.RecordBatch") -> "pyarrow.RecordBatch":
    """RETURNS (pyarrow.RecordBatch): The batch. RAISES (pyarrow.ArrowInvalid): If it is damaged:
    pyarrow reads past the end of the memory where lengths or offsets are wrong."""
    batch.validate(full=True)
    return batch


def find_column(path: Path, schema: "pyarrow.Schema", names: tuple[str, ...]) -> str:
    """RETURNS (str): The first of these columns. RAISES (ValueError): If there is none."""
    for name in names:
        if name in schema.names:
            return name
    raise ValueError(
        f"{path}: expected a column {' or '.join(names)}, found the columns "
        f"{', '.join(schema.names) or 'none'}"
    )


def find_names(path: Path, schema: "pyarrow.Schema", column: str) -> list[str] | None:
    """Find what the numbers of a column of tags mean.

    RETURNS (list[str] | None): The names of a ClassLabel, as the file or `dataset_info.json` beside
        it has them; None if the column holds names.
    RAISES (ValueError): If it holds neither, or if nothing says what its numbers mean.
    """
    from pyarrow import types

    kind = schema.field(column).type
    if types.is_integer(getattr(kind, "value_type", kind)):
        names = find_class_names(read_features(path, schema).get(column))
        if names is None:
            raise ValueError(
                f"{path}: found numbers in the column {column}, expected names: neither its schema "
                "nor dataset_info.json beside it has a ClassLabel that says what they mean"
            )
        return names
    return None


def read_features(path: Path, schema: "pyarrow.Schema") -> dict[str, Any]:
    """RETURNS (dict[str, Any]): What `datasets` noted about the columns; empty if nothing."""
    info: Any = {}
    noted = (schema.metadata or {}).get(b"huggingface")
    info_path = path.parent / "dataset_info.json"
    if noted is not None:
        info = parse_json(noted, path).get("info")
    elif info_path.is_file():
        info = read_json(info_path)
    features = info.get("features") if isinstance(info, dict) else None
    return features if isinstance(features, dict) else {}


def find_class_names(feature: Any) -> list[str] | None:
    """RETURNS (list[str] | None): The names of the ClassLabel in a feature: that of a list holds
    that of its items, as Sequence or List of `datasets` or as a list of one."""
    if isinstance(feature, list) and len(feature) == 1:
        return find_class_names(feature[0])
    if not isinstance(feature, dict):
        return None
    names = feature.get("names")
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return names
    return find_class_names(feature.get("feature"))


def read_json(path: Path) -> dict[str, Any]:
    """RETURNS (dict[str, Any]): The object in a small file."""
    return parse_json(path.read_bytes(), path)


def parse_json(content: bytes, path: Path) -> dict[str, Any]:
    """RETURNS (dict[str, Any]): An object.
    RAISES (ValueError): If it is none; with the path that it comes from."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError(f"{path}: expected JSON that `datasets` wrote, found other text") from None
    if not isinstance(value, dict):
        raise ValueError(f"{path}: expected JSON that `datasets` wrote, found {show_json(value)}")
    return value
