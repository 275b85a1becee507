"""Texts with entities in tables of Hugging Face."""

import json
from pathlib import Path
from typing import Any

import pytest

from adaptive_spacy.data.readers.formats import find_format, open_source
from tests.data.readers.opened import ADA, TEXT, show

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

NAMES = ["PER", "LOC"]
SPANS = [{"start": 0, "end": 3, "label": "PER"}, {"start": 13, "end": 21, "label": "LOC"}]
NUMBERS = [{**one, "label": NAMES.index(str(one["label"]))} for one in SPANS]
COLUMNS = {key: [one[key] for one in SPANS] for key in SPANS[0]}
LABELS = {"names": NAMES, "_type": "ClassLabel"}
VALUE = {"dtype": "int64", "_type": "Value"}


def save(path: Path, features: Any = None, **columns: Any) -> Path:
    table = pyarrow.table(columns)
    if features is not None:
        noted = json.dumps({"info": {"features": features}}).encode()
        table = table.replace_schema_metadata({b"huggingface": noted})
    path.parent.mkdir(exist_ok=True)
    parquet.write_table(table, path)
    return path


@pytest.mark.parametrize("spans", [SPANS, COLUMNS])
@pytest.mark.parametrize("names", [("text", "entities"), ("sentence", "spans"), ("text", "label")])
def test_rows_are_records(tmp_path, spans, names):
    columns = dict(zip(names, ([TEXT, TEXT], [spans, spans]), strict=True))
    path = save(tmp_path / "a.parquet", id=[1, 2], **columns)
    assert find_format(path) == find_format(path, "hub") == "hub-records"
    assert [show(one) for one in open_source(path)] == [ADA, ADA]


@pytest.mark.parametrize(
    "feature",
    [
        [{"start": VALUE, "label": LABELS}],
        {"feature": {"start": VALUE, "label": LABELS}, "_type": "Sequence"},
        {"feature": [{"label": LABELS}], "_type": "List"},
    ],
)
def test_numbers_are_named_by_their_class_label(tmp_path, feature):
    path = save(tmp_path / "a.parquet", {"entities": feature}, text=[TEXT], entities=[NUMBERS])
    assert [show(one) for one in open_source(path)] == [ADA]
    NUMBERS[0]["label"], kept = 7, NUMBERS[0]["label"]
    path = save(tmp_path / "b.parquet", {"entities": feature}, text=[TEXT], entities=[NUMBERS])
    NUMBERS[0]["label"] = kept
    with pytest.raises(ValueError, match="row 1: found the label 7, expected a number from 0 to 1"):
        open_source(path)


def test_numbers_without_names_are_refused(tmp_path):
    path = save(tmp_path / "a.parquet", text=[TEXT], entities=[NUMBERS])
    with pytest.raises(ValueError, match="row 1: found 0 as the label, expected a string"):
        open_source(path)


def test_a_folder_of_one_split_is_read(tmp_path):
    for i in range(2):
        name = f"train-0000{i}-of-00002.parquet"
        save(tmp_path / "data" / name, text=[TEXT], entities=[SPANS])
    assert [show(one) for one in open_source(tmp_path)] == [ADA, ADA]
