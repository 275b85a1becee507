"""Texts with entities from JSON and JSONL: each tool's shape, and what is wrong in which words."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc
from spacy.vocab import Vocab

from adaptive_spacy.data.export import make_record
from adaptive_spacy.data.readers import tokenizer
from adaptive_spacy.data.readers.annotation_tools import SHAPES
from adaptive_spacy.data.readers.jsonl import SpanFile, recognise
from adaptive_spacy.data.schemes import encode
from adaptive_spacy.data.source import Sentence, make_doc
from tests.tiers import examples

Ents = list[tuple[int, int, str]]

VOCAB = Vocab()
TOKENIZER = spacy.blank("xx").tokenizer

TEXT = "Ada lives in New York."
WORDS = ["Ada", "lives", "in", "New", "York", "."]
ENTS = [(0, 1, "PER"), (3, 5, "LOC")]
SPACES = [True, True, True, True, False, False]


def write(folder: Path, content: Any, name: str = "file.jsonl") -> Path:
    """Bytes and text as they are, a list of lines as JSONL, any other value as JSON."""
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8", newline="")
    return path


def to_jsonl(*records: Any) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


# --- shapes ----------------------------------------------------------------------------------

LISTS = [[0, 3, "PER"], [13, 21, "LOC"]]
OBJECTS = [{"start": start, "end": end, "label": label} for start, end, label in LISTS]
OFFSETS = [
    {"id": 1, "start_offset": start, "end_offset": end, "label": label}
    for start, end, label in LISTS
]
VALUES = [
    {"start": start, "end": end, "text": TEXT[start:end], "labels": [label]}
    for start, end, label in LISTS
]
RESULT = [
    {"id": "a", "from_name": "label", "to_name": "text", "type": "labels", "value": value}
    for value in VALUES
]
TOKENS = [
    {"text": word, "start": start, "end": start + len(word), "id": i, "ws": space}
    for i, (word, start, space) in enumerate(
        zip(WORDS, (0, 4, 10, 13, 17, 21), SPACES, strict=True)
    )
]
TOKEN_SPANS = [
    {**OBJECTS[0], "token_start": 0, "token_end": 0},
    {**OBJECTS[1], "token_start": 3, "token_end": 4},
]


def task(*annotations: Any, **data: Any) -> dict[str, Any]:
    """A task of Label Studio."""
    return {"id": 1, "data": data or {"text": TEXT}, "annotations": list(annotations)}


GOOD = [
    ("prodigy", {"text": TEXT, "spans": OBJECTS, "answer": "accept"}),
    ("prodigy", {"text": TEXT, "spans": OBJECTS, "_task_hash": 1, "_input_hash": 2}),
    ("prodigy", {"text": TEXT, "tokens": TOKENS, "spans": TOKEN_SPANS, "answer": "accept"}),
    ("prodigy", {"text": TEXT, "tokens": TOKENS, "spans": TOKEN_SPANS}),
    ("prodigy", {"text": TEXT, "spans": OBJECTS}),
    ("label-studio", task({"result": RESULT})),
    ("label-studio", task({"result": RESULT}, meta=7, article=TEXT)),
    ("label-studio", {"data": {"text": TEXT}, "completions": [{"result": RESULT}]}),
    ("label-studio", task({"result": RESULT, "was_cancelled": False}, {"result": RESULT[::-1]})),
    ("label-studio", task({"result": []}, {"result": RESULT, "ground_truth": True})),
    ("label-studio", task({"result": [], "was_cancelled": True}, {"result": RESULT})),
    ("label-studio", task({"result": [*RESULT, {"type": "relation", "from_id": "a"}]})),
    ("label-studio-min", {"id": 1, "text": TEXT, "label": VALUES, "annotation_id": 3}),
    ("spacy-v2", [TEXT, {"entities": LISTS}]),
    ("doccano", {"id": 1, "text": TEXT, "label": LISTS}),
    ("doccano", {"id": 1, "text": TEXT, "labels": LISTS, "Comments": []}),
    ("doccano", {"id": 1, "data": TEXT, "label": LISTS}),
    ("doccano", {"id": 1, "text": TEXT, "entities": OFFSETS, "relations": []}),
    ("entities", {"text": TEXT, "entities": LISTS}),
    ("entities", {"text": TEXT, "entities": OBJECTS}),
    ("entities", {"text": TEXT, "spans": LISTS[::-1]}),
    ("entities", {"text": TEXT, "entities": [{**one, "type": one["label"]} for one in OBJECTS]}),
]

TAGS = ["B-PER", "O", "O", "B-LOC", "I-LOC", "O"]
BILOU = ["U-PER", "O", "-", "B-LOC", "L-LOC", "O"]
ORTHS = [{"orth": word, "ner": tag} for word, tag in zip(WORDS, BILOU, strict=True)]


@pytest.mark.parametrize(("shape", "record"), GOOD)
def test_span_file_reads_each_shape_given_or_detected(tmp_path, shape, record):
    contents = [
        json.dumps(record),
        to_jsonl(record),
        "\ufeff" + to_jsonl(record).replace("\n", "\r\n"),
        json.dumps([record]),
        json.dumps([record], indent=2),
    ]
    if isinstance(record, dict):
        contents.append(json.dumps(record, indent=1))
    for content in contents:
        path = write(tmp_path, content)
        assert recognise(path, path.read_bytes()[:65536]) == shape
        for format in ("auto", shape):
            file = SpanFile(path, format=format)
            assert list(file) == [Sentence(WORDS, ENTS, [], SPACES)] == list(file)
            assert file.format == shape
            assert not file.repairs
            assert file.describe().endswith("(detected)") == (format == "auto")


@pytest.mark.parametrize(
    "record",
    [
        {"tokens": WORDS, "ner_tags": TAGS},
        {"id": "0", "words": WORDS, "tags": TAGS},
        {"tokens": WORDS, "labels": TAGS, "text": TEXT},
    ],
)
def test_span_file_reads_tokens_with_tags(tmp_path, record):
    path = write(tmp_path, to_jsonl(record))
    assert recognise(path, path.read_bytes()) == "tokens"
    file = SpanFile(path)
    assert list(file) == [Sentence(WORDS, ENTS, [])] == list(file)
    assert file.describe() == ("JSONL of tokens with tags (detected), scheme BIO (detected)")


def test_span_file_reads_training_data_of_spacy_v2(tmp_path):
    sentences = [{"tokens": ORTHS[:2]}, {"tokens": ORTHS[2:]}]
    record = {"id": 0, "paragraphs": [{"raw": TEXT, "sentences": sentences}]}
    path = write(tmp_path, [record], "file.json")
    assert recognise(path, path.read_bytes()) == "spacy-v2-json"
    file = SpanFile(path)
    assert list(file) == [Sentence(WORDS, ENTS, [2], sent_starts=[0, 2])]
    assert file.describe() == ("JSON of spaCy v2 training data (detected), scheme BILOU (detected)")


@pytest.mark.parametrize(("missing_tag", "missing"), [("O", []), ("mask", [1])])
def test_span_file_reads_tokens_without_a_tag_as_told(tmp_path, missing_tag, missing):
    record = {"tokens": WORDS, "ner_tags": ["B-PER", None, *TAGS[2:]]}
    (sentence,) = SpanFile(write(tmp_path, to_jsonl(record)), missing_tag=missing_tag)
    assert sentence == Sentence(WORDS, ENTS, missing)


def test_span_file_mends_illegal_tags_only_when_told_and_counts_them(tmp_path):
    record = {"tokens": WORDS, "ner_tags": ["I-PER", "O", "O", "B-LOC", "I-LOC", "O"]}
    path = write(tmp_path, to_jsonl(record, record))
    file = SpanFile(path, scheme="BIO", repair=True)
    assert [sentence.ents for sentence in file] == [ENTS, ENTS]
    assert file.repairs == {"inner tags that continue no entity read as its start": 2}
    assert read_error(path, scheme="BIO") == ";\n".join(
        f"{path}:{line}: found 'I-PER' at the start of a sentence, expected B-PER or I-PER before "
        "it (scheme BIO); --repair begins an entity there"
        for line in (1, 2)
    )


def test_span_file_says_what_it_recognised_and_what_it_did_not_read(tmp_path):
    records = [
        {"text": TEXT, "spans": OBJECTS, "answer": answer}
        for answer in ("reject", "accept", "ignore", "reject")
    ]
    file = SpanFile(write(tmp_path, to_jsonl(*records)))
    assert len(list(file)) == 1
    assert file.describe() == (
        "JSONL of Prodigy (detected); records not read: ignored 1, rejected 2"
    )
    tasks = [task(), task({"result": RESULT, "was_cancelled": True}), task({"result": RESULT})]
    file = SpanFile(write(tmp_path, tasks), format="label-studio")
    assert len(list(file)) == 1
    assert file.describe() == (
        "JSON of Label Studio; records not read: cancelled 1, not annotated 1"
    )


def test_span_file_masks_what_a_binary_task_leaves_open(tmp_path):
    record = {"text": TEXT, "spans": OBJECTS[:1], "answer": "accept", "_is_binary": True}
    (sentence,) = SpanFile(write(tmp_path, to_jsonl(record)))
    assert sentence.ents == ENTS[:1]
    assert sentence.missing == [1, 2, 3, 4, 5]


def test_span_file_reads_tokens_without_annotation(tmp_path):
    record = {"text": TEXT, "tokens": TOKENS, "spans": TOKEN_SPANS[1:], "missing": [5, 0, 0]}
    (sentence,) = SpanFile(write(tmp_path, to_jsonl(record)))
    assert sentence == Sentence(WORDS, ENTS[1:], [0, 5], SPACES)


def test_span_file_makes_tokens_of_the_white_space_between_a_records_own(tmp_path):
    text = " Ada  in\n\nRome "
    spans = [("Ada", 1), ("in", 6), ("Rome", 10)]
    tokens = [{"text": word, "start": at, "end": at + len(word)} for word, at in spans]
    record = {
        "text": text,
        "tokens": tokens,
        "spans": [{"start": 10, "end": 14, "label": "LOC"}],
        "missing": [1],
    }
    (sentence,) = SpanFile(write(tmp_path, to_jsonl(record)))
    assert sentence.words == [" ", "Ada", " ", "in", "\n\n", "Rome"]
    assert sentence.text == text
    assert sentence.ents == [(5, 6, "LOC")]
    assert sentence.missing == [3]


def test_span_file_counts_offsets_in_code_points(tmp_path):
    record = {"text": "🎉 Ada ä́ Rome", "entities": [[2, 5, "PER"], [9, 13, "LOC"]]}
    (sentence,) = SpanFile(write(tmp_path, to_jsonl(record)))
    assert [sentence.words[start] for start, _, _ in sentence.ents] == ["Ada", "Rome"]


def test_span_file_tokenizes_as_the_language_does(tmp_path):
    path = write(tmp_path, to_jsonl({"text": "She isn't", "entities": []}))
    assert next(iter(SpanFile(path, lang="en"))).words == ["She", "is", "n't"]
    assert next(iter(SpanFile(path))).words == ["She", "isn't"]


def test_span_file_reads_any_encoding(tmp_path):
    text = to_jsonl({"text": "Zoë", "entities": [[0, 3, "PER"]]}) * 2
    for encoding in ("latin-1", "utf-16", "utf-8-sig"):
        path = write(tmp_path, text.encode(encoding))
        assert [one.words for one in SpanFile(path, encoding=encoding)] == [["Zoë"]] * 2


def test_span_file_keeps_an_empty_text(tmp_path):
    path = write(tmp_path, to_jsonl({"text": "", "entities": []}))
    assert list(SpanFile(path)) == [Sentence([], [], [], [])]


def test_span_file_does_not_pile_up_the_words_of_the_texts(tmp_path, monkeypatch):
    monkeypatch.setattr(tokenizer, "MAX_STRINGS", 1000)
    records = [{"text": f"word{i} Ada{i}", "entities": [[0, 4, f"T{i}"]]} for i in range(600)]
    file = SpanFile(write(tmp_path, to_jsonl(*records)), repair=True)
    most = 0
    for i, sentence in enumerate(file):
        assert sentence.words == [f"word{i}", f"Ada{i}"]
        most = max(most, tokenizer.load_tokenizer("xx").count_strings())
    assert 990 < most <= 1010


# --- repairs ---------------------------------------------------------------------------------

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
def test_span_file_mends_only_when_told_and_counts_it(tmp_path, spans, ents, repairs):
    path = write(tmp_path, to_jsonl({"text": TEXT, "entities": spans}))
    file = SpanFile(path, repair=True)
    for _ in range(2):
        assert [sentence.ents for sentence in file] == [ents]
        assert file.repairs == repairs
    with pytest.raises(ValueError, match="--repair"):
        SpanFile(path)


# --- what is wrong ---------------------------------------------------------------------------


def entities(*spans: Any, text: Any = TEXT) -> dict[str, Any]:
    return {"text": text, "entities": list(spans)}


def prodigy(**changes: Any) -> dict[str, Any]:
    return {"text": TEXT, "tokens": TOKENS, "spans": TOKEN_SPANS, "answer": "accept", **changes}


NO_SHAPE = (
    "expected a record of Prodigy, Label Studio, Label Studio JSON-MIN, spaCy v2 tuples, spaCy v2 "
    "training data, tokens with tags, doccano, texts with entities"
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
    "a word": (entities("Ada"), "found the entity 'Ada', expected a list or an object"),
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
        {"text": TEXT, "ents": []},
        "found the keys 'ents', 'text', expected a list of entities under \"spans\", \"entities\", "
        '"labels" or "label"',
    ),
    "entities under two keys": (
        {"text": TEXT, "entities": LISTS, "spans": LISTS},
        'found entities under "spans" and "entities", expected them under one key',
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
        "found a NUL character, expected utf-8 text; pass the right --encoding, e.g. utf-16",
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


def read_error(path: Path, **options: Any) -> str:
    with pytest.raises(ValueError) as info:  # noqa: PT011 (the callers compare the whole message)
        SpanFile(path, **options)
    return str(info.value)


@pytest.mark.parametrize("name", BAD_RECORDS)
def test_span_file_says_what_is_wrong_with_a_record(tmp_path, name):
    record, message = BAD_RECORDS[name]
    line = record if isinstance(record, str) else json.dumps(record)
    good = json.dumps(entities())
    path = write(tmp_path, f"{good}\n\n{line}\n{good}\n")
    assert read_error(path) == f"{path}:3: {message}"


#: changes to a good Prodigy task, and what is then wrong
BAD_TASKS = {
    "answer": (
        prodigy(answer="maybe"),
        "found the answer 'maybe', expected accept, reject or ignore",
    ),
    "no text": (
        {"html": "<b>Ada</b>", "spans": [], "answer": "accept"},
        "found no \"text\", expected one beside the keys 'answer', 'html', 'spans'",
    ),
    "no spans": (
        {"text": TEXT, "ents": OBJECTS},
        "found no \"spans\", expected them beside the keys 'ents', 'text'",
    ),
    "spans are no list": (prodigy(spans={}), 'found {} under "spans", expected a list'),
    "token without offsets": (
        prodigy(tokens=[{"text": "Ada", "id": 0}]),
        'found the token {"text": "Ada", "id": 0}, expected an object with "text", "start" and '
        '"end"',
    ),
    "token is a word": (
        prodigy(tokens=["Ada"]),
        'found the token \'Ada\', expected an object with "text", "start" and "end"',
    ),
    "token offset": (
        prodigy(tokens=[{"text": "Ada", "start": 0, "end": "3"}]),
        "found '3' as end of token 0, expected an integer from 0",
    ),
    "token differs from the text": (
        prodigy(tokens=[{"text": "Eda", "start": 0, "end": 3}]),
        "found token 0, 'Eda' from 0 to 3, expected tokens that follow one another; the text has "
        "'Ada' there",
    ),
    "tokens overlap": (
        prodigy(tokens=[TOKENS[0], {"text": "a lives", "start": 2, "end": 9}]),
        "found token 1, 'a lives' from 2 to 9, expected tokens that follow one another; the text "
        "has 'a lives' there",
    ),
    "tokens leave a gap": (
        prodigy(tokens=[TOKENS[0], *TOKENS[2:]]),
        "found ' lives ' in no token, expected tokens for all the text",
    ),
    "tokens end early": (
        prodigy(tokens=TOKENS[:-1]),
        "found '.' in no token, expected tokens for all the text",
    ),
    "token_start elsewhere": (
        prodigy(spans=[{**TOKEN_SPANS[1], "token_start": 2}]),
        "found token_start 2 of an entity from 13 to 21 (LOC), expected a token at these offsets; "
        "token 2 is 'in'",
    ),
    "token_end past the end": (
        prodigy(spans=[{**TOKEN_SPANS[1], "token_end": 6}]),
        "found token_end 6, expected a token from 0 to 5",
    ),
    "missing without tokens": (
        {"text": TEXT, "spans": [], "missing": [0], "answer": "accept"},
        'found "missing" without "tokens", expected both: it holds their indices',
    ),
    "missing past the end": (
        prodigy(missing=[6]),
        'found 6 under "missing", expected a token from 0 to 5',
    ),
    "sent_starts without tokens": (
        {"text": TEXT, "spans": [], "sent_starts": [0], "answer": "accept"},
        'found "sent_starts" without "tokens", expected both: it holds their indices',
    ),
    "sent_starts is no index": (
        prodigy(sent_starts=[0, "3"]),
        "found '3' under \"sent_starts\", expected a token from 0 to 5",
    ),
    "missing in an entity": (
        prodigy(missing=[4]),
        'found token 4 under "missing" and in an entity, expected one of both',
    ),
    "text of a span differs": (
        prodigy(spans=[{**OBJECTS[0], "text": "Ben"}]),
        "found 'Ben' as the text of an entity from 0 to 3 (PER), which is 'Ada'",
    ),
}


@pytest.mark.parametrize("name", BAD_TASKS)
def test_span_file_says_what_is_wrong_with_a_prodigy_task(tmp_path, name):
    record, message = BAD_TASKS[name]
    path = write(tmp_path, to_jsonl(prodigy(), record))
    assert read_error(path) == f"{path}:2: {message}"


def tagged(words: Any = WORDS, tags: Any = TAGS) -> dict[str, Any]:
    return {"tokens": words, "ner_tags": tags}


#: records of tokens with tags that cannot be read, and why
BAD_TAGGED = {
    "fewer tags": (
        tagged(tags=TAGS[:-1]),
        "found 6 tokens and 5 tags, expected a tag for each token",
    ),
    "numbers": (
        tagged(tags=[0, 1, 2, 3, 4, 5]),
        "found the number 0 as a tag, expected its name, e.g. B-PER: nothing here says what the "
        "numbers mean",
    ),
    "no tag": (
        tagged(tags=["B-PER", "O", None, *TAGS[3:]]),
        "found no tag of token 2, expected one; --missing-tag O reads such a token as outside, "
        "--missing-tag mask as not annotated",
    ),
    "white space": (
        tagged(tags=["\tedge", *TAGS[1:]]),
        "found the tag '\\tedge', expected no white space at its edge",
    ),
    "unknown tag": (
        tagged(tags=["X-PER", *TAGS[1:]]),
        "found tag 'X-PER', expected O, B-TYPE or I-TYPE (scheme BIO, detected)",
    ),
    "illegal sequence": (
        tagged(tags=[*TAGS[:3], "O", "I-LOC", "O"]),
        "found 'I-LOC' after 'O', expected B-LOC or I-LOC before it (scheme BIO, detected); "
        "--repair begins an entity there",
    ),
    "empty token": (tagged(["Ada", "", *WORDS[2:]]), "found an empty token 1, expected text"),
    "token is null": (tagged([None]), "found null as token 0, expected a string"),
    "no tags": (
        {"tokens": WORDS},
        'found the keys \'tokens\', expected lists under "tokens" and "ner_tags"',
    ),
}


@pytest.mark.parametrize("name", BAD_TAGGED)
def test_span_file_says_what_is_wrong_with_tokens_and_tags(tmp_path, name):
    record, message = BAD_TAGGED[name]
    path = write(tmp_path, to_jsonl(tagged(), record, tagged()))
    assert read_error(path) == f"{path}:2: {message}"


def test_span_file_says_what_is_wrong_with_training_data_of_spacy_v2(tmp_path):
    good = {"paragraphs": [{"sentences": [{"tokens": ORTHS}]}]}
    bad = {"paragraphs": [{"sentences": [{"tokens": [{"orth": "Ada", "tag": "NN"}]}]}]}
    path = write(tmp_path, [good, bad])
    assert read_error(path) == (
        f"{path}: record 2: found a token with the keys 'orth', 'tag', "
        'expected "orth" and "ner"'
    )


EMOJI = "🎉 Ada"

#: tasks of Label Studio, and what is wrong with them
BAD_LABEL_STUDIO = {
    "annotators differ": (
        task({"result": RESULT}, {"result": RESULT[:1]}),
        "found 2 annotations that differ, expected one: mark one of them as ground truth in Label "
        "Studio, or cancel the others",
    ),
    "no data": (
        {"annotations": []},
        "found no \"data\", expected it beside the keys 'annotations'",
    ),
    "no text": (
        task({"result": RESULT}, title="a", body="b"),
        "found no \"text\" under \"data\", expected one beside the keys 'body', 'title'",
    ),
    "HTML": (
        task({"result": [{"type": "labels", "value": {**VALUES[0], "start": "/p[1]/text()[1]"}}]}),
        "found the offset '/p[1]/text()[1]' of an entity, expected an integer",
    ),
    "UTF-16 offsets": (
        task(
            {"result": [{"value": {"start": 3, "end": 6, "text": "Ada", "labels": ["PER"]}}]},
            text=EMOJI,
        ),
        "found an entity from 3 to 6 (PER), expected offsets up to 5, the length of the text",
    ),
    "UTF-16 offsets inside the text": (
        task(
            {"result": [{"value": {"start": 3, "end": 6, "text": "Ada", "labels": ["PER"]}}]},
            text=f"{EMOJI} is",
        ),
        "found 'Ada' as the text of an entity from 3 to 6 (PER), which is 'da '; offsets count "
        "characters, these count UTF-16 units (an emoji is two)",
    ),
    "annotations are no objects": (
        {"data": {"text": TEXT}, "annotations": [1]},
        'found [1] under "annotations", expected objects',
    ),
    "results are no objects": (
        task({"result": ["Ada"]}),
        'found ["Ada"] under "result", expected objects',
    ),
}


@pytest.mark.parametrize("name", BAD_LABEL_STUDIO)
def test_span_file_says_what_is_wrong_with_a_label_studio_task(tmp_path, name):
    record, message = BAD_LABEL_STUDIO[name]
    path = write(tmp_path, [task({"result": RESULT}), record])
    assert read_error(path) == f"{path}: record 2: {message}"


def test_span_file_refuses_several_annotations_of_a_task_in_json_min(tmp_path):
    records = [
        {"id": task, "text": TEXT, "label": VALUES, "annotator": annotator, "annotation_id": task}
        for task, annotator in ((1, 1), (2, 1), (2, 2), (3, 1))
    ]
    path = write(tmp_path, records)
    assert read_error(path) == (
        f"{path}: record 3: found a second annotation of task 2, expected one of each text; export "
        "JSON, where one of several annotations can be marked as ground truth"
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
        ":1: found byte 0xeb, expected utf-8 text; pass the right --encoding, e.g. latin-1",
    ),
    "UTF-16": (
        GOOD_JSON.encode("utf-16"),
        ":1: found byte 0xff, expected utf-8 text; pass the right --encoding, e.g. latin-1",
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
def test_span_file_says_what_is_wrong_with_a_file(tmp_path, name):
    content, message = BAD_FILES[name]
    path = write(tmp_path, content)
    assert read_error(path) == f"{path}{message}"


def test_span_file_refuses_what_is_no_file(tmp_path):
    assert read_error(tmp_path) == f"{tmp_path}: expected JSON or JSONL, found a folder"
    path = tmp_path / "none.jsonl"
    assert read_error(path) == f"{path}: expected JSON or JSONL, found nothing"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "xml"}, f"--format: expected one of auto, {', '.join(SHAPES)}, got 'xml'"),
        ({"encoding": "x"}, "--encoding: expected one that Python knows, e.g. utf-8, got 'x'"),
    ],
)
def test_span_file_refuses_options(tmp_path, options, message):
    assert read_error(write(tmp_path, to_jsonl(entities())), **options) == message


def test_span_file_refuses_languages_that_spacy_lacks(tmp_path):
    message = read_error(write(tmp_path, to_jsonl(entities())), lang="zz")
    assert message.startswith("--lang: expected a language that spaCy has, e.g. en, got 'zz': ")
    assert "\n" not in message


def test_span_file_shows_the_first_problems_of_all_records(tmp_path):
    bad = json.dumps(entities([0, 3, ""], [-1, 3, "PER"]))
    path = write(tmp_path, f"{bad}\n" * 15)
    lines = read_error(path).split(";\n")
    assert len(lines) == 21
    assert lines[19].startswith(f"{path}:10: ")
    assert lines[20] == f"and 10 more problems in {path}"


@pytest.mark.parametrize(
    "content",
    ["Ada B-PER\nlives O\n", "[ O\n", "{ O\n", "", "T1\tPER 0 3\tAda\n", b"\xff\xfe[\0", '"Ada"'],
)
def test_recognise_leaves_other_formats_alone(tmp_path, content):
    path = write(tmp_path, content)
    assert recognise(path, path.read_bytes()) is None


@pytest.mark.parametrize("content", ['{"a": 1}', '{"text": "Ada', "[]", '[{"text": "\xe9"}'])
def test_recognise_leaves_broken_json_to_span_file(tmp_path, content):
    path = write(tmp_path, content.encode("latin-1"))
    assert recognise(path, path.read_bytes()) == "auto"


# --- properties ------------------------------------------------------------------------------

#: what a tokenizer or an offset may trip over: marks, astral characters, odd white space
ALPHABET = "aAß ä\u0301\u200b\u200d🎉👩.,-'\"()\\/\n\t\r\xa0\u3000\u2028中ا0"
LABELS = st.sampled_from(["PER", "LOC", "B-cell", "Ärzte", "a b"])


@st.composite
def annotated_docs(draw: st.DrawFn) -> tuple[Doc, Ents]:
    """A doc with tokens as spaCy makes them, and its entities in tokens."""
    doc = TOKENIZER(draw(st.text(ALPHABET, max_size=30)))
    return doc, draw_entities(draw, doc)


@st.composite
def tokenized_docs(draw: st.DrawFn) -> tuple[Doc, Ents]:
    """A doc with any tokens, and its entities in tokens."""
    words = draw(st.lists(st.text(ALPHABET, min_size=1, max_size=5), max_size=8))
    spaces = draw(st.lists(st.booleans(), min_size=len(words), max_size=len(words)))
    doc = Doc(VOCAB, words=words, spaces=spaces)
    return doc, draw_entities(draw, doc, own_tokens=True)


def draw_entities(draw: st.DrawFn, doc: Doc, own_tokens: bool = False) -> Ents:
    ents, at = [], 0
    while at < len(doc):
        end = draw(st.integers(at, len(doc)))
        text = doc[at:end].text
        if text and (own_tokens or text.strip() == text):
            ents.append((at, end, draw(LABELS)))
        at = max(at + 1, end)
    return ents


def to_sentence(doc: Doc, ents: Ents, missing: Sequence[int] = ()) -> Sentence:
    words, spaces = [token.text for token in doc], [bool(token.whitespace_) for token in doc]
    return Sentence(words, ents, [*missing], spaces)


def to_lists(doc: Doc, ents: Ents) -> Ents:
    spans = [doc[start:end] for start, end, _ in ents]
    labels = [label for _, _, label in ents]
    return [(one.start_char, one.end_char, x) for one, x in zip(spans, labels, strict=True)]


WRITERS = {
    "prodigy": lambda text, spans: {
        "text": text,
        "answer": "accept",
        "spans": [{"start": start, "end": end, "label": label} for start, end, label in spans],
    },
    "label-studio": lambda text, spans: task(
        {
            "result": [
                {
                    "type": "labels",
                    "value": {
                        "start": start,
                        "end": end,
                        # Label Studio writes line ends so
                        "text": text[start:end].replace("\n", "\\n"),
                        "labels": [label],
                    },
                }
                for start, end, label in spans
            ]
        },
        text=text,
    ),
    "label-studio-min": lambda text, spans: {
        "text": text,
        "annotation_id": 1,
        **(
            {
                "label": [
                    {"start": start, "end": end, "text": text[start:end], "labels": [label]}
                    for start, end, label in spans
                ]
            }
            if spans
            else {}
        ),
    },
    "spacy-v2": lambda text, spans: [text, {"entities": spans}],
    "doccano": lambda text, spans: {"text": text, "label": spans},
    "entities": lambda text, spans: {"text": text, "entities": spans},
}


@pytest.mark.parametrize("shape", WRITERS)
@pytest.mark.parametrize("layout", ["lines", "list", "indented"])
@examples(30)
@given(docs=st.lists(annotated_docs(), min_size=1, max_size=3), ascii=st.booleans())
def test_span_file_reads_what_was_written_in_each_shape(shape, layout, docs, ascii):
    records = [WRITERS[shape](doc.text, to_lists(doc, ents)) for doc, ents in docs]
    if layout == "lines":
        content = "".join(json.dumps(one, ensure_ascii=ascii) + "\n" for one in records)
    else:
        content = json.dumps(records, indent=2 if layout == "indented" else None)
    with TemporaryDirectory() as folder:
        file = SpanFile(write(Path(folder), content))
        sentences = list(file)
    assert sentences == [to_sentence(doc, ents) for doc, ents in docs]
    assert file.format == shape
    # and back: what was read is written as it was
    again = [
        WRITERS[shape](one.text, to_lists(doc, one.ents))
        for one, (doc, _) in zip(sentences, docs, strict=True)
    ]
    assert json.dumps(again) == json.dumps(records)


@st.composite
def tagged_sentences(draw: st.DrawFn) -> Sentence:
    """A sentence of words without white space, as token formats have them."""
    words = draw(st.lists(st.text("aAß中🎉.-'", min_size=1, max_size=5), min_size=1, max_size=8))
    return Sentence(words, draw_entities(draw, Doc(VOCAB, words=words), own_tokens=True), [])


@pytest.mark.parametrize("scheme", ["BIO", "BILOU", "BIOES"])
@examples(60)
@given(sentences=st.lists(tagged_sentences(), min_size=1, max_size=3))
def test_span_file_reads_the_tags_that_were_written(scheme, sentences):
    def write_all(read: list[Sentence]) -> str:
        return to_jsonl(
            *(tagged(one.words, encode(one.ents, len(one.words), scheme)) for one in read)
        )

    with TemporaryDirectory() as folder:
        path = write(Path(folder), write_all(sentences))
        read = list(SpanFile(path, format="tokens", scheme=scheme))
    assert read == sentences
    assert write_all(read) == write_all(sentences)


@examples(60)
@given(sentences=st.lists(tagged_sentences(), min_size=1, max_size=3))
def test_span_file_reads_the_spacy_v2_training_data_that_was_written(sentences):
    def to_training_data(sentence: Sentence) -> dict[str, Any]:
        tags = encode(sentence.ents, len(sentence.words), "BILOU")
        pairs = zip(sentence.words, tags, strict=True)
        tokens = [{"orth": word, "ner": tag} for word, tag in pairs]
        return {"id": 0, "paragraphs": [{"sentences": [{"tokens": tokens}]}]}

    records = [to_training_data(one) for one in sentences]
    with TemporaryDirectory() as folder:
        path = write(Path(folder), records, "file.json")
        read = list(SpanFile(path, format="spacy-v2-json", scheme="BILOU"))
    assert [one._replace(sent_starts=None) for one in read] == sentences
    assert [to_training_data(one) for one in read] == records


@examples(150)
@given(one=tokenized_docs(), data=st.data())
def test_span_file_reads_back_exactly_what_export_writes(one, data):
    doc, ents = one
    free = sorted(set(range(len(doc))) - {i for start, end, _ in ents for i in range(start, end)})
    some = st.lists(st.sampled_from(free), unique=True).map(sorted) if free else st.just([])
    starts = st.lists(st.sampled_from(range(len(doc))), unique=True) if len(doc) else st.just([])
    sentence = to_sentence(doc, ents, data.draw(some))._replace(
        sent_starts=data.draw(st.none() | starts.map(lambda found: sorted({0, *found})))
        if len(doc) > 1
        else None
    )
    if data.draw(st.booleans()):
        sentence = sentence._replace(spaces=None)
    record = make_record(sentence)
    with TemporaryDirectory() as folder:
        (read,) = SpanFile(write(Path(folder), to_jsonl(record)))
    assert read == sentence
    assert make_record(read) == record


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
    format=st.sampled_from(["auto", *SHAPES]),
    repair=st.booleans(),
)
def test_span_file_raises_nothing_but_value_errors_whatever_the_json(
    records, lines, format, repair
):
    content = to_jsonl_ascii(records) if lines else json.dumps(records)
    with TemporaryDirectory() as folder:
        check_raises_value_error_at_most(write(Path(folder), content), format, repair)


def to_jsonl_ascii(records: list[Any]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def check_raises_value_error_at_most(path: Path, format: str, repair: bool) -> None:
    recognise(path, path.read_bytes())
    try:
        file = SpanFile(path, format=format, repair=repair)
    except ValueError:
        return
    for sentence in file:
        assert len(make_doc(sentence, VOCAB)) == len(sentence.words)
    assert file.describe()


@examples(200)
@given(content=st.binary(max_size=40), format=st.sampled_from(["auto", *SHAPES]))
def test_span_file_raises_nothing_but_value_errors_whatever_the_bytes(content, format):
    with TemporaryDirectory() as folder:
        check_raises_value_error_at_most(write(Path(folder), content), format, repair=False)
