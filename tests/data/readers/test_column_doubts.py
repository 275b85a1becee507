"""Columns that are no tokens although they stand where these would."""

import pytest

from adaptive_spacy.data.readers.formats import open_source
from tests.data.readers.opened import put, read, refuse

NAMED = {
    "language": "en\tEmma\tB-PER\nen\tleft\tO\n\nes\tLima\tB-LOC\nes\tduerme\tO\n",
    "speaker": "A:\tEmma\tB-PER\nA:\tleft\tO\n\nB:\tso\tO\n",
    "file": "a.txt\tEmma\tB-PER\na.txt\tleft\tO\na.txt\tit\tO\nb.txt\tLima\tB-LOC\n",
}


@pytest.mark.parametrize("case", NAMED)
def test_names_that_stay_beside_words_are_no_tokens_unasked(tmp_path, case):
    message = refuse(tmp_path, NAMED[case])
    assert "found the same in most rows of a sentence in column 0" in message
    assert "--token-column 1 takes the words, --token-column 0 the other" in message
    assert read(tmp_path, NAMED[case], token_column=1)[0].text.startswith("Emma left")
    name = NAMED[case].split("\t")[0]
    assert read(tmp_path, NAMED[case], token_column=0)[0].text.startswith(name)


@pytest.mark.parametrize(
    "text",
    [
        "ha\tha\tO\nha\tha\tO\n",
        "ha\tUH\tO\nha\tNN\tO\n",
        "New\tnew\tB-LOC\nNew\tnewer\tO\nYork\tyork\tO\nso\tso\tO\nit\tit\tO\n",
    ],
)
def test_words_that_come_twice_are_tokens(tmp_path, text):
    words = [row.split("\t")[0] for row in text.splitlines()]
    assert read(tmp_path, text)[0].text == " ".join(words)


def test_index_of_document_sentence_and_token_is_none(tmp_path):
    text = "d1.s1.t1\tEmma\tB-PER\nd1.s1.t2\tleft\tO\n\nd1.s2.t1\tLima\tB-LOC\n"
    assert [one.words for one in open_source(put(tmp_path, text))] == [["Emma", "left"], ["Lima"]]


def test_tags_in_small_letters_under_a_key_are_read(tmp_path):
    rows = "1\tEmma\t_\t_\t_\t_\t_\t_\t_\tner=b-per\n2\tleft\t_\t_\t_\t_\t_\t_\t_\tner=o\n"
    (found,) = read(tmp_path, rows)
    assert found.ents == [("Emma", "per")]
