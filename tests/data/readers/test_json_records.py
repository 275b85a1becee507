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
    READERS,
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
    "training data, BioC, DyGIE, tokens with entities, tokens with tags, Dataturks, texts with "
    "entities by type, doccano, texts with entities"
)


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
        ": expected utf-8 text, found UTF-16 by its byte order mark; pass --encoding utf-16",
    ),
    "unknown shape": (
        '{"a": 1, "b": 2}\n',
        f":1: found the keys 'a', 'b', {NO_SHAPE}",
    ),
    "null": (
        '{"text": "Ada", "label": null, "a": null}\n',
        f":1: found the keys 'a', 'label', 'text', of which label, a are null, {NO_SHAPE}",
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
