"""Which columns hold token and tag: told by what they hold, and refused where several may."""

from pathlib import Path

import pytest

from adaptive_spacy.data.readers.column_choice import find_column, find_language, is_header
from adaptive_spacy.data.readers.column_kinds import Kind, find_kind, is_index
from adaptive_spacy.data.readers.formats import open_source
from adaptive_spacy.data.source import Source


def read(folder: Path, text: str, **options: object) -> Source:
    path = folder / "file.conll"
    path.write_text(text, encoding="utf8")
    return open_source(path, **options)


#: text, the columns that are named
SEVERAL = {
    "nested": ("1\tUni\tB-ORG\tO\n2\tUlm\tI-ORG\tB-LOC\n", {2: "ORG 2", 3: "LOC 1"}),
    "empty layers": ("Ulm\tB-LOC\tO\tO\n", {1: "LOC 1", 2: "O only", 3: "O only"}),
    "HIPE": ("Ada\tB-pers\tO\tNoSpaceAfter\n,\tO\tO\t_\n", {1: "pers 1", 2: "O only"}),
    "gold and predicted": ("Ada B-PER B-PER\nruns O B-X\n", {1: "PER 1", 2: "PER 1, X 1"}),
    "coarse and fine": ("Ada PER B-PER\nruns O O\n", {1: "PER 1", 2: "PER 1"}),
    "another scheme": ("Ada U-PER B-PER\nruns O O\n", {1: "PER 1", 2: "PER 1"}),
    "other spellings": ("Ada PER_B b-per\nruns O o\n", {1: "PER 1", 2: "per 1"}),
    "brackets": ("Ada (PER) B-PER\nruns * O\n", {1: "PER 1", 2: "PER 1"}),
    "three": (
        "Ada\tada\tB-a\tB-b\tB-c\nruns\trun\tO\tO\tO\n",
        {2: "a 1", 3: "b 1", 4: "c 1"},
    ),
}


@pytest.mark.parametrize("case", SEVERAL)
def test_columns_of_tags_are_refused_with_types_and_counts(tmp_path, case):
    text, found = SEVERAL[case]
    with pytest.raises(ValueError) as error:  # noqa: PT011
        read(tmp_path, text)
    message = str(error.value)
    assert message.startswith(f"{tmp_path / 'file.conll'}: found tags in {len(found)} columns")
    for column, types in found.items():
        assert f"{column} ({types})" in message
        assert f"--tag-column {column}" in message
        # what the message says is right
        for given in (column, str(column)):
            source = read(tmp_path, text, tag_column=given)
            assert f"tag column {column}, token column" in source.describe()
            assert len(list(source)) == 1


