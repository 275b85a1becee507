"""Tables with a header, and divided by commas: sentences by number, quotes, what is broken."""

import csv
import io
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.csv_table import CsvTable
from adaptive_spacy.data.readers.formats import find_format, open_source
from adaptive_spacy.data.schemes import encode
from adaptive_spacy.data.source import Sentence

KAGGLE = (
    "Sentence #,Word,POS,Tag\nSentence: 1,Thousands,NNS,O\n,of,IN,O\n,London,NNP,B-geo\n"
    'Sentence: 2,Paris,NNP,B-geo\n,",",",",O\n,"""",``,O\n'
)
FOUND = [(["Thousands", "of", "London"], [(2, 3, "geo")]), (["Paris", ",", '"'], [(0, 1, "geo")])]
TWO = [(["Ada", "runs"], [(0, 1, "PER")]), (["Ulm"], [(0, 1, "LOC")])]


def write(folder: Path, text: str, encoding: str = "utf8") -> Path:
    path = folder / "a.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_csv_reads_the_table_of_kaggle(tmp_path):
    path = write(tmp_path, KAGGLE)
    source = open_source(path)
    assert [sentence[:2] for sentence in source] == FOUND
    assert source.describe() == (
        "CSV, scheme BIO (detected), divided by commas, tag column 3 'Tag' (detected), "
        "token column 1 'Word', sentence column 0 'Sentence #'"
    )
    # it is in Latin-1 there, and the message says so
    path = write(tmp_path, KAGGLE.replace("London", "Zürich"), "latin-1")
    with pytest.raises(ValueError, match=r":4: found byte 0xfc.*--encoding latin-1"):
        open_source(path)
    assert next(iter(open_source(path, encoding="latin-1"))).words[2] == "Zürich"


TABLES = {
    "blank line": "token,tag\nAda,B-PER\nruns,O\n\nUlm,B-LOC\n",
    "empty row": "token,tag\nAda,B-PER\nruns,O\n,\nUlm,B-LOC\n",
    "number in each row": "sentence_id,words,labels\n0,Ada,B-PER\n0,runs,O\n1,Ulm,B-LOC\n",
    "number at first": "word,tag,sent_id\nAda,B-PER,7\nruns,O,\nUlm,B-LOC,8\n",
    "index of pandas": ",sentence,word,tag\n0,1,Ada,B-PER\n1,1,runs,O\n2,2,Ulm,B-LOC\n",
    "semicolons": "Sentence ID;Word;Tag\n1;Ada;B-PER\n;runs;O\n2;Ulm;B-LOC\n",
    "bars": "sentence|token|label\n1|Ada|B-PER\n1|runs|O\n2|Ulm|B-LOC\n",
    "tabs": "sentence_id\tword\tner\n1\tAda\tB-PER\n1\truns\tO\n2\tUlm\tB-LOC\n",
    "all quoted": '"token","tag"\n"Ada","B-PER"\n"runs","O"\n\n"Ulm","B-LOC"\n',
    "no header": "Ada,B-PER\nruns,O\n\nUlm,B-LOC\n",
    "header of other names": "mot,etiquette\nAda,B-PER\nruns,O\n\nUlm,B-LOC\n",
    "commas at the end": "token,tag,\nAda,B-PER,\nruns,O,\n\nUlm,B-LOC,\n",
    "bare types": "token,tag\nAda,PER\nruns,O\n\nUlm,LOC\n",
    "line ends": "token,tag\r\nAda,B-PER\r\nruns,O\r\n\r\nUlm,B-LOC\r\n",
    "byte order mark": "\ufefftoken,tag\nAda,B-PER\nruns,O\n\nUlm,B-LOC\n",
    "tag first": "label,word\nB-PER,Ada\nO,runs\n\nB-LOC,Ulm\n",
    "other spelling": "word,tag\nAda,PER_B\nruns,O\n\nUlm,LOC_B\n",
}


@pytest.mark.parametrize("case", TABLES)
def test_csv_reads_two_sentences_however_they_are_written(tmp_path, case):
    path = write(tmp_path, TABLES[case])
    assert find_format(path) == "csv"
    for format in ("auto", "csv"):
        assert [sentence[:2] for sentence in open_source(path, format=format)] == TWO


def test_csv_divides_documents_by_column(tmp_path):
    text = "doc_id,sentence_id,token,tag\na,1,Ada,B-X\na,2,runs,O\nb,1,Ulm,B-X\nb,2,is,O\n"
    path = write(tmp_path, text)
    assert [one.words for one in open_source(path)] == [["Ada"], ["runs"], ["Ulm"], ["is"]]
    documents = list(open_source(path, group="documents"))
    assert [(one.words, one.sent_starts) for one in documents] == [
        (["Ada", "runs"], [0, 1]),
        (["Ulm", "is"], [0, 1]),
    ]


