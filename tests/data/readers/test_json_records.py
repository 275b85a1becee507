"""What all JSON records share: what is wrong, and in which words."""

import json
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.formats import find_format
from adaptive_spacy.data.readers.json_formats import AnyJson
from adaptive_spacy.data.source import Sentence
from tests.data.readers.records import (
    LISTS,
    READERS,
    TEXT,
    VOCAB,
    entities,
    read_error,
    to_jsonl,
    write,
)
from tests.data.util import make_doc
from tests.tiers import examples


def test_json_reads_any_encoding(tmp_path):
    text = to_jsonl({"text": "Zoë", "entities": [[0, 3, "PER"]]}) * 2
    for encoding in ("latin-1", "utf-16", "utf-8-sig"):
        path = write(tmp_path, text.encode(encoding))
        assert [one.words for one in AnyJson(path, encoding=encoding)] == [["Zoë"]] * 2


def test_json_keeps_an_empty_text(tmp_path):
    path = write(tmp_path, to_jsonl({"text": "", "entities": []}))
    assert list(AnyJson(path)) == [Sentence([], [], [], [])]


NO_SHAPE = (
    "expected a record of Prodigy, Label Studio, Label Studio JSON-MIN, spaCy v2 tuples, spaCy v2 "
    "training data, BioC, tokens with entities, tokens with tags, Dataturks, texts with entities "
    "by type, doccano, texts with entities"
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


GOOD_JSON = json.dumps(entities())

#: files as a whole: bytes or text, and the error after the path
BAD_FILES = {
    "empty": (b"", ": expected records with a text and its entities, found none"),
    "blank": ("\n \n", ": expected records with a text and its entities, found none"),
    "empty list": ("[]", ": expected records with a text and its entities, found none"),
    "gzip": (b"\x1f\x8b\x08\0", ": expected JSON or JSONL, found a gzip file; unpack it"),
    "zip": (b"PK\x03\x04", ": expected JSON or JSONL, found a zip file; unpack it"),
    "invalid UTF-8": (
        b'{"text": "Zo\xeb", "entities": []}\n',
        ":1: found byte 0xeb, expected utf-8 text; --encoding latin-1 reads "
        """'{"text": "Zoë", "entities": []}'; pass it if that is right""",
    ),
    "UTF-16": (
        GOOD_JSON.encode("utf-16"),
        ":1: found byte 0xff, expected utf-8 text; its byte order mark tells utf-16: pass "
        "--encoding utf-16",
    ),
    "unknown shape": (
        '{"a": 1, "b": 2}\n',
        f":1: found the keys 'a', 'b', {NO_SHAPE}",
    ),
    "a text without entities": ('{"text": "Ada"}\n', f":1: found the keys 'text', {NO_SHAPE}"),
    "a list of numbers": ("[1, 2]", f": record 1: found 1, {NO_SHAPE}"),
    "a list of texts": ('["Ada", "Ben"]', f':1: found ["Ada", "Ben"], {NO_SHAPE}'),
    "cut off list": (
        f"[{GOOD_JSON},",
        ": record 2: found the end of the file inside a JSON value, expected the rest of it",
    ),
    "cut off before a comma": (
        f"[{GOOD_JSON}",
        ": record 2: found the end of the file after a value, expected , or ]",
    ),
    "cut off value": (
        f"[{GOOD_JSON}, {GOOD_JSON[:-1]}",
        ": record 2: found the end of the file inside a JSON value, expected the rest of it",
    ),
    "no comma": (
        f"[{GOOD_JSON} 1]",
        ": record 2: found '1]' after a value, expected , or ]",
    ),
    "comma at the end": (
        f"[{GOOD_JSON},]",
        ": record 2: found ']', expected JSON there",
    ),
    "more after the list": (
        f"[{GOOD_JSON}] []",
        ": record 2: found '[]' after the end of the list, expected nothing",
    ),
    "broken record over several lines": (
        json.dumps(entities(), indent=1) + '\n{"text" 1}',
        ": record 2: found '1}', expected JSON there",
    ),
    "a long line": (
        json.dumps(entities([0, 1, "PER"], text="x " * 5_000_000)) + "x",
        ":1: found 'x' after the end of the JSON value, expected one value per line",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_json_says_what_is_wrong_with_a_file(tmp_path, name):
    content, message = BAD_FILES[name]
    path = write(tmp_path, content)
    assert read_error(path) == f"{path}{message}"


def test_json_refuses_what_is_no_file(tmp_path):
    assert read_error(tmp_path) == f"{tmp_path}: expected JSON or JSONL, found a folder"
    path = tmp_path / "none.jsonl"
    assert read_error(path) == f"{path}: expected JSON or JSONL, found nothing"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoding": "x"}, "--encoding: expected one that Python knows, e.g. utf-8, got 'x'"),
    ],
)
def test_json_refuses_options(tmp_path, options, message):
    assert read_error(write(tmp_path, to_jsonl(entities())), **options) == message


def test_json_shows_the_first_problems_of_all_records(tmp_path):
    bad = json.dumps(entities([0, 3, ""], [-1, 3, "PER"]))
    path = write(tmp_path, f"{bad}\n" * 15)
    lines = read_error(path).split(";\n")
    assert len(lines) == 21
    assert lines[19].startswith(f"{path}:10: ")
    assert lines[20] == f"and 10 more problems in {path}"


# fmt: off
KEYS = st.sampled_from([
    "text", "data", "spans", "entities", "label", "labels", "start", "end", "start_offset",
    "answer", "tokens", "missing", "annotations", "result", "value", "was_cancelled",
    "annotation_id", "token_start", "ner_tags", "tags", "paragraphs", "sentences", "orth", "ner",
])
# fmt: on
RECORDS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 30)
    | st.floats()
    | st.text("ab \ud800\0🎉", max_size=6)
    | st.sampled_from(["Ada lives", "accept", "PER", "B-PER", "O"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)


@examples(300)
@given(
    records=st.lists(RECORDS, max_size=4),
    lines=st.booleans(),
    format=st.sampled_from([*READERS]),
    repair=st.booleans(),
)
def test_json_raises_nothing_but_value_errors_whatever_the_json(records, lines, format, repair):
    content = to_jsonl_ascii(records) if lines else json.dumps(records)
    with TemporaryDirectory() as folder:
        check_raises_value_error_at_most(write(Path(folder), content), format, repair)


def to_jsonl_ascii(records: list[Any]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def check_raises_value_error_at_most(path: Path, format: str, repair: bool) -> None:
    with suppress(ValueError):
        find_format(path)
    try:
        file = READERS[format](path, repair=repair)
    except ValueError:
        return
    for sentence in file:
        assert len(make_doc(sentence, VOCAB)) == len(sentence.words)
    assert file.describe()


@examples(200)
@given(content=st.binary(max_size=40), format=st.sampled_from([*READERS]))
def test_json_raises_nothing_but_value_errors_whatever_the_bytes(content, format):
    with TemporaryDirectory() as folder:
        check_raises_value_error_at_most(write(Path(folder), content), format, repair=False)
