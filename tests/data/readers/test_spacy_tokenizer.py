from adaptive_spacy.config.requirements import LANGUAGE
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
    # a module of spacy.lang that is no language, too
    for lang in ("zz", "lex_attrs", ""):
        message = read_error(write(tmp_path, to_jsonl(entities())), lang=lang)
        assert message == f"--lang: expected {LANGUAGE.allowed}, got {lang!r}"


def test_json_refuses_languages_whose_tokenizer_is_not_there(tmp_path, monkeypatch):
    def blank(lang):
        raise ImportError("needs\na package")

    monkeypatch.setattr(spacy_tokenizer.spacy, "blank", blank)
    message = read_error(write(tmp_path, to_jsonl(entities())), lang="ja")
    allowed = "a language whose tokenizer is there, e.g. en"
    assert message == f"--lang: expected {allowed}, got 'ja': needs a package"