def test_csv_takes_quotation_marks_of_tabs_for_tokens(tmp_path):
    path = write(tmp_path, 'sent\tword\tner\n1\t"\tO\n1\tAda\tB-PER\n2\t"\tO\n')
    assert [one.words for one in open_source(path)] == [['"', "Ada"], ['"']]
    # as a spreadsheet writes them
    path = write(tmp_path, 'sent\tword\tner\n1\t""""\tO\n1\tAda\tB-PER\n')
    assert [one.words for one in open_source(path)] == [['"', "Ada"]]


MALFORMED = {
    "no tag": ("token,tag\nAda,B-PER\nruns,\n", {}, ":3: found 'runs' without a tag, expected one"),
    "no token": ("token,tag\nAda,B-PER\n,O\n", {}, ":3: found no token before 'O', expected one"),
    "too few": (
        "sentence,token,tag\n1,Ada,B-PER\n1,runs\n",
        {},
        ":3: found 2 columns at '1', expected 3",
    ),
    "too many": ("token,tag\nAda,B-PER\n,,O\n", {}, ":3: found 3 columns at '', expected 2"),
    "open quote": (
        'token,tag\nAda,B-PER\n",O\nruns,O\n',
        {},
        ":3: found ',O\\nruns,O\\n', which goes over several lines, expected a token",
    ),
    "tags of no scheme": (
        "token,tag\nAda,B-PER\nruns,X-PER\nx,O\n",
        {},
        ":3: found tag 'X-PER', expected O, B-TYPE or I-TYPE",
    ),
    "several": (
        "token,gold,pred\nAda,B-PER,O\nruns,O,O\n",
        {},
        ": found tags in 2 columns, expected one of them: 1 'gold' (PER 1), 2 'pred' (O only)",
    ),
    "texts": (
        "text,label\nAda runs,PER\nBob walks,LOC\n",
        {},
        ": found texts of several words in column 0, expected a token in each row",
    ),
    "header only": ("token,tag\n", {}, ": expected rows of a token and its tag, found no row"),
    "no table": (
        "Ada\n",
        {"format": "csv"},
        ": expected a table of a token and its tag per row, divided by commas",
    ),
    "column": (
        "token,tag\nAda,O\n",
        {"tag_column": "ner"},
        ": --tag-column: expected a column from 0 to 1, or -1 for the last, or one of 'token', "
        "'tag', got ner",
    ),
    "one sentence to group": (
        "token,tag\nAda,O\nruns,B-X\n",
        {"group": 10},
        ": --group 10: expected another number in a column of sentences, or an empty row,",
    ),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_csv_refuses_malformed_tables(tmp_path, case):
    text, options, message = MALFORMED[case]
    path = write(tmp_path, text)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        open_source(path, **options)
    assert str(error.value).startswith(f"{path}{message}")


def test_csv_masks_rows_without_a_tag(tmp_path):
    path = write(tmp_path, "token,tag\nAda,B-PER\nruns,\n")
    (sentence,) = CsvTable(path, missing_tag="mask")
    assert sentence[:3] == (["Ada", "runs"], [(0, 1, "PER")], [1])


WORDS = st.text(st.characters(codec="utf8", exclude_characters="\0\r\n"), min_size=1, max_size=6)


@st.composite
def sentences(draw) -> Sentence:
    words = draw(st.lists(WORDS.filter(lambda word: not word.isspace()), min_size=1, max_size=6))
    cuts = sorted(draw(st.sets(st.integers(0, len(words)), max_size=4)))
    types = st.none() | st.sampled_from(["PER", "creative-work"])
    ents = [(one, two, label) for one, two in pairwise(cuts) if (label := draw(types)) is not None]
    return Sentence(words, ents, [])


@given(corpus=st.lists(sentences(), min_size=1, max_size=4), delimiter=st.sampled_from(",;|"))
def test_csv_reads_back_what_was_written(tmp_path_factory, corpus, delimiter):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerow(["Sentence #", "Word", "Tag"])
    for number, one in enumerate(corpus):
        for i, row in enumerate(
            zip(one.words, encode(one.ents, len(one.words), "BIO"), strict=True)
        ):
            writer.writerow(["" if i else f"Sentence: {number}", *row])
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_text(stream.getvalue(), encoding="utf8", newline="")
    if any(" " in word.strip() for one in corpus for word in one.words):
        return  # texts of several words may be refused
    assert list(open_source(path, scheme="BIO")) == corpus


@pytest.mark.parametrize("header", ["sentence,label", "tokens,ner_tags", "text,tags"])
def test_sentences_with_all_their_tags_are_no_tokens(tmp_path, header):
    path = tmp_path / "a.csv"
    path.write_text(f"{header}\nEmma left,B-PER O\nLima,B-LOC\n")
    with pytest.raises(ValueError, match="found several tags in one, 'B-PER O', expected one"):
        open_source(path)
