"""Prodigy's answers: what was judged one at a time is not the annotation of a text."""

from typing import Any

import pytest

from tests.data.readers.opened import TEXT, read, refuse
from tests.data.readers.records import OBJECTS, to_jsonl

ADA, YORK = OBJECTS
ONLY_ADA = ([("Ada", "PER")], [1, 2, 3, 4, 5])


def record(*spans: Any, **more: Any) -> dict[str, Any]:
    return {"text": TEXT, "spans": list(spans), "answer": "accept", **more}


def read_one(tmp_path: Any, *records: Any) -> list[tuple[list[tuple[str, str]], list[int]]]:
    return [(one.ents, one.missing) for one in read(tmp_path, to_jsonl(*records))]


@pytest.mark.parametrize(
    "one",
    [
        record(ADA, _is_binary=True),
        record(ADA, _view_id="ner"),
        record({**ADA, "score": 0.5}),
        record({**ADA, "score": 0.5, "source": "en_core_web_sm", "rank": 0, "input_hash": 1}),
        record({**ADA, "answer": "accept"}),
    ],
)
def test_a_judged_entity_leaves_the_rest_open(tmp_path, one):
    assert read_one(tmp_path, one) == [ONLY_ADA]


def test_judgements_of_one_text_are_told_by_each_other(tmp_path):
    found = read_one(tmp_path, record(ADA), record(YORK), {**record(ADA), "text": TEXT + "!"})
    assert found[0] == ONLY_ADA
    assert found[1] == ([("New York", "LOC")], [0, 1, 2, 5])
    assert found[2][1] == []


def test_a_record_twice_is_no_judgement(tmp_path):
    assert read_one(tmp_path, record(ADA), record(ADA)) == [([("Ada", "PER")], [])] * 2


@pytest.mark.parametrize(
    "one",
    [
        record(ADA, _view_id="ner_manual"),
        record({**ADA, "score": 0.5}, _view_id="ner_manual"),
        record({**ADA, "score": 0.5}, _is_binary=False),
        record(ADA),
        {"text": TEXT, "spans": [{**ADA, "score": 0.5}]},
    ],
)
def test_a_whole_annotation_is_one(tmp_path, one):
    assert read_one(tmp_path, one) == [([("Ada", "PER")], [])]


def test_sessions_of_annotators_are_no_judgements(tmp_path):
    found = read_one(tmp_path, record(ADA, _session_id="a"), record(YORK, _session_id="b"))
    assert [missing for _, missing in found] == [[], []]


def test_rejected_spans_are_known_to_be_none(tmp_path):
    merged = record({**ADA, "answer": "accept"}, {**YORK, "answer": "reject"})
    assert read_one(tmp_path, merged) == [([("Ada", "PER")], [1, 2, 5])]
    rejected = record({**YORK, "score": 0.1}, answer="reject")
    assert read_one(tmp_path, rejected) == [([], [0, 1, 2, 5])]
    ignored = record({**ADA, "answer": "accept"}, {**YORK, "answer": "ignore"})
    assert read_one(tmp_path, ignored) == [ONLY_ADA]
    # what was accepted stays so where something else was rejected
    other = record({**ADA, "answer": "accept"}, {**ADA, "label": "ORG", "answer": "reject"})
    assert read_one(tmp_path, other) == [ONLY_ADA]
    assert "found the answer 'no'" in refuse(tmp_path, to_jsonl(record({**ADA, "answer": "no"})))


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    "rejected",
    [
        {**YORK, "label": "PER"},
        # other bounds
        {**YORK, "start": YORK["start"] + 4},
        {**YORK, "start": 0},
    ],
)
def test_what_was_rejected_is_open_where_something_was_accepted(tmp_path, rejected, turned):
    records = [record({**rejected, "score": 0.4}, answer="reject"), record({**YORK, "score": 0.6})]
    found = read_one(tmp_path, *(reversed(records) if turned else records))
    assert sorted(found) == [([], [0, 1, 2, 3, 4, 5]), ([("New York", "LOC")], [0, 1, 2, 5])]


def test_what_was_rejected_beside_what_was_accepted_is_outside(tmp_path):
    rejected = {**ADA, "score": 0.4}
    records = [record(rejected, answer="reject"), record({**YORK, "score": 0.6})]
    assert read_one(tmp_path, *records)[0] == ([], [1, 2, 3, 4, 5])
    # in another text, or never accepted, it says nothing
    other = {**record({**ADA, "score": 0.6}), "text": TEXT + "!"}
    ignored = record({**ADA, "score": 0.6}, answer="ignore")
    found = read_one(tmp_path, record(rejected, answer="reject"), other, ignored)
    assert found[0] == ([], [1, 2, 3, 4, 5])


@pytest.mark.parametrize(
    ("one", "found"),
    [
        ({"text": TEXT, "label": "GOOD", "answer": "accept"}, "text categories"),
        ({"text": TEXT, "label": "GOOD", "_view_id": "classification", "spans": []}, "text categ"),
        ({"text": TEXT, "options": [{"id": 1}], "accept": [1], "answer": "accept"}, "choices"),
        ({"text": TEXT, "accept": [], "answer": "accept", "_view_id": "choice"}, "choices"),
        ({"image": "a.png", "spans": [], "_view_id": "image_manual", "answer": "accept"}, "images"),
        ({"image": "a.png", "_task_hash": 1, "answer": "accept"}, "images"),
        ({"audio": "a.wav", "_task_hash": 1, "answer": "accept"}, "audios"),
        ({"text": TEXT, "tokens": [], "_view_id": "dep", "answer": "accept"}, "dependencies"),
    ],
)
def test_other_tasks_are_refused_by_name(tmp_path, one, found):
    assert f"found a task of {found}" in refuse(tmp_path, to_jsonl(one))


def test_a_file_of_nothing_accepted_is_refused(tmp_path):
    message = refuse(tmp_path, to_jsonl(record(ADA, answer="reject"), record(answer="ignore")))
    assert message == ": expected annotated records, found none: ignored 1, rejected 1"
