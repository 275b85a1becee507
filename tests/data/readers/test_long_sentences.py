"""Sentences without an end: refused where they grow too long to hold, or cut as they are read."""

import tracemalloc
from pathlib import Path

import pytest

from adaptive_spacy.data.readers import (
    conll,
    line_chunks,
    long_sentences,
    numbered_file,
    pubtator,
)
from adaptive_spacy.data.readers.formats import open_source

ROWS = "Ada\tB-PER\nLovelace\tI-PER\nsings\tO\nnow\tO\n"
CSV = "token,ner_tag\n" + ROWS.replace("\t", ",") * 30


@pytest.fixture(autouse=True)
def _small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_sentences, "MOST_TOKENS", 100)
    monkeypatch.setattr(long_sentences, "CUT_AT", 20)
    monkeypatch.setattr(line_chunks, "CHUNK_CHARS", 200)
    monkeypatch.setattr(numbered_file, "LOOKED_AT", 10)
    monkeypatch.setattr(pubtator, "MOST_LINES", 10)


def put(folder: Path, text: str) -> Path:
    (folder / "file").write_text(text)
    return folder / "file"


@pytest.mark.parametrize(
    ("text", "format"),
    [
        (ROWS * 30, "conll"),
        (CSV, "csv"),
        (" ".join(["Ada|B-PER sings|O now|O"] * 40), "lines"),
    ],
)
def test_sentence_without_an_end_is_refused_with_its_line(tmp_path, text, format):
    path = put(tmp_path, text)
    with pytest.raises(ValueError, match=r"file:\d+: found more than 100 tokens and no end") as one:
        open_source(path, format=format)
    assert str(one.value).endswith("expected one; --sentences 100 cuts it")
    # and the hint is right to follow
    found = list(open_source(path, format=format, sentences=8))
    assert max(len(sentence.words) for sentence in found) <= 8
    assert sum(len(sentence.words) for sentence in found) == 120
    assert sum(len(sentence.ents) for sentence in found) == (40 if format == "lines" else 30)
    assert {label for sentence in found for *_, label in sentence.ents} == {"PER"}


def test_cut_does_not_hold_the_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(line_chunks, "CHUNK_CHARS", 2_000)
    path = put(tmp_path, "".join(f"word{i}\tO\nAda\tB-PER\nsings\tO\nx\tO\n" for i in range(5_000)))
    source = open_source(path, format="conll", sentences=10)
    held = []
    tracemalloc.start()
    for number, _ in enumerate(source):
        if number % 500 == 0:
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert len(held) > 3
    # what grows are the rows that are kept as they come again, not tokens
    assert held[-1] - held[1] < 4_000_000
    assert isinstance(source, conll.ConllFile)
    longest = max(len(rows.tokens) for rows in source._rows.sentences(source._chunks("x"), None))
    assert longest < 1_000


def test_problem_of_a_sentence_that_is_cut_has_its_line(tmp_path):
    lines = (ROWS * 30).splitlines(keepends=True)
    lines[80] = "Ada\tI-LOC\n"
    lines[81] = "runs\tO\n"
    path = put(tmp_path, "".join(lines))
    with pytest.raises(ValueError, match=r"file:81: found 'I-LOC' after 'O'"):
        open_source(path, format="conll", scheme="BIO", sentences=8)


def test_sentence_that_cannot_be_cut_is_refused(tmp_path):
    path = put(tmp_path, "Ada\tB-PER\nruns\tO\n" * 60)
    with pytest.raises(ValueError, match="expected one, or O on two tokens in a row"):
        open_source(path, format="conll", sentences=8)


@pytest.mark.parametrize("group", ["documents", 200])
def test_document_that_is_too_long_is_refused(tmp_path, group):
    short = "-DOCSTART-\tO\n\n" + f"{ROWS}\n" * 20
    assert len(list(open_source(put(tmp_path, short * 3), group=group))) == 3
    path = put(tmp_path, short + "-DOCSTART-\tO\n\n" + f"{ROWS}\n" * 30)
    with pytest.raises(ValueError, match="found more than 100 tokens in document 2, expected less"):
        open_source(path, group=group)
    assert len(list(open_source(path, group=10))) == 5
    assert len(list(open_source(path))) == 50


def test_abstract_without_an_end_is_refused(tmp_path):
    path = put(tmp_path, "1|t|Ada\n" + "1\t0\t3\tAda\tPER\n" * 30)
    with pytest.raises(ValueError, match="file:11: found more than 10 lines of one abstract"):
        open_source(path)
