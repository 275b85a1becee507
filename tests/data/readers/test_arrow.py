"""Files of Arrow and parquet: damaged ones, and what their numbers mean."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.huggingface import HubData
from adaptive_spacy.data.source import Sentence
from tests.data.readers.hub_tables import (
    ENTS,
    FEATURES,
    NAMES,
    NUMBERS,
    TAG_FEATURE,
    TAGS,
    WORDS,
    make_table,
    pyarrow,
    read_error,
    save,
    write_parquet,
)
from tests.tiers import examples


@pytest.mark.parametrize(
    "feature",
    [
        TAG_FEATURE,
        {**TAG_FEATURE, "_type": "Sequence", "length": -1, "id": None},
        [{"names": NAMES, "id": None, "_type": "ClassLabel", "num_classes": 5}],
    ],
)
def test_hub_takes_the_names_of_tags_from_the_info_beside_the_data(tmp_path, feature):
    table = make_table([(WORDS, NUMBERS)], FEATURES).replace_schema_metadata(None)
    path = save(tmp_path / "saved", table, info={"ner_tags": feature})
    assert list(HubData(path)) == [Sentence(WORDS, ENTS, [])]


def test_hub_refuses_numbers_without_names(tmp_path):
    table = make_table([(WORDS, NUMBERS)], FEATURES).replace_schema_metadata(None)
    path = write_parquet(tmp_path / "a.parquet", table)
    assert read_error(path) == (
        f"{path}: found numbers in the column ner_tags, expected names: neither its schema nor "
        "dataset_info.json beside it has a ClassLabel that says what they mean"
    )


def test_hub_refuses_tables_without_tokens_or_tags(tmp_path):
    table = pyarrow.table({"text": ["Ada"], "label": [0]})
    path = write_parquet(tmp_path / "a.parquet", table)
    assert read_error(path) == (
        f"{path}: expected a column tokens or words, found the columns text, label"
    )


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(20), b"ARROW1\0\0", b"Ada O\n"])
def test_hub_refuses_damaged_files_in_one_line(tmp_path, content):
    path = tmp_path / "a.parquet"
    path.write_bytes(content)
    message = read_error(path)
    assert message.startswith(
        f"{path}: expected a parquet or Arrow file, found one that cannot be read: "
    )
    assert "\n" not in message


def test_hub_refuses_a_file_that_is_cut_off(tmp_path):
    path = save(tmp_path / "saved", make_table([(WORDS, TAGS)] * 50))
    file = path / "data-00000-of-00001.arrow"
    file.write_bytes(file.read_bytes()[:-2000])
    assert read_error(path).startswith(f"{file}: expected a parquet or Arrow file, found one that ")


def test_hub_refuses_a_pointer_in_place_of_data(tmp_path):
    path = tmp_path / "a.parquet"
    path.write_text("version https://git-lfs.github.com/spec/v1\n", encoding="utf-8")
    assert read_error(path) == (
        f"{path}: expected data, found a pointer of Git LFS to it; fetch it with `git lfs pull`"
    )


def test_hub_names_its_extra_where_pyarrow_is_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert read_error(tmp_path) == (
        'Hugging Face data needs pyarrow: pip install "adaptive-spacy[hub]"'
    )


DAMAGED = make_table([(WORDS, NUMBERS)] * 3, FEATURES)


@examples(150)
@given(
    saved=st.booleans(),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=4),
)
def test_hub_raises_nothing_but_value_errors_whatever_the_damage(saved, edits):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        if saved:
            path = save(path, DAMAGED) / "data-00000-of-00001.arrow"
        else:
            write_parquet(path, DAMAGED)
        content = bytearray(path.read_bytes())
        for place, byte in edits:
            content[int(place * (len(content) - 1))] = byte
        path.write_bytes(content)
        try:
            list(HubData(path))
        except ValueError as error:
            message = str(error)
        else:
            return
    assert message.startswith(str(path))
