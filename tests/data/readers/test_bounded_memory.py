"""However long a file is, what is in memory of it is bounded where a format has a line, or a row of
lines, for each sentence."""

import gc
import tracemalloc
from pathlib import Path

import pytest

from adaptive_spacy.data.export import export
from adaptive_spacy.data.readers import conll_rows, line_chunks, token_lines
from adaptive_spacy.data.readers.formats import open_source
from adaptive_spacy.data.source import Sentence
from tests.data.writers.stored import store
from tests.tiers import sliced

LINES = (
    *("conll", "conllu", "conll-2012", "csv", "lines", "webanno", "jsonl", "csv-records"),
    *("pubtator", "opennlp", "inline-tags", "links"),
)
NAMES = ["Ada", "Ben", "Cleo", "Ray", "Ulm", "York", "Lund", "Turku"]


def peak(folder: Path, format: str, sentences: int) -> int:
    """RETURNS (int): The most bytes that a file takes while its sentences are read and not kept."""
    folder.mkdir()
    # few different rows: those that come again are kept, up to a number
    words = [[NAMES[i % 8], "number", str(i % 5), "."] for i in range(sentences)]
    corpus = [Sentence(one, [(0, 1, "PER")], []) for one in words]
    path = folder / "file"
    export(store(folder, *corpus), path, format=format)
    gc.collect()
    tracemalloc.start()
    try:
        found = sum(1 for _ in open_source(path, format=format))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == sentences
    return most


@pytest.mark.parametrize("format", sliced(("conll",), LINES))
def test_memory_does_not_grow_with_the_file(
    format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # what is read at a time, and how much of it is kept: small files show whether more is
    monkeypatch.setattr(line_chunks, "CHUNK_CHARS", 2048)
    monkeypatch.setattr(conll_rows, "KNOWN_ROWS", 200)
    monkeypatch.setattr(token_lines, "SNIFFED_LINES", 50)
    # modules and caches
    peak(tmp_path / "warm", format, 100)
    few, many = peak(tmp_path / "few", format, 2100), peak(tmp_path / "many", format, 3300)
    # 1,200 sentences more are 30 kB of text at the least, and ten times that as Python's strings
    assert many - few < 60_000, (few, many)
