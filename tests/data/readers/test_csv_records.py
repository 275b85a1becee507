"""Tables whose cells hold lists."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.csv_records import CsvRecords
from adaptive_spacy.data.readers.formats import find_format
from tests.data.readers.opened import ADA, TEXT, put, read, refuse
from tests.data.readers.records import annotated_docs, to_lists, to_sentence
from tests.tiers import examples

SPANS = [[0, 3, "PER"], [13, 21, "LOC"]]


def table(*rows: dict[str, str], delimiter: str = ",") -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize(
    "cell",
    [
        json.dumps(SPANS),
        str(SPANS),
        str([tuple(one) for one in SPANS]),
        json.dumps([{"start": s, "end": e, "label": label} for s, e, label in SPANS]),
        str([{"begin": s, "end": e, "tag": label} for s, e, label in SPANS]),
    ],
)
@pytest.mark.parametrize(
    "names", [("text", "entities"), ("sentence", "labels"), ("content", "ents")]
)
def test_cells_of_entities_are_read(tmp_path, delimiter, cell, names):
    rows = table({"id": "1", **dict(zip(names, (TEXT, cell), strict=True))}, delimiter=delimiter)
    assert find_format(put(tmp_path, rows)) == "csv-records"
    assert read(tmp_path, rows) == [ADA]


def test_cells_of_tokens_and_tags_are_read(tmp_path):
    words, tags = TEXT.replace(".", " .").split(), ["B-PER", "O", "O", "B-LOC", "I-LOC", "O"]
    (found,) = read(tmp_path, table({"tokens": str(words), "ner_tags": str(tags)}))
    assert found.ents == ADA.ents
    rows = table({"tokens": "['Ada' 'sings']", "ner_tags": "['B-PER' 'O']"})
    assert "as numpy prints arrays" in refuse(tmp_path, rows)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("text,entities\na,[]\nb\n", ": row 3: found 1 columns, expected 2"),
        ('text,entities\na,[]\n"b,[]\n', ": row 3: found a row that is no CSV"),
        ('text,entities\nAda,"[[0, 9, ""X""]]"\n', ": row 2: found an entity from 0 to 9"),
        ("text,entities\na,[]\n\0,[]\n", ": row 3: found a NUL character"),
    ],
)
def test_what_is_wrong_is_said_by_row(tmp_path, rows, message):
    assert message in refuse(tmp_path, rows)


@pytest.mark.parametrize("text", ["text,label\na,X\n", "a,b\n[ ,O\n", "token,tag\nAda,B-PER\n", ""])
def test_other_tables_are_left_alone(tmp_path, text):
    assert find_format(put(tmp_path, text)) != "csv-records"


@examples(40)
@given(docs=st.lists(annotated_docs(), min_size=1, max_size=3))
def test_what_was_written_is_read(docs, tmp_path_factory):
    rows = [
        {"id": "1", "text": doc.text, "entities": json.dumps(to_lists(doc, ents))}
        for doc, ents in docs
        if doc.text
    ]
    if rows:
        source = CsvRecords(put(tmp_path_factory.mktemp("x"), table(*rows)))
        assert list(source) == [to_sentence(doc, ents) for doc, ents in docs if doc.text]
