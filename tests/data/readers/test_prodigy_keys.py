"""Under which key the entities of Prodigy's tasks are, and of others that know only one."""

from typing import Any

import pytest

from tests.data.readers.opened import read, refuse
from tests.data.readers.records import to_jsonl

TEXT = "Ada met Bob"
ADA = [{"start": 0, "end": 3, "label": "PER"}]
BOB = [{"start": 8, "end": 11, "label": "PER"}]


def task(**keys: Any) -> dict[str, Any]:
    return {"text": TEXT, "answer": "accept", **keys}


@pytest.mark.parametrize(
    ("record", "key"),
    [
        (task(spans=[], gold=ADA), "gold"),
        (task(spans=BOB, gold=ADA), "gold"),
        (task(gold=ADA), "gold"),
        (task(spans=BOB, entities=ADA), "entities"),
        (task(spans=ADA, entities=BOB), "spans"),
        (task(entities=ADA), "entities"),
        ({"text": TEXT, "spans": BOB, "gold": ADA, "_task_hash": 3}, "gold"),
        ([TEXT, {"spans": [[0, 3, "PER"]]}], "spans"),
        ([TEXT, {"entities": [[8, 11, "X"]], "spans": [[0, 3, "PER"]]}], "spans"),
        ([TEXT, {"entities": [[8, 11, "X"]], "gold": [[0, 3, "PER"]]}], "gold"),
    ],
)
@pytest.mark.parametrize("format", ["auto", "jsonl"])
def test_the_key_that_is_chosen_is_read(tmp_path, record, key, format):
    (one,) = read(tmp_path, to_jsonl(record), spans_key=key, format=format)
    assert one.ents == [("Ada", "PER")]


def test_a_task_without_spans_has_none_where_these_are_chosen(tmp_path):
    records = to_jsonl(task(spans=ADA, entities=BOB), task())
    assert [one.ents for one in read(tmp_path, records, spans_key="spans")] == [
        [("Ada", "PER")],
        [],
    ]
    records = to_jsonl(task(spans=ADA), task(entities=BOB))
    assert refuse(tmp_path, records, spans_key="spans") == (
        ":2: --spans-key spans: found the keys 'answer', 'entities', 'text', expected that key"
    )


@pytest.mark.parametrize(
    ("keys", "names", "chosen"),
    [
        ({"entities": BOB}, '"entities"', "entities"),
        ({"gold": BOB}, '"gold"', "gold"),
        ({"label": [[8, 11, "PER"]]}, '"label"', "label"),
        ({"spans": [], "entities": BOB}, '"entities"', "entities"),
        ({"spans": ADA, "entities": BOB}, '"spans" and "entities"', "spans"),
    ],
)
def test_entities_under_another_key_are_refused(tmp_path, keys, names, chosen):
    """Also if the first record has them where they belong."""
    assert refuse(tmp_path, to_jsonl(task(spans=ADA), task(**keys))) == (
        f':2: found entities under {names}, expected them under "spans" alone; rename the key, or '
        f"take one from all records, e.g. with --spans-key {chosen}"
    )


@pytest.mark.parametrize(
    "keys",
    [
        {"spans": ADA, "labels": ["x"]},
        {"spans": ADA, "entities": [], "label": "PER"},
        {"spans": ADA, "tokens": [{"text": TEXT, "start": 0, "end": 11, "id": 0, "tag": "X"}]},
        {"spans": ADA, "relations": [{"head": 0, "child": 0, "label": "is"}], "meta": {"a": 1}},
    ],
)
def test_what_is_no_entity_beside_them_is_no_matter(tmp_path, keys):
    one = task(**{**keys, "tokens": None}) if "tokens" in keys else task(**keys)
    one = {key: value for key, value in one.items() if value is not None}
    assert [one.ents for one in read(tmp_path, to_jsonl(one))] == [[("Ada", "PER")]]


def test_a_list_has_no_key_to_choose(tmp_path):
    assert refuse(tmp_path, to_jsonl([TEXT, [[0, 3, "PER"]]]), spans_key="gold") == (
        ':1: --spans-key gold: found [[0, 3, "PER"]] beside the text, expected an object with that '
        "key"
    )