#: text, token, tag: alone of several columns it holds entities
ONE = {
    "chunks": ("EU NNP B-NP B-ORG\nrejects VBZ B-VP O\n", 0, 3),
    "chunks behind": ("EU B-ORG NNP B-NP\nrejects O VBZ I-VP\n", 0, 1),
    "chunks and types": ("EU NNP B-NP ORG\nrejects VBZ B-VP O\n", 0, 3),
    "German chunks": ("EU NN I-NC I-ORG\nlehnt VV I-VC O\n", 0, 3),
    "part of speech": ("EU NNP B-ORG\nrejects VBZ O\n", 0, 1 + 1),
    "part of speech behind": ("EU B-ORG NNP\nrejects O VBZ\n", 0, 1),
    "filled": ("EU -X- _ B-ORG\nrejects -X- _ O\n", 0, 3),
    "confidence": ("EU B-ORG 0.9\nrejects O 0.5\n", 0, 1),
    "links": ("EU\tB-ORG\tQ458\nrejects\tO\t_\n", 0, 1),
    "links to nothing": ("EU\tB-ORG\tNIL\nrejects\tO\t_\n", 0, 1),
    "flags": ("EU\tB-ORG\tNoSpaceAfter\nrejects\tO\t_\n", 0, 1),
    "flags of lines": ("EU\tB-ORG\tNoSpaceAfter|EndOfLine\nrejects\tO\tEndOfLine\n", 0, 1),
    "tag first": ("B-ACTOR\tada\n", 1, 0),
    "tag first, O": ("O\tshow\nB-ACTOR\tada\nI-ACTOR\tlovelace\n", 1, 0),
    "tag first, scheme": ("U-x Ulm\nO in\n", 1, 0),
    "tag first, spelling": ("PER_B ada\nO runs\n", 1, 0),
    "tag first of three": ("B-x ada NN\nO runs VB\n", 1, 0),
    "index from 0": ("0\tAda\tB-PER\n1\truns\tO\n", 1, 2),
    "index from 1": ("1\tAda\tB-PER\n2\truns\tO\n\n1\tBob\tO\n", 1, 2),
    "index that runs on": ("1\tAda\tB-PER\n2\truns\tO\n\n3\tBob\tB-PER\n4\truns\tO\n", 1, 2),
    "index from elsewhere": ("87 Ada B-PER\n88 runs O\n\n89 Bob B-PER\n90 runs O\n", 1, 2),
    "sentence and word": ("1\t1\tAda\tB-PER\n1\t2\truns\tO\n\n2\t1\tBob\tB-PER\n", 2, 3),
    "named sentence and word": ("s1\t0\tAda\tB-PER\ns1\t1\truns\tO\n", 2, 3),
    "document and word": ("bc/a 0 Ada B-PER\nbc/a 1 runs O\n\nbc/b 0 Bob B-PER\n", 2, 3),
    "named index": ("1-1\tAda\tB-PER\n1-2\truns\tO\n\n2-1\tBob\tB-PER\n", 1, 2),
    "lettered index": ("T1\tAda\tB-PER\nT2\truns\tO\n", 1, 2),
    "offsets": ("0 3 Ada B-PER\n4 8 runs O\n9 12 Bob B-PER\n13 14 . O\n", 2, 3),
    "range first": ("1-2\tdel\tO\n1\tde\tO\n2\tel\tO\n3\tRio\tB-LOC\n", 1, 2),
    "empty node": ("1\tAda\tB-PER\n1.1\tx\tO\n2\truns\tO\n", 1, 2),
    "numbers are tokens": ("2019 CD O\n2020 CD O\n", 0, 2),
    "numbered tokens": ("w1 NN B-X\nw2 VB O\n", 0, 2),
}


@pytest.mark.parametrize("case", ONE)
def test_columns_are_told_by_what_they_hold_and_named(tmp_path, case):
    text, token, tag = ONE[case]
    source = read(tmp_path, text)
    assert (source.layout.token, source.layout.tag) == (token, tag)  # type: ignore[attr-defined]
    assert f"tag column {tag} (detected), token column {token}" in source.describe()
    assert ", scheme " in source.describe()


def test_few_numbers_that_go_on_over_sentences_are_no_tokens(tmp_path):
    source = read(tmp_path, "5\tAda\tB-PER\n6\truns\tO\n\n7\tUlm\tB-LOC\n")
    assert [sentence.words for sentence in source] == [["Ada", "runs"], ["Ulm"]]


def test_ranges_and_empty_nodes_are_no_tokens(tmp_path):
    text = "1-2\tdel\tO\n1\tde\tO\n2\tel\tO\n2.1\tx\tB-X\n3\tRio\tB-LOC\n\n1\tUlm\tB-LOC\n"
    source = read(tmp_path, text)
    assert [sentence[:2] for sentence in source] == [
        (["de", "el", "Rio"], [(2, 3, "LOC")]),
        (["Ulm"], [(0, 1, "LOC")]),
    ]
    assert "fused tokens read as their words: 1" in source.describe()


def test_columns_of_capitals_before_or_behind_tags_are_refused(tmp_path):
    text = "B-PER\tADA\nO\tRUNS\n"
    with pytest.raises(ValueError, match="either of which may be the token"):
        read(tmp_path, text)
    (sentence,) = read(tmp_path, text, token_column=1, tag_column=0)
    assert sentence[:2] == (["ADA", "RUNS"], [(0, 1, "PER")])
    (sentence,) = read(tmp_path, text, token_column=0, tag_column=1, scheme="bare")
    assert sentence.words == ["B-PER", "O"]


