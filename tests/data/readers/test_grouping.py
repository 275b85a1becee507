import pytest

from adaptive_spacy.data.readers.conll import ConllFile
from adaptive_spacy.data.readers.grouping import parse_group
from adaptive_spacy.data.source import Sentence
from tests.conftest import corpus_file

DOCUMENTS = (
    "a B-X\nb I-X\n\nc O\n\n-DOCSTART- O\n\n-DOCSTART- O\n\nd O\n-DOCSTART- O\ne O\n\nf B-X\n\ng\n"
)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (
            "documents",
            [
                Sentence(["a", "b", "c"], [(0, 2, "X")], [], None, [0, 2]),
                Sentence(["d"], [], [], None, [0]),
                Sentence(["e", "f", "g"], [(1, 2, "X")], [2], None, [0, 1, 2]),
            ],
        ),
        (
            2,
            [
                Sentence(["a", "b", "c"], [(0, 2, "X")], [], None, [0, 2]),
                Sentence(["d"], [], [], None, [0]),
                Sentence(["e", "f"], [(1, 2, "X")], [], None, [0, 1]),
                Sentence(["g"], [], [0], None, [0]),
            ],
        ),
    ],
)
def test_conll_joins_sentences_and_keeps_where_they_start(tmp_path, group, expected):
    path = tmp_path / "file.conll"
    path.write_text(DOCUMENTS)
    for value in (group, str(group)):
        file = ConllFile(path, group=value, missing_tag="mask")
        assert list(file) == expected
    size = "" if group == "documents" else " of 2 sentences"
    assert file.describe() == (
        f"CoNLL, scheme BIO (detected), tag column 1 (detected), token column 0, documents{size}"
    )


def test_conll_joins_no_sentence_of_another_document():
    path = corpus_file("wikigold/wikigold.conll.txt")
    documents = list(ConllFile(path, group="documents"))
    assert len(documents) == 145
    assert sum(len(one.sent_starts or ()) for one in documents) == 1696
    assert sum(len(one.ents) for one in documents) == 3558


@pytest.mark.parametrize("group", ["0", "-1", "words", "1.5", ""])
def test_parse_group_refuses_what_is_none(group: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        parse_group(group)
    assert str(error.value) == (
        f"--group: expected sentences, documents or a number of sentences, got {group!r}"
    )
