"""Several lists in a record: the one of entities is read, or the user says which."""

from typing import Any

import pytest

from adaptive_spacy.data.readers.formats import open_source
from tests.data.readers.opened import Read, put, read, refuse

WORDS = ["Emma", "left", "Lima"]
ENTS = ["B-PER", "O", "B-LOC"]
POS = ["NNP", "VBD", "NNP"]
PHRASES = ["B-NP", "B-VP", "B-NP"]
FOUND = [Read("Emma left Lima", [("Emma", "PER"), ("Lima", "LOC")], [])]


@pytest.mark.parametrize(
    ("lists", "key"),
    [
        ({"tags": POS, "ner": ENTS}, "ner"),
        ({"tags": PHRASES, "labels": ENTS}, "labels"),
        ({"labels": ["PROPN", "VERB", "PROPN"], "ner": ["PER", "O", "LOC"]}, "ner"),
        ({"labels": ["literature"], "tags": ENTS}, "tags"),
        ({"ner_tags": [1, 0, 3], "labels": ENTS}, "labels"),
        ({"tags": ENTS, "labels": ENTS}, "tags"),
    ],
)
def test_list_of_entities_is_found_and_said(tmp_path, lists, key):
    records: Any = {"tokens": WORDS, **lists}
    assert read(tmp_path, records) == FOUND
    assert f'tags under "{key}"' in open_source(tmp_path / "file").describe()


def test_lists_are_told_by_many_records(tmp_path):
    outside = ["O", "O", "O"]
    records = [
        {"tokens": WORDS, "tags": outside, "ner_tags": outside},
        {"tokens": WORDS, "tags": ENTS, "ner_tags": outside},
        {"tokens": WORDS, "tags": ENTS, "ner_tags": ["B-ART", "O", "O"]},
    ]
    message = refuse(tmp_path, records)
    assert 'found tags under "ner_tags" (ART 1), "tags" (PER 2, LOC 2)' in message
    assert "--spans-key ner_tags or --spans-key tags says which to read" in message
    kept = read(tmp_path, records, spans_key="tags")
    assert kept == [Read(FOUND[0].text, [], []), *FOUND, *FOUND]


@pytest.mark.parametrize("spans", [[], [[0, 0, "PER"]], [{"start": 0, "end": 1, "type": "ORG"}]])
def test_tags_beside_entities_by_token_are_refused_or_chosen(tmp_path, spans):
    record: Any = {"tokens": WORDS, "ner_tags": ENTS, "entities": spans}
    message = refuse(tmp_path, record)
    assert 'found entities by token under "entities" and tags under "ner_tags"' in message
    assert "--spans-key entities or --spans-key ner_tags says which to read" in message
    assert read(tmp_path, record, spans_key="ner_tags") == FOUND
    options = {"spans_key": "entities", "offsets": "inclusive"} if spans else {}
    if spans:
        types = {"PER": 1, "ORG": 2}
        (found,) = read(tmp_path, record, **options)
        assert [(len(text.split()), label) for text, label in found.ents] == [
            (types[label], label) for _, label in found.ents
        ]


def test_parts_of_speech_beside_entities_by_token_are_none(tmp_path):
    record: Any = {"tokens": WORDS, "tags": POS, "ner": [[0, 0, "PER"], [2, 2, "LOC"]]}
    assert read(tmp_path, record) == FOUND


CHARACTERS = [{"start": 0, "end": 4, "label": "PER"}, {"start": 10, "end": 14, "label": "LOC"}]


def test_offsets_beside_text_and_tokens_are_asked_for(tmp_path):
    record: Any = {"text": "Emma left Lima", "tokens": WORDS, "entities": CHARACTERS}
    message = refuse(tmp_path, record)
    assert "may count characters or tokens" in message
    assert read(tmp_path, record, format="entities") == FOUND
    # what fits no characters counts tokens
    tokens = [{"start": 0, "end": 1, "label": "PER"}, {"start": 2, "end": 3, "label": "LOC"}]
    assert read(tmp_path, {**record, "entities": tokens}) == FOUND


def make_table(**columns: Any) -> bytes:
    pyarrow = pytest.importorskip("pyarrow", reason="needs the extra `hub`")
    from pyarrow import parquet

    sink = pyarrow.BufferOutputStream()
    parquet.write_table(pyarrow.table({"tokens": [WORDS]} | columns), sink)
    return sink.getvalue().to_pybytes()


def test_column_of_entities_is_found_in_a_table(tmp_path):
    table = make_table(tags=[POS], ner=[ENTS])
    assert read(tmp_path, table, "a.parquet") == FOUND
    both = make_table(tags=[["B-ART", "O", "O"]], ner=[ENTS])
    message = refuse(tmp_path, both, "a.parquet")
    assert "--tag-column tags or --tag-column ner says which to read" in message
    assert read(tmp_path, both, "a.parquet", tag_column="ner") == FOUND
    other = make_table(upos=[ENTS], ner=[POS])
    assert read(tmp_path, other, "a.parquet", tag_column="upos") == FOUND
    assert "expected a column 3" in refuse(tmp_path, other, "a.parquet", tag_column="3")


def test_tokens_of_bytes_in_a_table_are_refused(tmp_path):
    table = make_table(tokens=[[b"Emma", b"left", b"Lima"]], ner_tags=[ENTS])
    message = refuse(tmp_path, table, "a.parquet")
    assert message == """: row 1: found "b'Emma'" as token 0, expected a string"""


def test_column_of_numbers_with_names_is_found_in_a_table(tmp_path):
    pyarrow = pytest.importorskip("pyarrow", reason="needs the extra `hub`")
    names = {"feature": {"names": ["O", "B-PER", "B-LOC"], "_type": "ClassLabel"}}
    parts = {"feature": {"names": ["NNP", "VBD"], "_type": "ClassLabel"}}
    folder = tmp_path / "set"
    folder.mkdir()
    put(folder, {"features": {"tags": parts, "ner": names}}, "dataset_info.json")
    put(folder, {"_data_files": [{"filename": "a.arrow"}]}, "state.json")
    table = pyarrow.table({"tokens": [WORDS], "tags": [[0, 1, 0]], "ner": [[1, 0, 2]]})
    with pyarrow.ipc.new_stream(folder / "a.arrow", table.schema) as writer:
        writer.write_table(table)
    (sentence,) = open_source(folder)
    assert sentence.ents == [(0, 1, "PER"), (2, 3, "LOC")]
