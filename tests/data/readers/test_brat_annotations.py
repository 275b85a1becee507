"""Lines of brat's annotations: what is read, what is refused and in which words."""

import pytest

from adaptive_spacy.data.readers.brat import BratFolder
from tests.data.readers.brat_folders import ANN, ENTS, read_error, write


def test_brat_passes_over_lines_of_white_space(tmp_path):
    folder = BratFolder(write(tmp_path, ann=f" \n{ANN}\t\n\n   \n"))
    assert [one.ents for one in folder] == [ENTS]


def test_brat_counts_annotations_of_other_kinds(tmp_path):
    other = (
        "*\tEquiv T1 T2\nR1\tIn Arg1:T1 Arg2:T2\nE1\tLive:T1 Where:T2\nA1\tNegation E1\n"
        "M1\tNegation E1\nN1\tReference T2 Wikipedia:1\tNew York\n#1\tAnnotatorNotes T1\ta note\n\n"
    )
    folder = BratFolder(write(tmp_path, ann=other + ANN))
    assert [one.ents for one in folder] == [ENTS]
    assert folder.describe() == (
        "brat standoff, 1 text; annotations not read: attributes 2, events 1, normalizations 1, "
        "notes 1, relations 2"
    )


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("counted_as", [1, 2])
def test_brat_reads_offsets_after_windows_line_ends_as_either_version_counts(
    tmp_path, line_end, counted_as
):
    at = 3 + counted_as
    ann = f"T1\tPER 0 3\tAda{line_end}T2\tPER {at} {at + 3}\tBen{line_end}"
    (sentence,) = BratFolder(write(tmp_path, text="Ada\r\nBen\r\n", ann=ann))
    assert [sentence.words[start] for start, _, _ in sentence.ents] == ["Ada", "Ben"]
    assert ("\r" in sentence.text) == (counted_as == 2)


def test_brat_joins_parts_on_both_sides_of_a_line_end(tmp_path):
    ann = "T1\tLOC 3 6;7 11\tNew York\n"
    (sentence,) = BratFolder(write(tmp_path, text="in New\nYork", ann=ann))
    assert [sentence.words[start:end] for start, end, _ in sentence.ents] == [["New", "\n", "York"]]


def test_brat_takes_a_discontinuous_entity_as_a_whole_when_told(tmp_path):
    ann = "T1\tX 0 3;10 12;17 21\tAda in York\nT2\tY 10 12\tin\n"
    folder = BratFolder(write(tmp_path, ann=ann), repair=True)
    assert [one.ents for one in folder] == [[(0, 5, "X")]]
    assert folder.repairs == {
        "discontinuous entities taken as a whole": 1,
        "overlapping entities dropped, the longest kept": 1,
    }


def test_brat_takes_parts_out_of_order_as_a_whole_when_told(tmp_path):
    # as in eHealth-KD 2020
    ann = "T1\tConcept 7 9;10 16;0 6\tde pulmón cáncer\n"
    folder = BratFolder(write(tmp_path, text="cáncer de pulmón mata", ann=ann), repair=True)
    assert [one.ents for one in folder] == [[(0, 3, "Concept")]]
    assert folder.repairs == {"discontinuous entities taken as a whole": 1}


def test_brat_mends_offsets_when_told(tmp_path):
    ann = "T1\tPER 0 2\tAd\nT2\tPER 0 4\tAda \n"
    folder = BratFolder(write(tmp_path, ann=ann), repair=True)
    assert [one.ents for one in folder] == [[(0, 1, "PER")]]
    assert folder.repairs == {
        "entities widened to whole tokens": 1,
        "white space at the edge of an entity trimmed": 1,
        "entities that occur twice dropped": 1,
    }


