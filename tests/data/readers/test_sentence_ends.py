"""Sentences that a file does not end, cut at marks and bounded; and grouping that needs ends."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.formats import open_source
from adaptive_spacy.data.readers.sentence_ends import SentenceCutter
from adaptive_spacy.data.source import Sentence


def write(folder: Path, text: str) -> Path:
    path = folder / "a.conll"
    path.write_text(text, encoding="utf8")
    return path


ENDLESS = "Ada B-PER\nruns O\n. O\nNew B-LOC\nYork I-LOC\nis O\nbig O\n! O\n"


def test_sentences_are_cut_at_marks_within_the_limit(tmp_path):
    source = open_source(write(tmp_path, ENDLESS), sentences=5)
    assert [sentence[:2] for sentence in source] == [
        (["Ada", "runs", "."], [(0, 1, "PER")]),
        (["New", "York", "is", "big", "!"], [(0, 2, "LOC")]),
    ]
    assert "sentences of more than 5 tokens cut" in source.describe()
    # short ones are left alone
    whole = open_source(write(tmp_path, ENDLESS), sentences=8)
    assert [len(sentence.words) for sentence in whole] == [8]


def test_sentences_are_bounded_and_cut_no_entity(tmp_path):
    source = open_source(write(tmp_path, ENDLESS), sentences=1)
    assert [sentence.words for sentence in source] == [
        ["Ada"],
        ["runs"],
        ["."],
        ["New", "York"],
        ["is"],
        ["big"],
        ["!"],
    ]


def test_sentences_that_are_cut_can_be_grouped(tmp_path):
    path = write(tmp_path, ENDLESS)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        open_source(path, group=10)
    assert str(error.value) == (
        f"{path}: --group 10: expected a blank line after each sentence, found one sentence only; "
        "--sentences 100 cuts it into sentences of at most 100 tokens"
    )
    for limit, starts in ((100, [0]), (5, [0, 3])):
        (document,) = open_source(path, group=10, sentences=limit)
        assert document.sent_starts == starts


@given(
    words=st.lists(st.sampled_from(["a", "b", ".", "?", "。"]), min_size=1, max_size=40),
    limit=st.integers(1, 10),
    data=st.data(),
)
def test_parts_are_the_whole_and_within_the_limit(words, limit, data):
    cuts = sorted(data.draw(st.sets(st.integers(0, len(words)), max_size=8)))
    ents = [(one, two, "X") for one, two in pairwise(cuts) if data.draw(st.booleans())]
    missing = sorted(data.draw(st.sets(st.integers(0, len(words) - 1), max_size=4)))
    sentence = Sentence(words, ents, missing, [i % 2 == 0 for i in range(len(words))])
    parts = list(SentenceCutter(limit).cut(sentence))
    longest = max([end - start for start, end, _ in ents], default=0)
    at, back = 0, Sentence([], [], [], [])
    for part in parts:
        assert 0 < len(part.words) <= max(limit, longest)
        back.words.extend(part.words)
        back.ents.extend((one + at, two + at, label) for one, two, label in part.ents)
        back.missing.extend(i + at for i in part.missing)
        assert back.spaces is not None
        back.spaces.extend(part.spaces or [])
        at += len(part.words)
    assert back == sentence
