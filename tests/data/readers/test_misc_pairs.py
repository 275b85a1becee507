"""Pairs of key and value in a column of any file of rows."""

import pytest

from tests.data.readers.opened import Read, read, refuse

PAIRS = "Ada\tname=B-PER|SpaceAfter=No\n.\tname=O\n\nUlm\tname=B-LOC\n"


@pytest.mark.parametrize(
    ("content", "spaced"),
    [
        (PAIRS, True),
        (PAIRS.replace("\tname", "\tX\tname"), True),
        (PAIRS.replace("|SpaceAfter=No", ""), False),
        (PAIRS.replace("name=", "NE="), True),
        ("word\tner\n" + PAIRS, True),
        ("Ada\tNE=B-PER|SpaceAfter=No\n.\t_\n\nUlm\tNE=B-LOC\n", True),
        ("Ada\tA=1|NE=B-PER|SpaceAfter=No\n.\tA=2\n\nUlm\tA=3|NE=B-LOC\n", True),
    ],
)
def test_pairs_of_any_file_are_read(tmp_path, content, spaced):
    text = "Ada." if spaced else "Ada ."
    found = read(tmp_path, content)
    assert found == [Read(text, [("Ada", "PER")], []), Read("Ulm", [("Ulm", "LOC")], [])]


def test_key_may_be_given(tmp_path):
    content = "Ada\ta=B-PER|b=O\nruns\ta=O|b=B-ACT\n"
    assert (
        "found entity tags in a (PER 1), b (ACT 1), expected one of them; --tag-column a or "
        in (refuse(tmp_path, content))
    )
    assert read(tmp_path, content, tag_column="b") == [Read("Ada runs", [("runs", "ACT")], [])]
    assert "expected a column from 0 to 1" in refuse(tmp_path, content, tag_column="c")


def test_tags_in_a_column_and_under_a_key_are_refused(tmp_path):
    content = "Ada\tB-PER\tNE=O\nUlm\tO\tNE=B-LOC\n"
    message = refuse(tmp_path, content)
    assert "found entity tags in NE (LOC 1), 1 (PER 1), expected one of them" in message
    assert read(tmp_path, content, tag_column="NE") == [Read("Ada Ulm", [("Ulm", "LOC")], [])]
    assert read(tmp_path, content, tag_column="1") == [Read("Ada Ulm", [("Ada", "PER")], [])]


@pytest.mark.parametrize("values", [("A=1", "A=2"), ("Gender=Fem|Number=Sing", "Number=Plur")])
def test_other_pairs_are_no_tags(tmp_path, values):
    rows = [f"Ada\t{values[0]}\tB-PER\n", f"runs\t{values[1]}\tO\n"]
    assert read(tmp_path, "".join(rows)) == [Read("Ada runs", [("Ada", "PER")], [])]


def test_row_without_the_key_has_no_tag_where_others_say_o(tmp_path):
    content = "Ada\tNE=B-PER\nruns\tNE=O\nnow\tx=1\n"
    assert ":3: found 'now' without a tag, expected one" in refuse(tmp_path, content)
    (found,) = read(tmp_path, content, missing_tag="mask")
    assert found.missing == [2]