#: lines that are wrong after a good one, and why
BAD_LINES = {
    "spaces for tabs": (
        "T2 PER 0 3 Ada",
        "found 'T2 PER 0 3 Ada', expected an ID, the type with its offsets, and the text, with "
        r"tabs between them, e.g. 'T1\tPER 0 3\tAda'",
    ),
    "no text": (
        "T2\tPER 0 3",
        "found 'T2\\tPER 0 3', expected an ID, the type with its offsets, and the text, with tabs "
        r"between them, e.g. 'T1\tPER 0 3\tAda'",
    ),
    "no type": (
        "T2\t0 3\tAda",
        "found 'T2\\t0 3\\tAda', expected an ID, the type with its offsets, and the text, with "
        r"tabs between them, e.g. 'T1\tPER 0 3\tAda'",
    ),
    "offset is no number": (
        "T2\tPER 0 x\tAda",
        "found 'T2\\tPER 0 x\\tAda', expected an ID, the type with its offsets, and the text, with "
        r"tabs between them, e.g. 'T1\tPER 0 3\tAda'",
    ),
    "unknown kind": (
        "X1\tPER 0 3\tAda",
        "found 'X1\\tPER 0 3\\tAda', expected an ID, the type with its offsets, and the text, with "
        r"tabs between them, e.g. 'T1\tPER 0 3\tAda'",
    ),
    "NUL in the type": (
        "T3\tL\0C 17 21\tYork",
        "found 'T3\\tL\\x00C 17 21\\tYork', expected an ID, the type with its offsets, and the "
        r"text, with tabs between them, e.g. 'T1\tPER 0 3\tAda'",
    ),
    "ID again": ("T1\tLOC 17 21\tYork", "found the ID 'T1' again, expected another"),
    "other text": (
        "T2\tLOC 13 21\tNew Jork",
        "found 'New Jork' as the text of an entity from 13 to 21 (LOC), which is 'New York'",
    ),
    "past the end": (
        "T2\tLOC 13 40\tNew York",
        "found an entity from 13 to 40 (LOC), expected offsets up to 22, the length of the text",
    ),
    "negative": (
        "T2\tLOC -3 3\tAda",
        "found an entity from -3 to 3 (LOC), expected offsets from 0",
    ),
    "reversed": (
        "T2\tLOC 21 13\tNew York",
        "found an entity from 21 to 13 (LOC), expected its end after its start",
    ),
    "misaligned": (
        "T2\tLOC 13 20\tNew Yor",
        "found 'New Yor' (13 to 20, LOC), which ends inside the token 'York' (17 to 21), expected "
        "whole tokens; --repair widens it to these",
    ),
    "overlap": (
        "T2\tLOC 0 9\tAda lives",
        "found 'Ada' (0 to 3, PER) and 'Ada lives' (0 to 9, LOC), which overlap, expected one of "
        "them; --repair keeps the longest",
    ),
    "discontinuous": (
        "T2\tLOC 4 9;13 16\tlives New",
        "found 'lives New', a discontinuous entity from 4 to 9, 13 to 16 (LOC), expected one part; "
        "--repair takes 'lives in New'",
    ),
    "parts out of order": (
        "T2\tLOC 13 16;4 9\tNew lives",
        "found 'New lives', an entity with parts out of order from 13 to 16, 4 to 9 (LOC), "
        "expected one part; --repair takes 'lives in New'",
    ),
    "other text of parts": (
        "T2\tLOC 4 9;13 16\tlives York",
        "found 'lives York' as the text of an entity from 4 to 9, 13 to 16 (LOC), which is "
        "'lives New'",
    ),
    "part past the end": (
        "T2\tLOC 4 9;13 99\tlives New",
        "found an entity from 13 to 99 (LOC), expected offsets up to 22, the length of the text",
    ),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_brat_says_what_is_wrong_with_a_line(tmp_path, name):
    line, message = BAD_LINES[name]
    write(tmp_path, ann=f"T1\tPER 0 3\tAda\n\n{line}\n")
    assert read_error(tmp_path) == f"{tmp_path / 'a.ann'}:3: {message}"
