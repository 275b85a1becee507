from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.convert import convert
from adaptive_spacy.data.readers.formats import find_format
from adaptive_spacy.data.readers.json_formats import AnyJson
from adaptive_spacy.data.readers.spacy_v2 import SpacyJson
from adaptive_spacy.data.schemes import encode
from adaptive_spacy.data.source import Sentence
from tests.data.readers.records import (
    ENTS,
    ORTHS,
    TEXT,
    WORDS,
    read_error,
    tagged_sentences,
    write,
)
from tests.data.util import load_docs
from tests.tiers import examples


def test_json_reads_training_data_of_spacy_v2(tmp_path):
    sentences = [{"tokens": ORTHS[:2]}, {"tokens": ORTHS[2:]}]
    record = {"id": 0, "paragraphs": [{"raw": TEXT, "sentences": sentences}]}
    path = write(tmp_path, [record], "file.json")
    assert find_format(path) == "spacy-v2-json"
    file = AnyJson(path)
    assert list(file) == [Sentence(WORDS, ENTS, [2], sent_starts=[0, 2])]
    assert file.describe() == ("JSON of spaCy v2 training data (detected), scheme BILOU (detected)")


@pytest.mark.parametrize("empty", [0, 1, 2])
def test_a_sentence_of_no_tokens_is_none(tmp_path, empty):
    sentences = [{"tokens": ORTHS[:2]}, {"tokens": ORTHS[2:]}]
    sentences.insert(empty, {"tokens": []})
    path = write(tmp_path, [{"paragraphs": [{"sentences": sentences}]}], "file.json")
    assert list(AnyJson(path)) == [Sentence(WORDS, ENTS, [2], sent_starts=[0, 2])]


def test_documents_of_no_tokens_are_converted(tmp_path):
    records = [{"paragraphs": [{"sentences": [{"tokens": one}]}]} for one in ([], ORTHS)]
    path = write(tmp_path, records, "file.json")
    summary = convert([path], tmp_path / "out")
    assert summary.splits["file"].sentences == 2
    assert [len(doc) for doc in load_docs(tmp_path / "out" / "file.spacy")] == [0, len(ORTHS)]


def test_json_says_what_is_wrong_with_training_data_of_spacy_v2(tmp_path):
    good = {"paragraphs": [{"sentences": [{"tokens": ORTHS}]}]}
    bad = {"paragraphs": [{"sentences": [{"tokens": [{"orth": "Ada", "tag": "NN"}]}]}]}
    path = write(tmp_path, [good, bad])
    assert read_error(path) == (
        f"{path}: record 2: found a token with the keys 'orth', 'tag', "
        'expected "orth" and "ner"'
    )


@examples(60)
@given(sentences=st.lists(tagged_sentences(), min_size=1, max_size=3))
def test_json_reads_the_spacy_v2_training_data_that_was_written(sentences):
    def to_training_data(sentence: Sentence) -> dict[str, Any]:
        tags = encode(sentence.ents, len(sentence.words), "BILOU")
        pairs = zip(sentence.words, tags, strict=True)
        tokens = [{"orth": word, "ner": tag} for word, tag in pairs]
        return {"id": 0, "paragraphs": [{"sentences": [{"tokens": tokens}]}]}

    records = [to_training_data(one) for one in sentences]
    with TemporaryDirectory() as folder:
        path = write(Path(folder), records, "file.json")
        read = list(SpacyJson(path, scheme="BILOU"))
    assert [one._replace(sent_starts=None) for one in read] == sentences
    assert [to_training_data(one) for one in read] == records
