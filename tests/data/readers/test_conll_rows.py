from pathlib import Path

import pytest

from adaptive_spacy.data.readers.conll import ConllFile
from adaptive_spacy.data.source import Sentence


def read(folder: Path, text: str) -> list[Sentence]:
    path = folder / "file.conll"
    path.write_bytes(text.encode())
    return list(ConllFile(path))


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
