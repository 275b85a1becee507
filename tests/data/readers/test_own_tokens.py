from adaptive_spacy.data.readers.json_formats import AnyJson
from tests.data.readers.records import (
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
