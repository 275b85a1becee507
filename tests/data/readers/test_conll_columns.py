"""Columns of CoNLL files: which hold the token and its tag."""

import pytest

from adaptive_spacy.data.readers.conll import ConllFile
from adaptive_spacy.data.source import Sentence
from tests.data.readers.conll_files import Malformed, read, refused

CONLL_2003 = (
    "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\nGerman JJ B-NP B-MISC\n"
)
CONLL_U = (
    "# sent_id = 1\n1\tEU\tPROPN\t_\tB-ORG\t_\n2\trejects\tVERB\t_\tO\t_\n\n"
    "# sent_id = 2\n1\tParis\tPROPN\t_\tB-LOC\t_\n"
)
GERMEVAL = (
    "#\thttp://de.wikipedia.org [2009-10-17]\n1\tEU\tB-ORG\tO\n2\trejects\tO\tO\n\n"
    "# n-tv.de [2010]\n1\tParis\tB-LOC\tO\n"
)


@pytest.mark.parametrize(
    ("text", "token", "tag", "scheme"),
    [
        ("Ada B-PER\n", 0, 1, "BIO"),
        (CONLL_2003, 0, 3, "BIO"),
        # chunks are tags, too; the others win, even if they hold no entity yet
        ("EU NNP B-NP O\nsays VBZ B-VP O\n", 0, 3, "BIO"),
        (CONLL_U, 1, 4, "BIO"),
        # a confidence behind the tag
        ("Ada B-PER 0.93\nsings O 0.99\n", 0, 1, "BIO"),
        # bare types have no mark of a tag
        ("Ada NNP PER\nsings VBZ 0\nin IN LOC\n", 0, 2, "bare"),
        # numbers that are tokens
        ("1 CD O\n2 CD O\n", 1, 2, "BIO"),
        ("1 O\n2 O\n", 0, 1, "BIO"),
        ("5 CD O\n2 CD O\n", 0, 2, "BIO"),
    ],
)
def test_columns_are_detected_and_said(tmp_path, text, token, tag, scheme):
    (tmp_path / "a.conll").write_text(text)
    file = ConllFile(tmp_path / "a.conll")
    assert (file.layout.token, file.layout.tag) == (token, tag)
    assert file.describe() == (
        f"CoNLL, scheme {scheme} (detected), tag column {tag} (detected), token column {token}"
    )


def test_columns_of_germeval_are_read_by_number(tmp_path):
    (tmp_path / "a.conll").write_text(GERMEVAL)
    with pytest.raises(ValueError, match=r"found tags in 2 columns.*: 2 \(.*\), 3 \(O only\)"):
        ConllFile(tmp_path / "a.conll")
    assert list(ConllFile(tmp_path / "a.conll", tag_column=2)) == [
        Sentence(["EU", "rejects"], [(0, 1, "ORG")], []),
        Sentence(["Paris"], [(0, 1, "LOC")], []),
    ]


def test_columns_are_counted_although_a_file_begins_without_tags(tmp_path):
    (tmp_path / "a.conll").write_text("a\n" * 3000 + "b B-X\n")
    (sentence,) = ConllFile(tmp_path / "a.conll", missing_tag="mask")
    assert sentence.ents == [(3000, 3001, "X")]
    assert len(sentence.missing) == 3000


MALFORMED: Malformed = {
    "token column": (
        "a O\n",
        {"token_column": 2},
        ": --token-column: expected a column from 0 to 1, or -1 for the last, got 2",
    ),
    "tag column": (
        "a O\n",
        {"tag_column": -3},
        ": --tag-column: expected a column from 0 to 1, or -1 for the last, got -3",
    ),
    "one column for both": (
        "a O\n",
        {"tag_column": 0, "token_column": 0},
        ": expected two columns, got --token-column 0 and --tag-column 0, which are the same of 2",
    ),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_conll_refuses_columns_that_a_row_does_not_have(tmp_path, case):
    said, expected = refused(tmp_path, MALFORMED[case])
    assert said == expected


def test_conll_takes_columns_by_number(tmp_path):
    text = "1 Ada NNP B-PER x\n2 sings VBZ O x\n"
    (sentence,) = read(tmp_path, text, token_column=1, tag_column=-2)
    assert sentence[:3] == (["Ada", "sings"], [(0, 1, "PER")], [])
    (sentence,) = read(tmp_path, text, token_column=-4, tag_column=3)
    assert sentence[:3] == (["Ada", "sings"], [(0, 1, "PER")], [])
