from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.formats import find_format
from adaptive_spacy.data.readers.json_formats import AnyJson
from adaptive_spacy.data.readers.tagged_tokens import TaggedTokens
from adaptive_spacy.data.schemes import encode
from adaptive_spacy.data.source import Sentence
from tests.data.readers.records import (
    ENTS,
    TAGS,
    TEXT,
    WORDS,
    read_error,
    tagged,
    tagged_sentences,
    to_jsonl,
    write,
)
from tests.tiers import examples


@pytest.mark.parametrize(
    "record",
    [
        {"tokens": WORDS, "ner_tags": TAGS},
        {"id": "0", "words": WORDS, "tags": TAGS},
        {"tokens": WORDS, "labels": TAGS, "text": TEXT},
    ],
)
def test_json_reads_tokens_with_tags(tmp_path, record):
    path = write(tmp_path, to_jsonl(record))
    assert find_format(path) == "tokens"
    file = AnyJson(path)
    assert list(file) == [Sentence(WORDS, ENTS, [])] == list(file)
    assert file.describe() == ("JSONL of tokens with tags (detected), scheme BIO (detected)")


@pytest.mark.parametrize(("missing_tag", "missing"), [("O", []), ("mask", [1])])
def test_json_reads_tokens_without_a_tag_as_told(tmp_path, missing_tag, missing):
    record = {"tokens": WORDS, "ner_tags": ["B-PER", None, *TAGS[2:]]}
    (sentence,) = AnyJson(write(tmp_path, to_jsonl(record)), missing_tag=missing_tag)
    assert sentence == Sentence(WORDS, ENTS, missing)


def test_json_mends_illegal_tags_only_when_told_and_counts_them(tmp_path):
    record = {"tokens": WORDS, "ner_tags": ["I-PER", "O", "O", "B-LOC", "I-LOC", "O"]}
    path = write(tmp_path, to_jsonl(record, record))
    file = AnyJson(path, scheme="BIO", repair=True)
    assert [sentence.ents for sentence in file] == [ENTS, ENTS]
    assert file.repairs == {"inner tags that continue no entity read as its start": 2}
    assert read_error(path, scheme="BIO") == ";\n".join(
        f"{path}:{line}: found 'I-PER' at the start of a sentence, expected B-PER or I-PER before "
        "it (scheme BIO); --repair begins an entity there"
        for line in (1, 2)
    )


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
def test_json_says_what_is_wrong_with_tokens_and_tags(tmp_path, name):
    record, message = BAD_TAGGED[name]
    path = write(tmp_path, to_jsonl(tagged(), record, tagged()))
    assert read_error(path) == f"{path}:2: {message}"


@pytest.mark.parametrize("scheme", ["BIO", "BILOU", "BIOES"])
@examples(60)
@given(sentences=st.lists(tagged_sentences(), min_size=1, max_size=3))
def test_json_reads_the_tags_that_were_written(scheme, sentences):
    def write_all(read: list[Sentence]) -> str:
        return to_jsonl(
            *(tagged(one.words, encode(one.ents, len(one.words), scheme)) for one in read)
        )

    with TemporaryDirectory() as folder:
        path = write(Path(folder), write_all(sentences))
        read = list(TaggedTokens(path, scheme=scheme))
    assert read == sentences
    assert write_all(read) == write_all(sentences)
