"""The tokens that a record of Prodigy brings along, and those that it counts."""

import pytest

from adaptive_spacy.data.readers.json_formats import AnyJson
from tests.data.readers.records import (
    read_error,
    to_jsonl,
    write,
)


def test_json_makes_tokens_of_the_white_space_between_a_records_own(tmp_path):
    text = " Ada  in\n\nRome "
    spans = [("Ada", 1), ("in", 6), ("Rome", 10)]
    tokens = [{"text": word, "start": at, "end": at + len(word)} for word, at in spans]
    record = {
        "text": text,
        "tokens": tokens,
        "spans": [{"start": 10, "end": 14, "label": "LOC"}],
        "missing": [1],
    }
    (sentence,) = AnyJson(write(tmp_path, to_jsonl(record)))
    assert sentence.words == [" ", "Ada", " ", "in", "\n\n", "Rome"]
    assert sentence.text == text
    assert sentence.ents == [(5, 6, "LOC")]
    assert sentence.missing == [3]


def make_pieces(**more):
    """RETURNS (dict[str, Any]): `Ada sings` as word pieces, the first and the last of no text."""
    places = [("<s>", 0, 0), ("Ada", 0, 3), ("sings", 4, 9), ("</s>", 9, 9)]
    tokens = [
        {"text": text, "start": start, "end": end, "tokenizer_id": i}
        for i, (text, start, end) in enumerate(places)
    ]
    return {"text": "Ada sings", "tokens": tokens, "spans": [], **more}


def test_word_pieces_are_counted_as_the_record_does(tmp_path):
    record = make_pieces(missing=[1], sent_starts=[1, 2])
    (sentence,) = AnyJson(write(tmp_path, to_jsonl(record)))
    assert sentence.words == ["Ada", "sings"]
    assert (sentence.missing, sentence.sent_starts) == ([0], [0, 1])


@pytest.mark.parametrize("key", ["missing", "sent_starts"])
@pytest.mark.parametrize("index", [0, 3])
def test_word_pieces_of_no_text_are_refused_where_tokens_of_it_are_asked_for(tmp_path, key, index):
    path = write(tmp_path, to_jsonl(make_pieces(**{key: [1, index]})))
    assert read_error(path) == (
        f'{path}:1: found token {index} under "{key}", which has none of the text, expected one '
        "that has some"
    )
