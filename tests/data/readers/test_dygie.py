"""Documents of DyGIE: sentences of tokens, and entities that count over all of them."""

from typing import Any

import pytest

from adaptive_spacy.data.readers.formats import find_format, open_source
from adaptive_spacy.data.source import Sentence
from tests.data.readers.opened import put, refuse

DOCUMENT: dict[str, Any] = {
    "doc_key": "novels-7",
    "sentences": [["Emma", "left", "."], [], ["New", "York", "slept"]],
    "ner": [[[0, 0, "PER"]], [], [[3, 4, "LOC"]]],
    "relations": [[], [], []],
}


@pytest.mark.parametrize("records", [DOCUMENT, [DOCUMENT, DOCUMENT]])
def test_document_is_read_with_its_sentences(tmp_path, records):
    path = put(tmp_path, records)
    assert find_format(path) == "dygie"
    words = ["Emma", "left", ".", "New", "York", "slept"]
    expected = Sentence(words, [(0, 1, "PER"), (3, 5, "LOC")], [], None, [0, 3])
    assert list(open_source(path)) == [expected] * (len(records) if type(records) is list else 1)


def test_ends_are_counted_as_the_user_says(tmp_path):
    path = put(tmp_path, {**DOCUMENT, "ner": [[[0, 1, "PER"]], [], [[3, 5, "LOC"]]]})
    for format in ("dygie", "jsonl"):
        (one,) = open_source(path, format=format, offsets="exclusive")
        assert one.ents == [(0, 1, "PER"), (3, 5, "LOC")]
    (one,) = open_source(path, offsets="inclusive")
    assert one.ents == [(0, 2, "PER"), (3, 6, "LOC")]
    assert "expected exclusive or inclusive for entities by token, got 'bytes'" in refuse(
        tmp_path, DOCUMENT, offsets="bytes"
    )
    # what is refused in one way and fits in the other says so
    message = refuse(tmp_path, {**DOCUMENT, "ner": [[[0, 3, "PER"]], [], []]})
    assert message.endswith("from 0 to 2; --offsets exclusive counts so that it fits")
    message = refuse(tmp_path, DOCUMENT, offsets="exclusive")
    assert "the token behind its last" in message
    assert message.endswith("from 0 to 2; --offsets inclusive counts so that it fits")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ner": [[[0, 0, "PER"]], [], [[0, 1, "LOC"]]]}, "that sentence has tokens from 3 to 5"),
        ({"ner": [[[0, 3, "PER"]], [], []]}, "that sentence has tokens from 0 to 2"),
        ({"ner": [[], [[3, 3, "X"]], []]}, "in sentence 1, expected its first and its last token"),
        ({"ner": [[], []]}, "found 3 sentences and entities of 2, expected those of each"),
        ({"ner": [[[0, 1, "A"], [1, 1, "B"]], [], []]}, "which overlap"),
        ({"ner": [[["0", 1, "A"]], [], []]}, "found the offset '0' of an entity"),
        ({"sentences": [["Emma", 4], [], ["x"]]}, "found 4 as token 1, expected a string"),
        ({"ner": None}, "found the keys 'doc_key', 'ner', 'relations', 'sentences', expected"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, changes, message):
    assert message in refuse(tmp_path, [DOCUMENT, {**DOCUMENT, **changes}])
