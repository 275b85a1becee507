"""Fields of a record that cannot be read, and in which words that is said."""

import json

import pytest

from tests.data.readers.records import (
    LISTS,
    TEXT,
    entities,
    read_error,
    write,
)

#: a record that cannot be read, and why
BAD_RECORDS = {
    "negative": (
        entities([-1, 3, "PER"]),
        "found an entity from -1 to 3 (PER), expected offsets from 0",
    ),
    "reversed": (
        entities([3, 0, "PER"]),
        "found an entity from 3 to 0 (PER), expected its end after its start",
    ),
    "empty": (
        entities([3, 3, "PER"]),
        "found an entity from 3 to 3 (PER), expected its end after its start",
    ),
    "past the end": (
        entities([13, 40, "LOC"]),
        "found an entity from 13 to 40 (LOC), expected offsets up to 22, the length of the text",
    ),
    "white space only": (
        entities([3, 4, "PER"]),
        "found an entity from 3 to 4 (PER) that covers only white space, expected text",
    ),
    "white space at the end": (
        entities([0, 4, "PER"]),
        "found 'Ada ' (0 to 4, PER) with white space at its edge, expected 'Ada' (0 to 3, PER); "
        "--repair trims it",
    ),
    "starts inside": (
        entities([14, 21, "LOC"]),
        "found 'ew York' (14 to 21, LOC), which starts inside the token 'New' (13 to 16), expected "
        "whole tokens; --repair widens it to these",
    ),
    "ends inside": (
        entities([13, 19, "LOC"]),
        "found 'New Yo' (13 to 19, LOC), which ends inside the token 'York' (17 to 21), expected "
        "whole tokens; --repair widens it to these",
    ),
    "cuts both": (
        entities([1, 2, "PER"]),
        "found 'd' (1 to 2, PER), which starts inside the token 'Ada' (0 to 3) and ends inside the "
        "token 'Ada' (0 to 3), expected whole tokens; --repair widens it to these",
    ),
    "overlap": (
        entities([13, 21, "LOC"], [17, 21, "PER"]),
        "found 'New York' (13 to 21, LOC) and 'York' (17 to 21, PER), which overlap, expected one "
        "of them; --repair keeps the longest",
    ),
    "duplicate": (
        entities([0, 3, "PER"], [0, 3, "PER"]),
        "found 'Ada' (0 to 3, PER) twice, expected it once; --repair drops it",
    ),
    "offset is a string": (
        entities(["0", 3, "PER"]),
        "found the offset '0' of an entity, expected an integer",
    ),
    "offset is a float": (
        entities([0, 3.0, "PER"]),
        "found the offset 3.0 of an entity, expected an integer",
    ),
    "offset is a boolean": (
        entities([False, 3, "PER"]),
        "found the offset false of an entity, expected an integer",
    ),
    "label is null": (entities([0, 3, None]), "found null as the label, expected a string"),
    "label is a number": (entities([0, 3, 7]), "found 7 as the label, expected a string"),
    "label is blank": (entities([0, 3, " "]), "found the label ' ', expected a name"),
    "two values": (
        entities([0, 3]),
        "found the entity [0, 3], expected [start, end, label]",
    ),
    "a word": (
        entities("Ada", [0, 3, "PER"]),
        "found the entity 'Ada', expected a list or an object",
    ),
    "labels of the text": (
        entities("POSITIVE"),
        'found ["POSITIVE"] under "entities", which are labels of the whole text, expected '
        "entities with offsets",
    ),
    "unknown keys": (
        entities({"from": 0, "to": 3, "label": "PER"}),
        "found an entity with the keys 'from', 'label', 'to', expected \"start\"",
    ),
    "no label": (
        entities({"start": 0, "end": 3}),
        "found an entity with the keys 'end', 'start', expected \"label\"",
    ),
    "two labels": (
        entities({"start": 0, "end": 3, "labels": ["A", "B"]}),
        'found 2 labels of one entity, expected one: {"start": 0, "end": 3, "labels": ["A", "B"]}',
    ),
    "entities under no key": (
        {"text": TEXT, "marks": []},
        "found the keys 'marks', 'text', expected a list of entities under "
        '"spans", "entities", '
        '"labels" or "label"; --spans-key names another',
    ),
    "entities under two keys": (
        {"text": TEXT, "entities": LISTS, "spans": LISTS},
        'found entities under "spans" and "entities", expected them under one key; '
        "--spans-key spans takes one of them",
    ),
    "no text": (
        {"body": TEXT, "entities": LISTS},
        "found no \"text\", expected one beside the keys 'body', 'entities'",
    ),
    "text is null": (entities(text=None), "found null as the text, expected a string"),
    "text is a list": (entities(text=["Ada"]), 'found ["Ada"] as the text, expected a string'),
    "lone surrogate": (
        '{"text": "Ada \\ud800", "entities": []}',
        "found half of a surrogate pair, \\ud800, in the text, expected whole characters",
    ),
    "lone surrogate in a label": (
        '{"text": "Ada", "entities": [[0, 3, "\\udc00"]]}',
        "found half of a surrogate pair, \\udc00, in the label, expected whole characters",
    ),
    "escaped NUL": (
        '{"text": "Ada\\u0000", "entities": []}',
        "found a NUL character in the text, expected text",
    ),
    "NUL": (
        '{"text": "Ada\0", "entities": []}',
        "found a NUL character, expected utf-8 text; no encoding makes text of it: take it out",
    ),
    "a scalar": ("12", "found 12, expected an object with a text and its entities"),
    "a string": ('"Ada"', "found 'Ada', expected an object with a text and its entities"),
    "null": ("null", "found null, expected an object with a text and its entities"),
    "a list": ("[]", "found [], expected an object with a text and its entities"),
    "cut off in a string": (
        '{"text": "Ada li',
        "found a string without end, '\"Ada li', expected a whole JSON value",
    ),
    "cut off after a value": (
        '{"text": "Ada", "entities": [',
        "found the beginning of a JSON value, expected a whole one",
    ),
    "not JSON": (
        "{'text': 'Ada'}",
        "found \"'text': 'Ada'}\" at column 2, expected JSON there",
    ),
    "two values on a line": (
        '{"text": "Ada", "entities": []} {"text": "Ben", "entities": []}',
        'found \'{"text": "Ben", "entities": []}\' after the end of the JSON value, expected one '
        "value per line",
    ),
    "CoNLL": ("Ada B-PER", "found 'Ada B-PER' at column 1, expected JSON there"),
    "a key twice": (
        '{"text": "Ada", "text": "Ben", "entities": []}',
        "found the key 'text' twice in one object, expected one",
    ),
    "NaN": (
        '{"text": "Ada", "entities": [[0, NaN, "PER"]]}',
        "found NaN, which JSON does not have, expected a number",
    ),
    "a number without end": (
        '{"text": "Ada", "entities": [[0, %s, "PER"]]}' % ("9" * 5000),
        "found a number of thousands of digits, expected a record",
    ),
    "nested too deeply": (
        "[" * 200_000,
        "found a JSON value that is nested too deeply, expected a record",
    ),
}


@pytest.mark.parametrize("name", BAD_RECORDS)
def test_json_says_what_is_wrong_with_a_record(tmp_path, name):
    record, message = BAD_RECORDS[name]
    line = record if isinstance(record, str) else json.dumps(record)
    good = json.dumps(entities())
    path = write(tmp_path, f"{good}\n\n{line}\n{good}\n")
    assert read_error(path) == f"{path}:3: {message}"
