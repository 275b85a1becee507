"""brat's files as the shared tasks of BioNLP divide them: .a1 and .a2."""

import pytest

from adaptive_spacy.data.readers.formats import find_format, open_source
from tests.data.readers.opened import show

TEXT = "Ada sings in Paris"
A1 = "T1\tPER 0 3\tAda\n"
A2 = "T2\tSing 4 9\tsings\nT3\tLOC 13 18\tParis\nE1\tSing:T2 Theme:T1\n*\tEquiv T1 T3\n"


def write(folder, **files):
    for ending, content in {"txt": TEXT, **files}.items():
        (folder / f"a.{ending}").write_text(content)
    return folder


def test_entities_of_both_files_are_read_and_triggers_are_not(tmp_path):
    folder = write(tmp_path, a1=A1, a2=A2)
    assert find_format(folder) == "brat"
    source = open_source(folder)
    assert [show(one).ents for one in source] == [[("Ada", "PER"), ("Paris", "LOC")]]
    assert source.describe() == (
        "brat standoff, 1 text; annotations not read: event triggers 1, events 1, relations 1"
    )


def test_the_second_file_may_lack(tmp_path):
    source = open_source(write(tmp_path, a1=A1))
    assert [show(one).ents for one in source] == [[("Ada", "PER")]]


def test_one_ann_file_stands_for_both(tmp_path):
    source = open_source(write(tmp_path, ann="T1\tX 0 3\tAda\n", a1=A1, a2=A2))
    assert [show(one).ents for one in source] == [[("Ada", "X")]]


@pytest.mark.parametrize(("ending", "line"), [("a1", 2), ("a2", 5)])
def test_problems_name_their_file(tmp_path, ending, line):
    files = {"a1": A1, "a2": A2}
    files[ending] += "T9\tX 0 2\tXX\n"
    with pytest.raises(ValueError) as error:  # noqa: PT011
        open_source(write(tmp_path, **files))
    assert str(error.value) == (
        f"{tmp_path}/a.{ending}:{line}: found 'XX' as the text of an entity from 0 to 2 (X), which "
        "is 'Ad'"
    )
