"""Rows of CoNLL files: which are read, which are comments, and which are refused."""

import pytest

from adaptive_spacy.data.source import Sentence
from tests.data.readers.conll_files import NO_TAG, Malformed, read, refused


@pytest.mark.parametrize(
    "text",
    [
        "Ada\tB-PER\nsings\tO\n\nParis\tB-LOC\n",
        "Ada B-PER\nsings O\n\nParis B-LOC",  # no line end at the end
        "Ada   B-PER \nsings\t\tO\n \t \nParis \t B-LOC\n\n\n\n",
        "\n\n\nAda B-PER\r\nsings O\r\n\r\nParis B-LOC\r\n",
        "Ada B-PER\rsings O\r\rParis B-LOC\r",
        "\ufeffAda B-PER\nsings O\n\nParis B-LOC\n",
        "-DOCSTART- O\n\nAda B-PER\nsings O\n-DOCSTART-\nParis B-LOC\n",
        "-DOCSTART- -X- -X- O\nAda B-PER\nsings O\n\n-DOCSTART- -X- O O\nParis B-LOC\n",
        "# id = 1\n# text = Ada sings\nAda B-PER\nsings O\n\n# empty =\n# id = 2\nParis B-LOC\n",
        "# written by hand\nAda\tB-PER\n# in the middle\nsings\tO\n\nParis\tB-LOC\n",
    ],
)
def test_conll_reads_two_sentences_however_they_are_laid_out(tmp_path, text):
    assert read(tmp_path, text) == [
        Sentence(["Ada", "sings"], [(0, 1, "PER")], []),
        Sentence(["Paris"], [(0, 1, "LOC")], []),
    ]


def test_conll_reads_hashes_as_tokens(tmp_path):
    text = "#\tO\n# O\n#\tB-A\n#1 O\n## O\n&\tO\ngt\tO\n;\tO\n"
    (sentence,) = read(tmp_path, text)
    assert sentence.words == ["#", "#", "#", "#1", "##", "&", "gt", ";"]
    assert sentence.ents == [(2, 3, "A")]


def test_conll_reads_hash_of_four_columns_as_token(tmp_path):
    text = "# global.columns = A B C D\n# id = 7\na NN I-NP O\n# SYM I-NP O\n# a b c d e\n"
    (sentence,) = read(tmp_path, text)
    assert sentence.words == ["a", "#"]


def test_conll_keeps_unusual_spaces_inside_of_tokens(tmp_path):
    words = ["10\u00a0000", "New York", "a\u2028b", "\u3000", "c\u0085"]
    (sentence,) = read(tmp_path, "".join(f"{word}\tO\n" for word in words))
    assert sentence.words == words


MALFORMED: Malformed = {
    "empty": ("", {}, ": expected rows of a token and its tag, found no row"),
    "blank": (" \n\t\n", {}, ": expected rows of a token and its tag, found no row"),
    "docstart only": (
        "-DOCSTART- O\n\n",
        {},
        ": expected rows of a token and its tag, found no row",
    ),
    "comments only": (
        "# written by hand\n# id = 1\n",
        {},
        ": expected rows of a token and its tag, found no row",
    ),
    "words only": ("a\nb\n", {}, ": expected rows of a token and its tag, found one column"),
    "no tag": ("a O\nbn\n", {}, f":2: found 'bn' {NO_TAG}"),
    "no tag behind a tab": ("a\tO\nbn\t\n", {}, f":2: found 'bn' {NO_TAG}"),
    "lone hash": ("a O\n#\n", {}, f":2: found '#' {NO_TAG}"),
    "no tag of four": ("a NN X O\nb NN X\n", {}, f":2: found 'b' {NO_TAG}"),
    "no token": ("a\tO\n\tO\n", {}, ":2: found no token before 'O', expected 2 columns"),
    "no token, masked": (
        "a O\n O\n",
        {"missing_tag": "mask"},
        ":2: found no token before 'O', expected 2 columns",
    ),
    "too many columns": (
        "a O\nNew York O\n",
        {},
        ":2: found 3 columns at 'New', expected 2",
    ),
    "too few columns": (
        "a NN X O\nb O\n",
        {"missing_tag": "O"},
        ":2: found 2 columns at 'b', expected 4",
    ),
    "short row, tag not last": (
        "a O x\nb\n",
        {"tag_column": 1, "missing_tag": "O"},
        ":2: found 1 columns at 'b', expected 3",
    ),
    "long token": ("a O\n" + "x" * 60 + "\n", {}, f":2: found '{'x' * 40}…' {NO_TAG}"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_conll_refuses_rows_without_a_token_or_a_tag(tmp_path, case):
    said, expected = refused(tmp_path, MALFORMED[case])
    assert said == expected
