"""CoNLL-U and CoNLL-U Plus: entities in MISC or a column of their own, ranges, spaces."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.formats import find_format, open_source
from adaptive_spacy.data.schemes import encode
from adaptive_spacy.data.source import Sentence

BLANKS = "\t_" * 7


def write(folder: Path, text: str) -> Path:
    path = folder / "a.conllu"
    path.write_text(text, encoding="utf8")
    return path


def rows(*pairs: tuple[str, str], first: int = 1) -> str:
    """Rows of CoNLL-U: of a token and its MISC."""
    return "".join(
        f"{number}\t{token}{BLANKS}\t{misc}\n" for number, (token, misc) in enumerate(pairs, first)
    )


#: MISC of `Ada`, `Love`, `.`; the last is outside
KEYS = {
    "NE": ("NE=B-PER", "NE=I-PER|SpaceAfter=No", "NE=O"),
    "name": ("name=B-PER", "SpaceAfter=No|name=I-PER", "name=O"),
    "Entity": ("Entity=B-PER", "Entity=I-PER|SpaceAfter=No", "_"),
    "Tag": ("Tag=B-PER", "Tag=I-PER|SpaceAfter=No", "Tag=O"),
    "NER": ("Lang=en|NER=B-PER", "NER=I-PER|SpaceAfter=No", "Lang=en|NER=O"),
    "NamedEntity": ("NamedEntity=B-PER", "NamedEntity=L-PER|SpaceAfter=No", "NamedEntity=O"),
    "X": ("X=B-PER", "X=I-PER|SpaceAfter=No", "Y=b|X=O"),
    "ne": ("ne=PER", "ne=PER|SpaceAfter=No", "_"),
    "Ner": ("Ner=PER_B", "Ner=PER_I|SpaceAfter=No", "Ner=O"),
}


@pytest.mark.parametrize("key", KEYS)
def test_conllu_reads_entities_of_misc(tmp_path, key):
    words = ["Ada", "Love", "."]
    path = write(tmp_path, rows(*zip(words, KEYS[key], strict=True)))
    assert find_format(path) == "conllu"
    for given_key in (None, key):
        source = open_source(path, tag_column=given_key)
        (sentence,) = source
        assert sentence[:4] == (words, [(0, 2, "PER")], [], [True, False, False])
        assert sentence.text == "Ada Love."
        assert f"tag column 9 'MISC' under {key}=" in source.describe()
        assert "token column 1 'FORM'" in source.describe()


def test_conllu_reads_a_column_that_the_file_names(tmp_path):
    text = "# global.columns = ID FORM UPOS NER\n# text = Ada.\n1\tAda\tX\tB-PER\n2\t.\tX\tO\n"
    for given_column in (None, "NER", "ner", 3, "-1"):
        source = open_source(write(tmp_path, text), tag_column=given_column)
        assert [one.text for one in source] == ["Ada."]
        assert [one.ents for one in source] == [[(0, 1, "PER")]]
        assert "tag column 3 'NER'" in source.describe()


@pytest.mark.parametrize("name", ["NE", "UNER:TAG", "ENTITY", "X", "BIO"])
def test_conllu_plus_tells_the_column_by_what_it_holds(tmp_path, name):
    text = f"# global.columns = FORM {name} ID MISC\nAda\tB-PER\t1\tSpaceAfter=No\n.\tO\t2\t_\n"
    (sentence,) = open_source(write(tmp_path, text))
    assert sentence[:4] == (["Ada", "."], [(0, 1, "PER")], [], [False, False])


def test_conllu_reads_tags_that_are_all_of_misc(tmp_path):
    (sentence,) = open_source(write(tmp_path, rows(("Ada", "B-PER"), (".", "O"))))
    assert sentence[:2] == (["Ada", "."], [(0, 1, "PER")])


RANGE = (
    f"1-2\tdon't{BLANKS}\t_\n1\tdo{BLANKS}\tNE=O\n2\tn't{BLANKS}\tNE=O\n"
    f"3\tAda{BLANKS}\tNE=B-PER|SpaceAfter=No\n3.1\tx{BLANKS}\tNE=B-X\n4\t.{BLANKS}\tNE=O\n"
)


@pytest.mark.parametrize("text", ["", "# text = don't Ada.\n", "# text = something else\n"])
def test_conllu_follows_the_rules_of_ranges_and_empty_nodes(tmp_path, text):
    source = open_source(write(tmp_path, text + RANGE))
    (sentence,) = source
    assert sentence.words == ["do", "n't", "Ada", "."]
    assert sentence.ents == [(2, 3, "PER")]
    assert sentence.text == "don't Ada."
    assert "fused tokens read as their words: 1" in source.describe()


def test_conllu_reads_the_space_after_a_range(tmp_path):
    text = (
        f"1-2\tdel{BLANKS}\tSpaceAfter=No\n1\tde{BLANKS}\tNE=O\n2\tel{BLANKS}\tNE=O\n"
        f"3\t){BLANKS}\tNE=O\n"
    )
    (sentence,) = open_source(write(tmp_path, text))
    # words that do not make up the token of the range stand apart
    assert sentence.text == "de el)"


def test_conllu_joins_spaces_of_documents(tmp_path):
    text = rows(("Ada", "NE=B-X|SpaceAfter=No"), (".", "NE=O")) + "\n"
    path = write(tmp_path, text * 3)
    documents = list(open_source(path, group=2))
    assert [one.text for one in documents] == ["Ada. Ada.", "Ada."]
    assert [one.sent_starts for one in documents] == [[0, 2], [0]]
    assert [one.spaces for one in open_source(path, join=" ")] == [None] * 3


NO_TAGS = "found no entity tags, expected them in a column of their own or under a key in MISC"


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (rows(("Ada", "SpaceAfter=No"), (".", "_")), {}, f"{NO_TAGS}, as NE=B-PER; its keys are S"),
        (rows(("Ada", "_"), (".", "_")), {}, f"{NO_TAGS}, as NE=B-PER; its keys are none"),
        # coreference of CorefUD
        (rows(("Ada", "Entity=(e1-person-1"), (".", "Entity=e1)")), {}, NO_TAGS),
        (
            rows(("Ada", "NE=B-PER|Entity=B-X"), (".", "NE=O|Entity=O")),
            {},
            "found entity tags in NE (PER 1), Entity (X 1), expected one of them; --tag-column NE "
            "or --tag-column Entity says which to read",
        ),
        (
            rows(("Ada", "NE=B-PER|A=1"), (".", "NE=O")),
            {"tag_column": "MISC"},
            "found pairs of key and value in column 9 'MISC', expected the key of the tags, one "
            "of A, NE; e.g. --tag-column A",
        ),
    ],
)
def test_conllu_refuses_what_is_no_entity_tag(tmp_path, text, options, message):
    path = write(tmp_path, text)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        open_source(path, **options)
    assert str(error.value).startswith(f"{path}: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            rows(("Ada", "NE=B-PER"), (".", "NE=O"), ("x", "SpaceAfter=No")),
            ":3: found 'x' without a tag, expected one; --missing-tag O",
        ),
        (rows(("Ada", "NE=B-PER"), ("x", "NE=I-X")), ":2: found 'I-X' after 'B-PER'"),
        (rows(("Ada", "NE=B-X")) + "2\tx\ty\n", ":2: found 3 columns at '2', expected 10"),
    ],
)
def test_conllu_names_the_line_of_a_fault(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        open_source(path, format="conllu")
    assert str(error.value).startswith(f"{path}{message}")


WORDS = st.sampled_from(["Ada", "a b", "#", "längden", "\u00a0", "O", "_", "人"])


@st.composite
def sentences(draw) -> Sentence:
    words = draw(st.lists(WORDS, min_size=1, max_size=6))
    spaces = [*(draw(st.booleans()) for _ in words[1:]), False]
    cuts = sorted(draw(st.sets(st.integers(0, len(words)), max_size=4)))
    ents = [(one, two, "PER") for one, two in pairwise(cuts) if draw(st.booleans())]
    return Sentence(words, ents, [], spaces)


@given(corpus=st.lists(sentences(), min_size=1, max_size=4), with_text=st.booleans())
def test_conllu_reads_back_what_was_written(tmp_path_factory, corpus, with_text):
    text = ""
    for one in corpus:
        tags = encode(one.ents, len(one.words), "BIO")
        text += f"# text = {one.text}\n" if with_text else ""
        text += rows(
            *(
                (word, f"NE={tag}" + ("" if space else "|SpaceAfter=No"))
                for word, tag, space in zip(one.words, tags, one.spaces or (), strict=True)
            )
        )
        text += "\n"
    path = tmp_path_factory.mktemp("conllu") / "a.conllu"
    path.write_text(text, encoding="utf8")
    if sum(" " in word for one in corpus for word in one.words) * 2 <= sum(
        len(one.words) for one in corpus
    ):
        assert list(open_source(path)) == corpus


@pytest.mark.parametrize("numbers", ["11-2", "2-1"])
def test_conllu_refuses_a_range_that_goes_down(tmp_path, numbers):
    blanks = "\t_" * 8
    text = f"{numbers}\tdel{blanks}\n" + rows(("Ada", "NE=B-PER|SpaceAfter=No"), (".", "NE=O"))
    with pytest.raises(ValueError, match=rf":1: found the range '{numbers}', expected one that"):
        open_source(write(tmp_path, text))


def test_newdoc_divides_documents_and_the_end_of_a_sentence_may_have_no_space(tmp_path):
    row = "1\t{}\t_\t_\t_\t_\t_\t_\t_\tNE=O{}\n\n"
    first = row.format("a", "|SpaceAfter=No") + row.format("b", "") + row.format("c", "")
    path = tmp_path / "file"
    texts = [f"# text = {word}\n" for word in "abc"]
    lines = first.split("1\t")[1:]
    path.write_text(
        "# newdoc id = 1\n" + texts[0] + f"1\t{lines[0]}" + texts[1] + f"1\t{lines[1]}"
        "# newdoc\n" + texts[2] + f"1\t{lines[2]}"
    )
    found = list(open_source(path, group="documents"))
    assert [(one.text, one.sent_starts) for one in found] == [("ab", [0, 1]), ("c", [0])]
    assert [one.text for one in open_source(path)] == ["a", "b", "c"]
