"""Sentences that only a column of numbers or names divides: never one sentence without a word."""

from pathlib import Path

import pytest

from adaptive_spacy.data.convert import convert
from adaptive_spacy.data.readers.formats import open_source
from tests.data.util import load_docs

ROWS = {
    "names": ("S1\tAda\tPER\nS1\truns\tO\nS2\tUlm\tLOC\nS2\tis\tO\n", "sentence_id\ttoken\ttag\n"),
    "numbers": (
        "1\tAda\tB-PER\n1\truns\tO\n2\tUlm\tB-LOC\n2\tis\tO\n",
        "sentence_id\ttoken\ttag\n",
    ),
    "and words": (
        "1\t1\tAda\tB-PER\n1\t2\truns\tO\n2\t1\tUlm\tB-LOC\n2\t2\tis\tO\n",
        "sentence_id\tword_id\ttoken\ttag\n",
    ),
}


@pytest.mark.parametrize("case", ROWS)
def test_sentences_by_a_column_are_asked_for_and_read_with_the_header(
    case: str, tmp_path: Path
) -> None:
    rows, header = ROWS[case]
    path = tmp_path / "rows.tsv"
    path.write_text(rows, encoding="utf8")
    with pytest.raises(ValueError, match="number or name in column 0 and no blank line") as caught:
        convert([path], tmp_path / "out", lang="en", format="conll")
    assert "sentence_id for that one, token, tag" in str(caught.value)
    # what the line says is right
    path.write_text(header + rows, encoding="utf8")
    convert([path], tmp_path / "out", lang="en")
    docs = load_docs(tmp_path / "out" / "rows.spacy")
    assert [[token.text for token in doc] for doc in docs] == [["Ada", "runs"], ["Ulm", "is"]]
    assert [len(doc.ents) for doc in docs] == [1, 1]


def test_numbers_that_start_again_are_asked_about(tmp_path: Path) -> None:
    rows = ["1\tAda\tB-PER", "2\truns\tO", "1\tUlm\tB-LOC", "2\tis\tO"]
    path = tmp_path / "rows.conll"
    path.write_text("\n".join(rows) + "\n", encoding="utf8")
    with pytest.raises(ValueError, match="column 0 that start again in row 3"):
        convert([path], tmp_path / "out", lang="en")
    path.write_text("\n".join([*rows[:2], "", *rows[2:]]) + "\n", encoding="utf8")
    convert([path], tmp_path / "out", lang="en")
    assert [len(doc) for doc in load_docs(tmp_path / "out" / "rows.spacy")] == [2, 2]


@pytest.mark.parametrize(
    "rows",
    [
        "1\tAda\tB-PER\n2\truns\tO\n",
        "1\tAda\tB-PER\n1.1\tx\tO\n2\truns\tO\n",
        "1-2\tam\tO\n1\tan\tO\n2\tdem\tO\n3\tUlm\tB-LOC\n",
        "7\tAda\tB-PER\n7\truns\tO\n",
    ],
    ids=["words", "empty node", "range", "one sentence"],
)
def test_one_sentence_is_one(rows: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.conll"
    path.write_text(rows, encoding="utf8")
    convert([path], tmp_path / "out", lang="en", format="conll")
    assert len(load_docs(tmp_path / "out" / "rows.spacy")) == 1


@pytest.mark.parametrize("divider", [",", "\t"])
def test_numbers_that_start_again_below_a_header_are_asked_about(
    tmp_path: Path, divider: str
) -> None:
    rows = ("idx,word,tag", "0,Emma,B-PER", "1,left,O", "0,Lima,B-LOC")
    path = tmp_path / "rows"
    path.write_text("\n".join(rows).replace(",", divider) + "\n", encoding="utf8")
    with pytest.raises(ValueError, match="numbers in column 0 that start again in row 3"):
        open_source(path)
    path.write_text("\n".join((*rows[:3], "", rows[3])).replace(",", divider) + "\n")
    assert [one.words for one in open_source(path)] == [["Emma", "left"], ["Lima"]]
    # one number in several rows is that of a document
    documents = ("doc_id,word,tag", "0,Emma,B-PER", "0,left,O", "1,Lima,B-LOC")
    path.write_text("\n".join(documents) + "\n", encoding="utf8")
    assert [one.words for one in open_source(path)] == [["Emma", "left"], ["Lima"]]
