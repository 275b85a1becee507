"""Entities by their numbers, as NameTag writes them."""

import pytest

from adaptive_spacy.data.readers.entity_ids import read_ids
from adaptive_spacy.data.readers.formats import open_source
from tests.data.readers.opened import Read, put, read, refuse

WORDS = ["Ada", "Lovelace", "met", "Ulm", "Bonn"]
IDS = ["PER_1", "PER_1", "O", "LOC_2", "LOC_3"]
ENTS = [("Ada Lovelace", "PER"), ("Ulm", "LOC"), ("Bonn", "LOC")]


def write_conllu(ids: list[str]) -> str:
    rows = [
        "\t".join((str(i), word, *"_______", "_" if one == "O" else f"NE={one}")) + "\n"
        for i, (word, one) in enumerate(zip(WORDS, ids, strict=True), 1)
    ]
    return "".join(rows)


def write_rows(ids: list[str]) -> str:
    return "".join(f"{word}\t{one}\n" for word, one in zip(WORDS, ids, strict=True))


@pytest.mark.parametrize("write", [write_conllu, write_rows])
def test_ids_are_read_as_entities(tmp_path, write):
    again = write(IDS) + "\n" + write(["LOC_1", "O", "O", "O", "O"])
    found = [*read(tmp_path, write(IDS)), *read(tmp_path, again)]
    text = " ".join(WORDS)
    assert found == [Read(text, ENTS, []), Read(text, ENTS, []), Read(text, [("Ada", "LOC")], [])]
    source = open_source(put(tmp_path, write(IDS)))
    assert "(numbers of entities)" in source.describe()


@pytest.mark.parametrize(
    ("ids", "problem"),
    [
        (["P_1-ps_2", "P_1", "O", "O", "O"], ":1: found tag 'P_1-ps_2', expected O, B-TYPE or I-"),
        (["PER_1", "O", "PER_1", "O", "O"], ":3: found tag 'PER_1', expected O, B-TYPE or I-TYPE"),
    ],
)
def test_nested_and_divided_entities_are_refused(tmp_path, ids, problem):
    assert problem in refuse(tmp_path, write_conllu(ids))


@pytest.mark.parametrize(
    "ids",
    [
        ["GROUP_1", "O", "GROUP_1", "O", "GROUP_2"],
        ["GROUP_2", "O", "GROUP_1", "O", "O"],
        ["GROUP_1", "O", "O", "O", "O"],
    ],
)
def test_types_that_end_in_numbers_stay_types(tmp_path, ids):
    (found,) = read(tmp_path, write_rows(ids), scheme="auto")
    assert [label for _, label in found.ents] == [one for one in ids if one != "O"]


def test_whoever_insists_on_bare_types_gets_them(tmp_path):
    (found,) = read(tmp_path, write_rows(IDS), scheme="bare")
    assert [label for _, label in found.ents] == ["PER_1", "LOC_2", "LOC_3"]


def test_places_without_a_tag_stay_such():
    assert read_ids(["\tuntagged", "creative_work_12", "O"]) == [
        "\tuntagged",
        "B-creative_work",
        "O",
    ]
