"""CoNLL-2012: brackets, documents, a number of columns that changes."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.brackets import read_brackets
from adaptive_spacy.data.readers.formats import find_format, open_source
from adaptive_spacy.data.source import Sentence


def row(token: str, entity: str, *, number: int = 0, roles: str = "") -> str:
    before = f"bc/a/01   0   {number}   {token}  NNP  (TOP(NP*  -  -  -  Speaker#1"
    return f"{before}  {entity}  {roles} -\n"


BEGIN, END = "#begin document (bc/a/01); part 000\n", "\n#end document\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "a.v4_gold_conll"
    path.write_text(text, encoding="utf8")
    return path


def test_conll_2012_reads_entities_and_documents(tmp_path):
    text = (
        BEGIN
        + row("Ada", "(PERSON*", roles="(ARG0*")
        + row("Love", "*)", roles="*)")
        + row("saw", "*", roles="(V*)")
        + row("Ulm", "(GPE)", roles="(ARG1*)")
        + "\n"
        + row("#", "*")
        + END
        + BEGIN
        + row("It", "*")
        + END
    )
    path = write(tmp_path, text)
    assert find_format(path) == "conll-2012"
    source = open_source(path)
    assert [sentence[:2] for sentence in source] == [
        (["Ada", "Love", "saw", "Ulm"], [(0, 2, "PERSON"), (3, 4, "GPE")]),
        (["#"], []),
        (["It"], []),
    ]
    assert "tag column 10 (brackets), token column 3" in source.describe()
    assert [one.sent_starts for one in open_source(path, group="documents")] == [[0, 4], [0]]


def test_brackets_are_read_in_other_files_too(tmp_path):
    path = write(tmp_path, "Ada NNP (PER*\nLove NNP *)\nsaw VBD *\nUlm NNP (LOC*)\n")
    assert find_format(path) == "conll"
    (sentence,) = open_source(path)
    assert sentence.ents == [(0, 2, "PER"), (3, 4, "LOC")]


@pytest.mark.parametrize(
    ("entities", "message"),
    [
        (["(A*", "(B*", "*)"], ":3: found tag '(B*'"),
        (["*", "*)"], ":3: found tag '*)'"),
        (["(A*", "*"], ":3: found the end of the sentence after 'I-A'"),
        (["(A(B*)", "*)"], ":2: found tag '(A(B*)'"),
        (["x", "(A)"], ":2: found tag 'x'"),
    ],
)
def test_conll_2012_names_the_line_of_a_bracket(tmp_path, entities, message):
    path = write(tmp_path, BEGIN + "".join(row("w", entity) for entity in entities) + END)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        open_source(path)
    assert str(error.value).startswith(f"{path}{message}")


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (BEGIN + "a b c\n" + END, {}, ":2: found 3 columns at 'a', expected 12 or more"),
        (BEGIN + END, {}, ": expected rows of tokens with brackets, found no row"),
        (
            BEGIN + row("a", "*") + END,
            {"tag_column": 5},
            ": --tag-column: expected 10, as in all files of CoNLL-2012, got 5",
        ),
    ],
)
def test_conll_2012_refuses_malformed_files(tmp_path, text, options, message):
    path = write(tmp_path, text)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        open_source(path, **options)
    assert str(error.value).startswith(f"{path}{message}")


@st.composite
def sentences(draw) -> Sentence:
    words = draw(st.lists(st.sampled_from(["Ada", "#", "längden", "/."]), min_size=1, max_size=6))
    cuts = sorted(draw(st.sets(st.integers(0, len(words)), max_size=4)))
    ents = [(one, two, "PERSON") for one, two in pairwise(cuts) if draw(st.booleans())]
    return Sentence(words, ents, [])


def encode(sentence: Sentence) -> list[str]:
    tags = ["*"] * len(sentence.words)
    for start, end, label in sentence.ents:
        tags[start] = f"({label}*"
        tags[end - 1] = f"({label})" if end - start == 1 else "*)"
    return tags


@given(corpus=st.lists(sentences(), min_size=1, max_size=4))
def test_conll_2012_reads_back_what_was_written(tmp_path_factory, corpus):
    text = BEGIN
    for one in corpus:
        text += "".join(map(row, one.words, encode(one))) + "\n"
    path = write(tmp_path_factory.mktemp("2012"), text + END)
    assert list(open_source(path)) == corpus


def test_brackets_that_cannot_be_read_stay():
    assert read_brackets(["(A*", "-", "*)", ")", "(B", ")"]) == [
        "B-A",
        "I-A",
        "L-A",
        ")",
        "B-B",
        "L-B",
    ]
