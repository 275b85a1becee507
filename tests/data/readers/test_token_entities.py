"""Tokens with entities by their numbers: GLiNER, SpERT, and what does not say how it counts."""

import json
from typing import Any

import pytest
from hypothesis import given

from adaptive_spacy.data.readers.token_entities import TokenEntities
from tests.data.readers.opened import Read, read, refuse
from tests.data.readers.records import tagged_sentences, write
from tests.tiers import examples

WORDS = ["Ada", "lives", "in", "New", "York"]
FOUND = [Read("Ada lives in New York", [("Ada", "PER"), ("New York", "LOC")], [])]


@pytest.mark.parametrize(
    "record",
    [
        {"tokenized_text": WORDS, "ner": [[0, 0, "PER"], [3, 4, "LOC"]]},
        {"tokenized_text": WORDS, "ner": [[3, 4, "LOC"], [0, 0, "PER"]], "negatives": ["ORG"]},
        {"tokenized_text": WORDS, "ner": [[0, 0, ["PER"]], [3, 4, ["LOC"]]]},
        {"tokens": WORDS, "ner": [[0, 0, "PER"], [3, 4, "LOC"]]},
        {"tokens": WORDS, "ner": [[0, 1, "PER"], [3, 5, "LOC"]]},
        {
            "tokens": WORDS,
            "entities": [
                {"start": 0, "end": 1, "type": "PER"},
                {"start": 3, "end": 5, "type": "LOC"},
            ],
            "relations": [],
        },
        {"words": WORDS, "spans": [[0, 0, "PER"], [3, 4, "LOC"]]},
        {"sentence": WORDS, "mentions": [[0, 1, "PER"], [3, 5, "LOC"]]},
    ],
)
@pytest.mark.parametrize("layout", ["lines", "list"])
def test_entities_by_token_are_read(tmp_path, record, layout):
    content = json.dumps(record if layout == "lines" else [record])
    assert read(tmp_path, content) == FOUND


def test_a_record_without_entities_is_one(tmp_path):
    records = [
        {"tokenized_text": WORDS, "ner": []},
        {"tokenized_text": WORDS, "ner": [[0, 0, "PER"]]},
    ]
    assert [len(one.ents) for one in read(tmp_path, records)] == [0, 1]


@pytest.mark.parametrize("end", [1, 2])
def test_what_does_not_say_how_it_counts_is_not_guessed(tmp_path, end):
    record: Any = [{"tokens": WORDS, "ner": [[0, end, "X"]]}]
    assert "the last token or the one behind it" in refuse(tmp_path, record)
    words = [len(one.split()) for one, _ in read(tmp_path, record, offsets="inclusive")[0].ents]
    assert words == [end + 1]
    words = [len(one.split()) for one, _ in read(tmp_path, record, offsets="exclusive")[0].ents]
    assert words == [end]
    assert "expected exclusive or inclusive" in refuse(tmp_path, record, offsets="bytes")


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ([3, 5, "X"], "; --offsets exclusive counts so that it fits"),
        ([4, 9, "X"], "expected tokens from 0 to 4 in order"),
        ([-1, 2, "X"], "expected tokens from 0 to 4 in order"),
        ([2, 1, "X"], "expected tokens from 0 to 4 in order"),
        ([0, "1", "X"], "found the offset '1' of an entity"),
    ],
)
def test_entities_of_no_token_are_refused(tmp_path, raw, message):
    records = [{"tokenized_text": WORDS, "ner": [[0, 0, "PER"]]}]
    records.append({"tokenized_text": WORDS, "ner": [raw]})
    assert message in refuse(tmp_path, records)


def test_overlaps_are_refused_or_mended(tmp_path):
    record = [{"tokenized_text": WORDS, "ner": [[3, 4, "LOC"], [4, 4, "X"]]}]
    assert "which overlap" in refuse(tmp_path, record)
    assert read(tmp_path, record, repair=True)[0].ents == [("New York", "LOC")]


@examples(60)
@given(sentence=tagged_sentences())
def test_what_was_written_is_read(sentence, tmp_path_factory):
    ner = [[start, end - 1, label] for start, end, label in sentence.ents]
    record = {"tokenized_text": sentence.words, "ner": ner}
    (found,) = TokenEntities(write(tmp_path_factory.mktemp("x"), [record]))
    assert found == sentence