def test_chunks_alone_are_taken_for_entities_only_when_told(tmp_path):
    text = "EU NNP B-NP\nrejects VBZ B-VP\n"
    with pytest.raises(ValueError, match=r"phrases of a chunker in column 2 \(NP 1, VP 1\)"):
        read(tmp_path, text)
    (sentence,) = read(tmp_path, text, tag_column=2)
    assert sentence.ents == [(0, 1, "NP"), (1, 2, "VP")]


def test_texts_are_no_tokens(tmp_path):
    with pytest.raises(ValueError, match="texts of several words in column 0"):
        read(tmp_path, "Ada runs\tPER\nin Ulm\tO\n")


NUMBERED = [
    # first and last character, and numbers that go down
    ("0\t4\tEmma\tB-PER\n5\t9\tleft\tO\n10\t14\tLima\tB-LOC\n", 0, 2),
    ("3\tEmma\tB-PER\n2\tleft\tO\n1\tLima\tB-LOC\n", 0, 1),
]


@pytest.mark.parametrize(("text", "numbers", "words"), NUMBERED)
def test_numbers_beside_words_are_no_tokens_unasked(tmp_path, text, numbers, words):
    with pytest.raises(ValueError, match=f"found a number in each row of column {numbers}") as info:
        read(tmp_path, text)
    assert f"--token-column {words} takes the words" in str(info.value)
    (sentence,) = read(tmp_path, text, token_column=words)
    assert sentence.words[:3] == ["Emma", "left", "Lima"]
    (sentence,) = read(tmp_path, text, token_column=numbers)
    assert sentence.words[0] == text.split("\t")[0]


@pytest.mark.parametrize("mark", ["{}.", "({})", "{})", "{}:", "[{}]", "#{}"])
def test_index_may_have_a_mark(tmp_path, mark):
    one, two = mark.format(1), mark.format(2)
    source = read(tmp_path, f"{one}\tEmma\tB-PER\n{two}\tleft\tO\n\n{one}\tLima\tB-LOC\n")
    assert [sentence.words for sentence in source] == [["Emma", "left"], ["Lima"]]


def test_layer_without_an_entity_is_no_token(tmp_path):
    text = "O\tEmma\tB-PER\nO\tleft\tO\n"
    with pytest.raises(ValueError, match=r"found tags in column 0 \(O only\)"):
        read(tmp_path, text)
    (sentence,) = read(tmp_path, text, token_column=1, tag_column=2)
    assert sentence.words == ["Emma", "left"]


# --- headers and names -----------------------------------------------------------------------

HEADERS = [
    "word\tlabel",
    "TOKEN\tNE-COARSE-LIT",
    "Word\tTag",
    "tokens\tner_tags",
    "text\tentity",
    "FORM\tNER",
    "token\tBIO",
]


@pytest.mark.parametrize("types", ["B-PER", "PER"])
@pytest.mark.parametrize("header", HEADERS)
def test_header_is_recognised_and_named(tmp_path, header, types):
    assert is_header(header.split("\t"))
    source = read(tmp_path, f"{header}\nAda\t{types}\nruns\tO\n")
    assert [sentence[:2] for sentence in source] == [(["Ada", "runs"], [(0, 1, "PER")])]
    token, tag = header.split("\t")
    assert f"tag column 1 '{tag}' (detected), token column 0 '{token}', a header" in (
        source.describe()
    )


def test_header_of_unknown_names_is_refused(tmp_path):
    for types in ("B-PER", "PER"):
        with pytest.raises(ValueError, match=r":1: found (the )?tag 'etiquette'"):
            read(tmp_path, f"mot\tetiquette\nAda\t{types}\nruns\tO\n")


