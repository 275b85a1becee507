"""Every format that is written: docs come back the same, or the doc that does not is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.formats import FORMATS
from adaptive_spacy.data.source import Sentence
from adaptive_spacy.data.writers.formats import SUFFIXES, WRITERS
from tests.data.writers.round_trip import (
    ODD,
    ODD_TYPES,
    TYPES,
    WORDS,
    describe,
    docs,
    expect,
    send,
)
from tests.tiers import examples, sliced

#: With known spaces, two sentences, and tokens of every script
ADA = Sentence(
    ["Ada", "lives", "in", "New", "York", ".", "She", "sings", "."],
    [(0, 1, "PER"), (3, 5, "LOC")],
    [],
    [True, True, True, True, False, True, True, False, False],
    [0, 6],
)
#: Entities side by side, in whose text a comma and a bar stand
SIDE = Sentence(["Ulm", ",", "a|b", "中文"], [(0, 1, "LOC"), (1, 2, "LOC"), (2, 4, "MISC")], [])


def test_every_format_that_is_read_is_written():
    assert set(WRITERS) == set(FORMATS)
    assert set(SUFFIXES.values()) <= set(WRITERS)


@pytest.mark.parametrize("format", WRITERS)
def test_docs_come_back(tmp_path, format):
    corpus = [ADA, SIDE] if WRITERS[format].holds.tokens else [ADA]
    if format == "lines":
        corpus[1:] = []  # no bar within a tag
    found = send(tmp_path, format, corpus)
    assert [describe(format, one) for one in found] == expect(format, corpus)


@pytest.mark.parametrize("format", WRITERS)
@examples(4)
@given(data=st.data())
def test_usual_docs_come_back(tmp_path_factory, format, data):
    words = st.sampled_from(WORDS)
    missing = WRITERS[format].holds.missing
    corpus = data.draw(st.lists(docs(words=words, types=TYPES, missing=missing), max_size=3))
    corpus.append(Sentence(["Ada", "sings"], [(0, 1, "PER")], []))
    found = send(tmp_path_factory.mktemp("usual"), format, corpus)
    assert [describe(format, one) for one in found] == expect(format, corpus)


#: One of each kind of syntax
SYNTAXES = ("conllu", "csv", "webanno", "label-studio", "inline-tags", "brat", "lines")


@pytest.mark.parametrize("format", sliced(SYNTAXES, WRITERS))
@examples(8)
@given(data=st.data())
def test_odd_docs_come_back_or_are_refused_by_their_number(tmp_path_factory, format, data):
    words = st.sampled_from(WORDS) | ODD
    corpus = data.draw(st.lists(docs(words=words, types=TYPES + ODD_TYPES), max_size=3))
    corpus.append(Sentence(["Ada", "sings"], [(0, 1, "PER")], []))
    folder = tmp_path_factory.mktemp("odd")
    try:
        found = send(folder, format, corpus)
    except ValueError as error:
        lines = str(error).split(";\n")
        assert all(re.match(r"\S+/in\.spacy: doc \d+: found ", line) for line in lines), lines
        assert [path.name for path in folder.iterdir()] == ["in.spacy"]
        return
    assert [describe(format, one) for one in found] == expect(format, corpus)
