"""Quotation marks among tabs: a token, or what a program that quotes made of one."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.formats import find_format, open_source
from adaptive_spacy.data.readers.quoting import quote, unquote
from tests.data.readers.opened import put
from tests.tiers import examples

#: As programs write the words that hold quotation marks
QUOTED = {'"': '""""', '5"': '"5"""', '"Ada': '"""Ada"', 'a"b': '"a""b"', '""': '""""""'}
#: Tokens of authors
PLAIN = ['"', '""', '"""', '5"', '"Ada', '"Ada"', '""Ada""', '"a"b"', "Ada", ""]


@pytest.mark.parametrize("word", QUOTED)
def test_doubled_marks_in_quotes_are_read_as_they_were(word):
    assert unquote(QUOTED[word]) == word


@pytest.mark.parametrize("field", PLAIN)
def test_other_marks_are_tokens(field):
    assert unquote(field) == field
    assert quote(field) == field


@examples(200)
@given(st.text('"a '))
def test_what_is_quoted_comes_back(text):
    assert unquote(quote(text)) == text
    stream = io.StringIO()
    csv.writer(stream, delimiter="\t", lineterminator="").writerow([text, "O"])
    if '"' in text:
        assert unquote(stream.getvalue().removesuffix("\tO")) == text


def write(folder: Path, names: str, words: list[str], *, more: int = 0) -> Path:
    front = "7\t" if "id" in names else ""
    rows = "".join(f"{front}{word}\tO\n" for word in words)
    return put(folder, f"{names}\n" + f"{front}Ada\tB-PER\n" * (1 + more) + rows)


@pytest.mark.parametrize("names", ["sentence_id\ttoken\ttag", "token\ttag"])
@pytest.mark.parametrize("format", ["auto", "csv"])
def test_table_of_tabs_is_read_field_by_field(tmp_path, names, format):
    """By what each is, not by what stands before it, nor by where the first is."""
    words = ['"', *QUOTED.values(), '"', '"Bob"', '5"']
    for more in (0, 1100):
        (one,) = open_source(write(tmp_path, names, words, more=more), format=format)
        assert one.words[1 + more :] == ['"', *QUOTED, '"', '"Bob"', '5"']


def test_rows_without_names_are_tokens_as_they_stand(tmp_path):
    (one,) = open_source(put(tmp_path, 'Ada\tB-PER\n""""\tO\n"\tO\n'))
    assert one.words == ["Ada", '""""', '"']
    (one,) = open_source(put(tmp_path, 'token tag\nAda B-PER\n"""" O\n'))
    assert one.words == ["Ada", '""""']


@pytest.mark.parametrize("names", ['"sentence_id"\t"token"\t"tag"', '"token"\t"tag"'])
def test_table_whose_names_are_quoted_is_quoted(tmp_path, names):
    front = '"1"\t' if "id" in names else ""
    words = ['"Ada"', *QUOTED.values(), '"Bob"']
    path = put(tmp_path, f"{names}\n" + "".join(f'{front}{word}\t"B-X"\n' for word in words))
    assert find_format(path) == "csv"
    (one,) = open_source(path)
    assert one.words == ["Ada", *QUOTED, "Bob"]
    assert one.ents == [(i, i + 1, "X") for i in range(len(words))]