def test_columns_are_given_by_name(tmp_path):
    text = "TOKEN\tNE-FINE\tNE-COARSE\nAda\tB-pers.ind\tB-pers\nruns\tO\tO\n"
    with pytest.raises(ValueError, match=r"1 'NE-FINE' \(pers.ind 1\), 2 'NE-COARSE' \(pers 1\)"):
        read(tmp_path, text)
    for name in ("NE-COARSE", "ne-coarse", "2", "-1"):
        (sentence,) = read(tmp_path, text, tag_column=name)
        assert sentence.ents == [(0, 1, "pers")]
    assert find_column("--tag-column", "ner", 3, ["word", "NER", "x"]) == 1
    with pytest.raises(ValueError) as error:  # noqa: PT011
        read(tmp_path, text, tag_column="NE")
    assert str(error.value) == (
        f"{tmp_path / 'file.conll'}: --tag-column: expected a column from 0 to 2, or -1 for the "
        "last, or one of 'TOKEN', 'NE-FINE', 'NE-COARSE', got NE"
    )


# --- languages -------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["en:", "zh-min-nan:", "simple:", "als:", "be-x-old:"])
def test_language_is_taken_off_each_token_and_said(tmp_path, prefix):
    text = f"{prefix}Ada\tB-PER\n{prefix}:\tO\n\n{prefix}e:f\tO\n"
    source = read(tmp_path, text)
    assert [sentence.words for sentence in source] == [["Ada", ":"], ["e:f"]]
    assert f"{prefix!r} taken off each token" in source.describe()


def test_space_behind_a_language_is_taken_off_too(tmp_path):
    (sentence,) = read(tmp_path, "en: Emma\tB-PER\nen: left\tO\n")
    assert sentence.words == ["Emma", "left"]


def test_language_that_a_token_lacks_is_a_problem(tmp_path):
    with pytest.raises(ValueError, match=r":2: found 'runs', expected en: before it"):
        read(tmp_path, "en:Ada\tB-PER\nruns\tO\n")


def test_places_in_words_are_taken_off_each_token_and_said(tmp_path):
    text = "小0\tB-PER\n明1\tI-PER\n，0\tO\n10\tO\n"
    source = read(tmp_path, text)
    (sentence,) = source
    assert sentence[:2] == (["小", "明", "，", "1"], [(0, 2, "PER")])
    assert ", a place in its word taken off each token" in source.describe()
    with pytest.raises(ValueError, match=r":1001: found '明', expected a digit behind it"):
        read(tmp_path, "小0\tB-PER\n" * 1000 + "明\tO\n")
    assert read(tmp_path, "H2\tO\nO2\tB-GAS\n").layout.has_places is False


@pytest.mark.parametrize("tokens", [["http://x", "Ada"], [":)", "x"], ["En:a"], ["en:"], []])
def test_language_is_none_of_other_tokens(tokens):
    assert find_language([*tokens, "b"]) == ""


# --- kinds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ("O B-PER", Kind.TAGS),
        ("O B-NP B-VP", Kind.CHUNKS),
        ("O O", Kind.OUTSIDE),
        ("O PER LOC O", Kind.BARE),
        ("N V O ^", Kind.OTHER),
        ("* (PER* *)", Kind.BRACKETS),
        ("* (ARG0* *)", Kind.OTHER),
        ("_ SpaceAfter=No", Kind.NO_SPACE),
        ("_ _", Kind.EMPTY),
        ("_ Q12", Kind.OTHER),
        ("B I O", Kind.TAGS),
        ("O Q12 Q13 O", Kind.OTHER),
        ("(NP* *) (VP*)", Kind.CHUNKS),
        ("(S* *) (SBAR*)", Kind.CHUNKS),
        # coreference
        ("(139) -", Kind.OTHER),
        ("(139 139) - (7)|(8)", Kind.OTHER),
        ("(e7-person) _", Kind.OTHER),
        ("(person-7) * (place-8* *)", Kind.OTHER),
        ("o nt o ns nt ns", Kind.BARE),
        ("v n v ns ns", Kind.OTHER),
    ],
)
def test_kind_of_a_column(values, kind):
    from collections import Counter

    assert find_kind(Counter(values.split())) is kind


@pytest.mark.parametrize("numbers", ["5 2", "1 3", "a b", "1 x", "10 9"])
def test_other_numbers_are_no_index(numbers):
    assert not is_index([[number, "x", "O"] for number in numbers.split()], 0)
