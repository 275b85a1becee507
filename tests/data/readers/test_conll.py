"""CoNLL files as a whole: encodings, options, texts of any kind, and real corpora."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.vocab import Vocab

from adaptive_spacy.data.readers.conll import ConllFile
from adaptive_spacy.data.schemes import SCHEMES
from tests.conftest import corpus_file
from tests.data.readers.conll_files import NO_TAG, write
from tests.data.util import make_doc


def test_conll_can_be_walked_again(tmp_path):
    file = ConllFile(write(tmp_path, "a B-A\n\nb O\n"))
    assert list(file) == list(file)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"scheme": "IOB3"},
            "--scheme: expected one of auto, BIO, IOB1, BILOU, BIOES, BMEWO, BMES, IO, bare, got "
            "'IOB3'",
        ),
        ({"missing_tag": "o"}, "--missing-tag: expected O or mask, got 'o'"),
        (
            {"encoding": "utf-99"},
            "--encoding: expected one that Python knows, e.g. utf-8, got 'utf-99'",
        ),
        (
            {"encoding": "base64"},
            "--encoding: expected one that Python knows, e.g. utf-8, got 'base64'",
        ),
    ],
)
def test_conll_refuses_bad_option(tmp_path, options, message):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        ConllFile(write(tmp_path, "a O\n"), **options)
    assert str(error.value) == message


def test_conll_shows_twenty_problems_in_order_and_counts_the_rest(tmp_path):
    # by turns: a row without a tag, a tag of no scheme, an illegal sequence
    path = write(tmp_path, "a B-X\nb O\n" * 60 + "c\nd X-X\ne O\nf I-X\n" * 9)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        ConllFile(path)
    lines = str(error.value).split(";\n")
    assert lines[-1] == f"and 7 more problems in {path}"
    numbers = [int(line.removeprefix(f"{path}:").split(":")[0]) for line in lines[:-1]]
    assert numbers == [n for n in range(121, 121 + 4 * 7) if n % 4 != 3][:20]


CORPORA = [
    (
        "wikigold/wikigold.conll.txt",
        "IOB1",
        1696,
        39007,
        {"LOC": 1014, "MISC": 712, "ORG": 898, "PER": 934},
    ),
    (
        "wnut17/wnut17train.conll",
        "BIO",
        3394,
        62730,
        {
            "corporation": 221,
            "creative-work": 140,
            "group": 264,
            "location": 548,
            "person": 660,
            "product": 142,
        },
    ),
    (
        "wnut17/emerging.dev.conll",
        "BIO",
        1009,
        15733,
        {
            "corporation": 34,
            "creative-work": 105,
            "group": 39,
            "location": 74,
            "person": 470,
            "product": 114,
        },
    ),
    (
        "wnut17/emerging.test.annotated",
        "BIO",
        1287,
        23394,
        {
            "corporation": 66,
            "creative-work": 142,
            "group": 165,
            "location": 150,
            "person": 429,
            "product": 127,
        },
    ),
    (
        "swedish_ner_corpus/train_corpus.txt",
        "bare",
        6885,
        113125,
        {"LOC": 1336, "MISC": 397, "ORG": 880, "PER": 1587},
    ),
    (
        "swedish_ner_corpus/test_corpus.txt",
        "bare",
        2453,
        42208,
        {"LOC": 355, "MISC": 123, "ORG": 313, "PER": 612},
    ),
]


@pytest.mark.parametrize(("name", "scheme", "count", "tokens", "entities"), CORPORA)
def test_conll_reads_real_corpus(name, scheme, count, tokens, entities):
    path = corpus_file(name)
    file = ConllFile(path, missing_tag="mask")
    found = list(file)
    assert file.tags.scheme == scheme
    assert len(found) == count
    assert sum(len(sentence.words) for sentence in found) == tokens
    assert Counter(label for sentence in found for _, _, label in sentence.ents) == entities
    masked = [sentence.words[i] for sentence in found for i in sentence.missing]
    assert masked == (["bn"] if name.endswith("train_corpus.txt") else [])


def test_conll_names_the_row_without_a_tag_of_a_real_corpus():
    path = corpus_file("swedish_ner_corpus/train_corpus.txt")
    with pytest.raises(ValueError) as error:  # noqa: PT011
        ConllFile(path)
    assert str(error.value) == f"{path}:90310: found 'bn' {NO_TAG}"


@given(
    text=st.text("BIOLUSE-#_0 \t\n\r=(*.ab\0é\u00a0\u2028\x85\ufeff", max_size=60),
    scheme=st.sampled_from(["auto", *SCHEMES]),
    missing_tag=st.sampled_from([None, "O", "mask"]),
)
def test_conll_reads_or_refuses_any_text(tmp_path_factory, text, scheme, missing_tag):
    path = write(tmp_path_factory.mktemp("conll"), text)
    try:
        file = ConllFile(path, scheme=scheme, missing_tag=missing_tag)
    except ValueError as error:
        refusal = str(error)
        assert refusal.startswith(str(path))
        return
    for sentence in file:
        ends = [0, *(place for start, end, _ in sentence.ents for place in (start, end))]
        assert ends == sorted(ends)
        assert ends[-1] <= len(sentence.words)
        assert all(start < end and label for start, end, label in sentence.ents)
        assert make_doc(sentence, Vocab()).has_unknown_spaces
