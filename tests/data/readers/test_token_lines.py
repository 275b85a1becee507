"""A sentence per line, tokens with their tags behind a mark."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.formats import find_format, open_source
from adaptive_spacy.data.readers.token_lines import MARKS
from adaptive_spacy.data.schemes import encode
from adaptive_spacy.data.source import Sentence

TWO = [(["Ada", "runs"], [(0, 1, "PER")]), (["Ulm"], [(0, 1, "LOC")])]


def write(folder: Path, text: str) -> Path:
    path = folder / "a.iob"
    path.write_text(text, encoding="utf8")
    return path


LINES = {
    "spaCy": "Ada|B-PER runs|O\nUlm|B-LOC\n",
    "spaCy, part of speech": "Ada|NNP|B-PER runs|VBZ|O\nUlm|NNP|B-LOC\n",
    "Stanford": "Ada/PER runs/O\nUlm/LOC\n",
    "underscores": "Ada_B-PER runs_O\nUlm_B-LOC\n",
    "OpenNMT": "Ada\uffe8B-PER runs\uffe8O\nUlm\uffe8B-LOC\n",
    "hashes": "Ada##B-PER runs##O\nUlm##B-LOC\n",
    "blank lines between": "Ada|B-PER runs|O\n\nUlm|B-LOC\n\n",
    "a token per line": "Ada|B-PER\nruns|O\n\nUlm|B-LOC\n",
    "documents": "-DOCSTART- -X- O O\n\nAda|B-PER runs|O\n-DOCSTART-\nUlm|B-LOC\n",
    "other spelling": "Ada|PER_B runs|O\nUlm|LOC_B\n",
    "no line end": "Ada|B-PER  runs|O \nUlm|B-LOC",
}


@pytest.mark.parametrize("case", LINES)
def test_lines_read_two_sentences(tmp_path, case):
    path = write(tmp_path, LINES[case])
    assert find_format(path) == "lines"
    for format in ("auto", "lines"):
        source = open_source(path, format=format)
        assert [sentence[:2] for sentence in source] == TWO
        assert ", tag column " in source.describe()
        assert ", token column 0" in source.describe()


def test_lines_of_words_with_small_letters_for_types_are_read(tmp_path):
    text = "李雷/nr 在/o 人民日报社/nt 工作/o\n王芳/nr 去/o 上海/ns 找/o 李雷/nr\n"
    text += "上海/ns 市/o 新华社/nt\n"
    source = open_source(write(tmp_path, text), lang="zh")
    assert "'o' is outside" in source.describe()
    assert [[label for *_, label in one.ents] for one in source] == [
        ["nr", "nt"],
        ["nr", "ns", "nr"],
        ["ns", "nt"],
    ]
    assert [one.text for one in source][:1] == ["李雷在人民日报社工作"]


def test_lines_keep_marks_of_tokens(tmp_path):
    path = write(tmp_path, "1/2/O Ulm/LOC //O a/b/c/O\nx/O\n")
    assert [one.words for one in open_source(path)] == [["1/2", "Ulm", "/", "a/b/c"], ["x"]]


def test_lines_divide_documents(tmp_path):
    path = write(tmp_path, LINES["documents"])
    assert [one.words for one in open_source(path, group="documents")] == [["Ada", "runs"], ["Ulm"]]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("Ada|B-PER runs|O\nUlm x|O" + " y|O" * 40, {}, ":2: found 'Ulm' of 1 parts divided by |"),
        ("Ada|B-PER runs|\n", {}, ":1: found 'runs' without a tag, expected one"),
        ("Ada|B-PER |O\n", {}, ":1: found no token before 'O', expected one"),
        ("Ada|B-PER runs|I-LOC\n", {}, ":1: found 'I-LOC' after 'B-PER'"),
        ("Ada|B-PER|B-X runs|O|O\n", {}, ": found tags in 2 columns, expected one of them"),
        ("Ada runs\n", {"format": "lines"}, ": expected tokens that end in a mark and a tag"),
        ("", {"format": "lines"}, ": expected tokens that end in a mark and a tag"),
    ],
)
def test_lines_refuse_malformed_files(tmp_path, text, options, message):
    path = write(tmp_path, text)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        open_source(path, **options)
    assert str(error.value).startswith(f"{path}{message}")


@pytest.mark.parametrize("text", ["12/05 13/06\n", "a/b c/d\n", "http://x/y http://x/z\n", "- -\n"])
def test_other_words_with_marks_are_no_lines(tmp_path, text):
    assert find_format(write(tmp_path, text)) == "conll"


WORDS = st.sampled_from(["Ada", "1/2", "|", "x_y", "längden", "\u00a0", "O", "#", "人"])


@st.composite
def sentences(draw) -> Sentence:
    words = draw(st.lists(WORDS, min_size=1, max_size=6))
    cuts = sorted(draw(st.sets(st.integers(0, len(words)), max_size=4)))
    ents = [(one, two, "PER") for one, two in pairwise(cuts) if draw(st.booleans())]
    return Sentence(words, ents, [])


@pytest.mark.parametrize("mark", MARKS)
@given(corpus=st.lists(sentences(), min_size=1, max_size=4))
def test_lines_read_back_what_was_written(tmp_path_factory, mark, corpus):
    # two tokens at least in some line, or lines are tokens; and no mark that comes before
    corpus = [Sentence(["so", "it"], [(0, 1, "PER")], []), *corpus]
    text = "".join(
        " ".join(
            f"{word}{mark}{tag}"
            for word, tag in zip(one.words, encode(one.ents, len(one.words), "BIO"), strict=True)
        )
        + "\n"
        for one in corpus
    )
    path = tmp_path_factory.mktemp("lines") / "a.txt"
    path.write_text(text, encoding="utf8")
    assert list(open_source(path, format="lines")) == corpus
