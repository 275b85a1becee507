"""Spaces between tokens, and tokens of white space: by file, language or option."""

from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.formats import open_source
from adaptive_spacy.data.readers.spaces import align, are_unspaced, drop_white_space, space_out
from adaptive_spacy.data.source import Sentence
from tests.conftest import corpus_file
from tests.data.util import make_doc


def write(folder: Path, text: str) -> Path:
    path = folder / "a.conll"
    path.write_text(text, encoding="utf8")
    return path


CHARACTERS = "中 B-ORG\n共 I-ORG\n中 I-ORG\n央 I-ORG\n在 O\n1 O\n9 O\n"


def test_conll_reads_flags_of_spaces(tmp_path):
    path = write(tmp_path, "(\tO\tNoSpaceAfter\nAda\tB-PER\tNoSpaceAfter\n)\tO\t_\nruns\tO\t_\n")
    assert [one.text for one in open_source(path)] == ["(Ada) runs"]
    assert [one.spaces for one in open_source(path, join=" ")] == [None]


def test_conll_reads_spaces_of_the_text(tmp_path):
    text = "# text = Ada's runs.\n1\tAda\tB-PER\n2\t's\tO\n3\truns\tO\n4\t.\tO\n"
    assert [one.text for one in open_source(write(tmp_path, text))] == ["Ada's runs."]
    # of other words nothing is known
    other = write(tmp_path, text.replace("runs.", "walks."))
    assert [one.spaces for one in open_source(other)] == [None]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "中 共 中 央 在 1 9"),
        ({"lang": "en"}, "中 共 中 央 在 1 9"),
        ({"lang": "zh"}, "中共中央在19"),
        ({"lang": "ja"}, "中共中央在19"),
        ({"lang": "zh", "join": " "}, "中 共 中 央 在 1 9"),
        ({"join": ""}, "中共中央在19"),
    ],
)
def test_characters_stand_side_by_side_where_they_are_written_so(tmp_path, options, text):
    source = open_source(write(tmp_path, CHARACTERS), **options)
    (sentence,) = source
    assert sentence.text == text
    assert sentence.ents == [(0, 4, "ORG")]
    assert ("no spaces between tokens" in source.describe()) == (" " not in text)
    # nobody said so: the user is told what is read, and how to have it otherwise
    assert (
        "a space between tokens of a script without spaces (none: --join '')" in (source.describe())
    ) == (not options)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("東京 は 大きい", True),
        ("กรุงเทพ เป็น", True),
        ("ភ្នំពេញ ជា", True),
        ("中 a", False),
        ("中 1 。", True),
        ("서울 은", False),
        ("Ada runs", False),
        ("1 2", False),
        ("", False),
    ],
)
def test_scripts_without_spaces_are_told_by_their_letters(words, expected):
    assert are_unspaced(words.split()) is expected


def test_words_of_latin_letters_keep_a_space():
    words = ["在", "New", "York", "i", "P", "a", "12", "3", "月", "é", "x", "."]
    text = Sentence(words, [], [], space_out(words)).text
    assert text == "在New York iPa 12 3月éx."
    assert space_out([]) == []


def test_offsets_of_joined_characters_are_those_of_spacy(tmp_path):
    nlp = spacy.blank("zh")
    sentences = open_source(corpus_file("uner_chinese_gsdsimp/zh_gsdsimp-ud-dev.iob2"), lang="zh")
    checked = 0
    for sentence in list(sentences)[:100]:
        own = make_doc(sentence, nlp.vocab)
        doc = nlp.make_doc(sentence.text)
        assert doc.text == own.text == sentence.text
        for ent in own.ents:
            span = doc.char_span(ent.start_char, ent.end_char, alignment_mode="expand")
            assert span is not None
            assert span.text == ent.text
            checked += 1
    assert checked > 50


@given(words=st.lists(st.sampled_from(["a", "bc", ".", "人"]), min_size=1), data=st.data())
def test_align_finds_the_spaces_of_a_text(words, data):
    spaces = [data.draw(st.booleans()) for _ in words[1:]] + [True]
    text = Sentence(words, [], [], spaces).text
    found = align(words, text)
    assert found is not None
    assert Sentence(words, [], [], found).text == text
    assert align(words, text + "x") is None
    assert align([*words, "x"], text) is None


# --- white space -----------------------------------------------------------------------------

BLANKS = "a\tB-X\n \tI-X\nb\tI-X\n\u3000\tO\n\u00a0\tB-X\nc\tO\n"


@pytest.mark.parametrize("white_space", ["keep", "drop"])
def test_white_space_is_told_about_and_kept_or_dropped(tmp_path, white_space):
    source = open_source(write(tmp_path, BLANKS), white_space=white_space)
    (sentence,) = source
    words, ents = {
        "keep": (["a", " ", "b", "\u3000", "\u00a0", "c"], [(0, 3, "X"), (4, 5, "X")]),
        "drop": (["a", "b", "c"], [(0, 2, "X")]),
    }[white_space]
    assert sentence[:2] == (words, ents)
    assert "tokens of white space" in source.describe()
    assert source.describe().endswith(": 3")


def test_white_space_of_a_whole_sentence_goes_with_it(tmp_path):
    text = "\u3000\tO\n\na\tO\n"
    source = open_source(write(tmp_path, text), white_space="drop")
    assert [one.words for one in source] == [["a"]]


def test_drop_white_space_keeps_what_is_known():
    sentence = Sentence(["a", " ", "b", " "], [(0, 3, "X")], [2, 3], [False] * 4, [0, 3])
    assert drop_white_space(sentence) == Sentence(["a", "b"], [(0, 2, "X")], [1], [True, True], [0])
    plain = Sentence(["a"], [], [])
    assert drop_white_space(plain) is plain


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"join": "-"}, "--join: expected auto, '' or ' ', got '-'"),
        ({"white_space": "cut"}, "--white-space: expected keep or drop, got 'cut'"),
        ({"sentences": 0}, "--sentences: expected a number of tokens from 1, got 0"),
    ],
)
def test_options_of_spaces_are_checked(tmp_path, options, message):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        open_source(write(tmp_path, "a O\n"), **options)
    assert str(error.value) == message
