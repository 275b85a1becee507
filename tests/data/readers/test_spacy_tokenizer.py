from adaptive_spacy.data.readers import spacy_tokenizer
from adaptive_spacy.data.readers.json_formats import AnyJson
from tests.data.readers.records import (
    entities,
    read_error,
    to_jsonl,
    write,
)


def test_json_tokenizes_as_the_language_does(tmp_path):
    path = write(tmp_path, to_jsonl({"text": "She isn't", "entities": []}))
    assert next(iter(AnyJson(path, lang="en"))).words == ["She", "is", "n't"]
    assert next(iter(AnyJson(path))).words == ["She", "isn't"]


def test_json_does_not_pile_up_the_words_of_the_texts(tmp_path, monkeypatch):
    monkeypatch.setattr(spacy_tokenizer, "MAX_STRINGS", 1000)
    records = [{"text": f"word{i} Ada{i}", "entities": [[0, 4, f"T{i}"]]} for i in range(600)]
    file = AnyJson(write(tmp_path, to_jsonl(*records)), repair=True)
    most = 0
    for i, sentence in enumerate(file):
        assert sentence.words == [f"word{i}", f"Ada{i}"]
        most = max(most, spacy_tokenizer.load_tokenizer("xx").count_strings())
    assert 990 < most <= 1010


def test_json_refuses_languages_that_spacy_lacks(tmp_path):
    message = read_error(write(tmp_path, to_jsonl(entities())), lang="zz")
    assert message.startswith("--lang: expected a language that spaCy has, e.g. en, got 'zz': ")
    assert "\n" not in message
