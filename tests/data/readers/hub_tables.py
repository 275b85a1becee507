"""Tables of Hugging Face's data sets, saved in each way."""

import json
from pathlib import Path
from typing import Any

import pytest

from adaptive_spacy.data.readers.huggingface import HubData

# who imports these tables is skipped without it
pyarrow = pytest.importorskip("pyarrow", reason="needs the extra `hub`")
from pyarrow import ipc, parquet  # noqa: E402

WORDS = ["Ada", "lives", "in", "New", "York", "."]
TAGS = ["B-PER", "O", "O", "B-LOC", "I-LOC", "O"]
ENTS = [(0, 1, "PER"), (3, 5, "LOC")]
NAMES = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
NUMBERS = [NAMES.index(tag) for tag in TAGS]
WORD_FEATURE = {"feature": {"dtype": "string", "_type": "Value"}, "_type": "List"}
TAG_FEATURE = {"feature": {"names": NAMES, "_type": "ClassLabel"}, "_type": "List"}
Rows = list[tuple[Any, Any]]


def make_table(rows: Rows, features: Any = None, **columns: Any) -> "pyarrow.Table":
    """A table of tokens and tags.

    features: What `datasets` notes in the schema.
    """
    words, tags = zip(*rows, strict=True) if rows else ((), ())
    kind = pyarrow.int64() if features else None
    table = pyarrow.table(
        {
            "tokens": pyarrow.array(words, pyarrow.list_(pyarrow.string())),
            "ner_tags": pyarrow.array(tags, pyarrow.list_(kind) if kind else None),
            **columns,
        }
    )
    if features is not None:
        info = json.dumps({"info": {"features": features}})
        table = table.replace_schema_metadata({"huggingface": info})
    return table


def save(folder: Path, table: "pyarrow.Table", shards: int = 1, info: Any = None) -> Path:
    """Write a table as `Dataset.save_to_disk` does."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"data-{i:05}-of-{shards:05}.arrow" for i in range(shards)]
    size = -(-table.num_rows // shards)
    for i, name in enumerate(names):
        part = table.slice(i * size, size)
        with ipc.new_stream(folder / name, table.schema) as writer:
            writer.write_table(part, max_chunksize=2)
    state = {"_data_files": [{"filename": name} for name in names], "_split": "train"}
    (folder / "state.json").write_text(json.dumps(state), encoding="utf-8")
    content = {"features": info or {}, "citation": ""}
    (folder / "dataset_info.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def write_parquet(path: Path, table: "pyarrow.Table") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(table, path)
    return path


def write_arrow_file(path: Path, table: "pyarrow.Table") -> Path:
    with ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)
    return path


FEATURES = {"tokens": WORD_FEATURE, "ner_tags": TAG_FEATURE}


def read_error(path: Path, **options: Any) -> str:
    with pytest.raises(ValueError) as info:  # noqa: PT011 (the callers compare the whole message)
        HubData(path, **options)
    return str(info.value)
