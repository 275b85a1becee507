"""CoNLL that is written: each scheme, and what no scheme can hold."""

import pytest

from adaptive_spacy.data.export import export
from adaptive_spacy.data.source import Sentence
from tests.data.writers.stored import ADA, PARIS, store


@pytest.mark.parametrize(
    ("scheme", "tags"),
    [
        ("BIO", "B-PER I-PER O B-LOC"),
        ("IOB1", "I-PER I-PER O I-LOC"),
        ("BILOU", "B-PER L-PER O U-LOC"),
        ("bioes", "B-PER E-PER O S-LOC"),
        ("bare", "PER PER O LOC"),
    ],
)
def test_export_writes_conll_in_each_scheme(tmp_path, scheme, tags):
    export(store(tmp_path, ADA, PARIS), tmp_path / "out.conll", scheme=scheme)
    a, b, c, d = tags.split()
    assert (tmp_path / "out.conll").read_text() == (
        f"Ada\t{a}\nLovelace\t{b}\nsings\t{c}\n\nParis\t{d}\n"
    )


def test_export_writes_documents_and_missing_tags(tmp_path):
    document = Sentence(["Ada", "sings", "in", "Paris"], [(0, 1, "PER")], [3], None, [0, 2])
    exported = export(store(tmp_path, document, PARIS), tmp_path / "out.conll")
    assert (tmp_path / "out.conll").read_text() == (
        "-DOCSTART-\tO\n\nAda\tB-PER\nsings\tO\n\nin\tO\nParis\n\n-DOCSTART-\tO\n\nParis\tB-LOC\n"
    )
    assert exported.notes() == [
        "Tokens without annotation: 1, written without a tag; --missing-tag mask reads them back",
        "--group documents reads the documents back",
    ]


@pytest.mark.parametrize(
    ("sentence", "scheme", "problem"),
    [
        (
            Sentence(["a", "\n"], [], []),
            "BIO",
            "found the token '\\n', which CoNLL cannot hold; JSONL can",
        ),
        (Sentence([" "], [], []), "BIO", "found the token ' ', which CoNLL cannot hold; JSONL can"),
        (
            Sentence(["a\tb"], [], []),
            "BIO",
            "found the token 'a\\tb', which CoNLL cannot hold; JSONL can",
        ),
        (
            Sentence(["-DOCSTART-"], [], []),
            "BIO",
            "found the token '-DOCSTART-', which CoNLL cannot hold; JSONL can",
        ),
        (
            Sentence(["# a = b"], [], []),
            "BIO",
            "found the token '# a = b', which CoNLL cannot hold; JSONL can",
        ),
        (
            Sentence(["New York"], [], [0]),
            "BIO",
            "found the token 'New York' without annotation, which CoNLL cannot hold; JSONL can",
        ),
        (Sentence([], [], []), "BIO", "found no token, expected some"),
        (
            Sentence(["a"], [(0, 1, "(x)")], []),
            "BIO",
            "found the type '(x)', which no tag of BIO can hold",
        ),
        (
            Sentence(["a"], [(0, 1, "O")], []),
            "bare",
            "found the type 'O', which no tag of bare can hold",
        ),
        (
            Sentence(["a", "b"], [(0, 1, "X"), (1, 2, "X")], []),
            "IO",
            "found neighbours of one type, which the scheme would join; --scheme BIO keeps them "
            "apart",
        ),
        (
            Sentence(["a", "b", "c"], [(0, 2, "X")], [], None, [0, 1]),
            "BIO",
            "found an entity across a sentence boundary, which CoNLL cannot hold; JSONL can",
        ),
    ],
)
def test_export_refuses_what_conll_cannot_hold(tmp_path, sentence, scheme, problem):
    path = store(tmp_path, PARIS, sentence)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        export(path, tmp_path / "out.conll", scheme=scheme)
    assert str(error.value) == f"{path}: doc 2: {problem}"
    assert [found.name for found in tmp_path.iterdir()] == ["in.spacy"]
    export(path, tmp_path / "out.jsonl")
