"""How tags are spelled: read as what they mean, and said; what only looks like it is refused."""

from collections import Counter
from pathlib import Path

import pytest

from adaptive_spacy.data.readers.conll import ConllFile
from adaptive_spacy.data.readers.tag_spelling import find_spelling, is_untyped


def read(folder: Path, tags: str, **options: object) -> ConllFile:
    path = folder / "file.conll"
    path.write_text("".join(f"w\t{tag}\n" for tag in tags.split(",")), encoding="utf8")
    return ConllFile(path, **options)


PER = [(0, 2, "PER"), (3, 4, "LOC")]
LOWER = [(0, 2, "per"), (3, 4, "loc")]
#: tags, entities, what is said
SPELLINGS = {
    "B_PER": ("B_PER,I_PER,O,B_LOC", PER, "tags written B_PER"),
    "B:PER": ("B:PER,I:PER,O,B:LOC", PER, "tags written B:PER"),
    "B.PER": ("B.PER,I.PER,O,B.LOC", PER, "tags written B.PER"),
    "B/PER": ("B/PER,I/PER,O,B/LOC", PER, "tags written B/PER"),
    "B PER": ("B PER,I PER,O,B LOC", PER, "tags written B PER"),
    "B|PER": ("B|PER,I|PER,O,B|LOC", PER, "tags written B|PER"),
    "en dash": ("B\u2013PER,I\u2013PER,O,B\u2013LOC", PER, "tags written B\u2013PER"),
    "b-per": ("b-per,i-per,o,b-loc", LOWER, "tags written b-per, 'o' is outside"),
    "b_per": ("b_per,i_per,O,b_loc", LOWER, "tags written b_per"),
    "PER-B": ("PER-B,PER-I,O,LOC-B", PER, "tags written PER-B"),
    "PER_B": ("PER_B,PER_I,O,LOC_B", PER, "tags written PER_B"),
    "PER:B": ("PER:B,PER:I,O,LOC:B", PER, "tags written PER:B"),
    "per-b": ("per-b,per-i,o,loc-b", LOWER, "tags written per-b, 'o' is outside"),
    "BEGIN-PER": ("BEGIN-PER,INSIDE-PER,O,BEGIN-LOC", PER, "tags written BEGIN-PER"),
    "Begin_PER": ("Begin_PER,Inside_PER,Outside,Begin_LOC", PER, "'outside' is outside"),
    "begin-per": ("begin-per,end-per,out,unit-loc", LOWER, "tags written BEGIN-PER"),
    "PER_BEGIN": ("PER_BEGIN,PER_INSIDE,O,LOC_BEGIN", PER, "tags written PER_BEGIN"),
    "other scheme": ("PER-B,PER-E,O,LOC-S", PER, "tags written PER-B"),
    "BMES": ("B_PER,E_PER,O,S_LOC", PER, "scheme BIOES (detected), tags written B_PER"),
    "Other": ("B-PER,I-PER,Other,B-LOC", PER, "'other' is outside"),
    "None": ("B-PER,I-PER,None,B-LOC", PER, "'none' is outside"),
    "NIL": ("B-PER,I-PER,NIL,B-LOC", PER, "'nil' is outside"),
    "OUT": ("B-PER,I-PER,OUT,B-LOC", PER, "'out' is outside"),
    "null": ("B-PER,I-PER,null,B-LOC", PER, "'null' is outside"),
    "o": ("B-PER,I-PER,o,B-LOC", PER, "'o' is outside"),
    "hyphen": ("B-PER,I-PER,-,B-LOC", PER, "'-' is outside"),
    "bare, Other": ("PER,PER,Other,LOC", PER, "scheme bare (detected), 'other' is outside"),
    "bare, NONE": ("PER,PER,NONE,LOC", PER, "scheme bare (detected), 'none' is outside"),
    "type with marks": ("B_a-b,I_a-b,O,B_c_d", [(0, 2, "a-b"), (3, 4, "c_d")], "written B_PER"),
}


@pytest.mark.parametrize("case", SPELLINGS)
def test_spelling_is_read_and_said(tmp_path, case):
    tags, ents, said = SPELLINGS[case]
    file = read(tmp_path, tags)
    assert [sentence.ents for sentence in file] == [ents]
    assert said in file.describe()


@pytest.mark.parametrize(
    ("tags", "letters", "scheme"),
    [
        ("B-X,M-X,E-X,O,S-X", "BMES", "BMES"),
        ("B-X,E-X,S-X", "BES", "BIOES"),
        ("B-X,M-X,E-X,O,W-X", "BMEW", "BMEWO"),
    ],
)
def test_middle_letters_tell_the_scheme(tmp_path, tags, letters, scheme):
    assert {tag[0] for tag in tags.split(",")} - {"O"} == set(letters)
    assert read(tmp_path, tags).tags.scheme == scheme


@pytest.mark.parametrize(
    "tags",
    [
        "first_name,last_name,O,end_date",  # words that begin types
        "unit_price,single_malt,O",
        "e-mail,O",
        "B-PER,I-PER,O",
        "creative-work,O,group",
        "t_cell,O,t_cell",
    ],
)
def test_usual_tags_and_types_are_no_other_spelling(tags):
    assert find_spelling(Counter(tags.split(","))).describe() == ""


def test_usual_tags_keep_types_of_letters(tmp_path):
    assert [s.ents for s in read(tmp_path, "first_name,last_name,O")] == [
        [(0, 1, "first_name"), (1, 2, "last_name")]
    ]


def test_spelling_names_the_tag_that_is_written_otherwise(tmp_path):
    with pytest.raises(ValueError, match=r":20: found tag 'XYZ', expected O, B-TYPE or I-TYPE"):
        read(tmp_path, "B_PER," * 19 + "XYZ")


# --- tags without a type ---------------------------------------------------------------------

UNTYPED = {
    "BIO": ("B,I,O,B", "BIO"),
    "lower": ("b,i,o,b", "BIO"),
    "BIOES": ("B,E,O,S", "BIOES"),
    "BMES": ("B,M,E,O,S", "BMES"),
    "BILOU": ("B,L,O,U", "BILOU"),
    "words": ("BEGIN,INSIDE,OUTSIDE,BEGIN", "BIO"),
}


@pytest.mark.parametrize("case", UNTYPED)
def test_untyped_tags_take_the_type_that_is_given(tmp_path, case):
    tags, scheme = UNTYPED[case]
    with pytest.raises(ValueError, match="without a type, expected tags as B-PER; --type NAME"):
        read(tmp_path, tags)
    file = read(tmp_path, tags, type="GENE")
    last = len(tags.split(","))
    assert [sentence.ents for sentence in file] == [
        [(0, last - 2, "GENE"), (last - 1, last, "GENE")]
    ]
    assert file.tags.scheme == scheme
    assert "type GENE of all tags" in file.describe()


def test_type_of_tags_that_have_one_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r":1: found tag 'B-PER', expected tags without a type"):
        read(tmp_path, "B-PER,O", type="GENE")
    assert [s.ents for s in read(tmp_path, "O,O", type="GENE")] == [[]]


@pytest.mark.parametrize("label", ["", "a\tb", "(x"])
def test_type_must_be_one(tmp_path, label):
    with pytest.raises(ValueError, match="--type: expected a name"):
        read(tmp_path, "B,O", type=label)


def test_letters_are_types_when_told(tmp_path):
    assert [s.ents for s in read(tmp_path, "B,I,O", scheme="bare")] == [[(0, 1, "B"), (1, 2, "I")]]
    assert not is_untyped(Counter(["PER", "O"]))
