import pytest

from adaptive_spacy.data.readers.json_formats import AnyJson
from tests.data.readers.records import (
    ENTS,
    TEXT,
    to_jsonl,
    write,
)


def test_json_counts_offsets_in_code_points(tmp_path):
    record = {"text": "🎉 Ada ä́ Rome", "entities": [[2, 5, "PER"], [9, 13, "LOC"]]}
    (sentence,) = AnyJson(write(tmp_path, to_jsonl(record)))
    assert [sentence.words[start] for start, _, _ in sentence.ents] == ["Ada", "Rome"]


WIDENED = "entities widened to whole tokens"
TRIMMED = "white space at the edge of an entity trimmed"
TWICE = "entities that occur twice dropped"
OVERLAPS = "overlapping entities dropped, the longest kept"


@pytest.mark.parametrize(
    ("spans", "ents", "repairs"),
    [
        ([[1, 3, "PER"]], [(0, 1, "PER")], {WIDENED: 1}),
        ([[0, 2, "PER"], [14, 20, "LOC"]], ENTS, {WIDENED: 2}),
        ([[0, 4, "PER"], [12, 21, "LOC"]], ENTS, {TRIMMED: 2}),
        ([[3, 8, "X"]], [(1, 2, "X")], {TRIMMED: 1, WIDENED: 1}),
        ([[0, 3, "PER"], [0, 3, "PER"]], [(0, 1, "PER")], {TWICE: 1}),
        ([[0, 3, "PER"], [1, 3, "PER"]], [(0, 1, "PER")], {WIDENED: 1, TWICE: 1}),
        ([[17, 21, "X"], [13, 21, "LOC"]], [(3, 5, "LOC")], {OVERLAPS: 1}),
        ([[13, 16, "A"], [13, 16, "B"]], [(3, 4, "A")], {OVERLAPS: 1}),
        ([[13, 16, "B"], [13, 16, "A"]], [(3, 4, "B")], {OVERLAPS: 1}),
        ([[4, 12, "A"], [10, 16, "B"]], [(1, 3, "A")], {OVERLAPS: 1}),
        ([[4, 9, "A"], [9, 12, "B"]], [(1, 2, "A"), (2, 3, "B")], {TRIMMED: 1}),
        ([[0, 22, "A"], [0, 3, "B"], [4, 9, "C"]], [(0, 6, "A")], {OVERLAPS: 2}),
    ],
)
def test_json_mends_only_when_told_and_counts_it(tmp_path, spans, ents, repairs):
    path = write(tmp_path, to_jsonl({"text": TEXT, "entities": spans}))
    file = AnyJson(path, repair=True)
    for _ in range(2):
        assert [sentence.ents for sentence in file] == [ents]
        assert file.repairs == repairs
    with pytest.raises(ValueError, match="--repair"):
        AnyJson(path)
