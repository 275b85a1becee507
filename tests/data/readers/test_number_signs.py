"""Lines that begin with a number sign: no token gets lost, and no comment becomes one."""

import pytest

from tests.data.readers.conll_files import read, refused

#: Of three columns with a prefix, and of two types without one
NOVEL = "Emma\tNNP\tB-PER\nwrote\tVBD\tO\n"
BARE = "Emma\tNNP\tPER\nwrote\tVBD\tO\nLima\tNNP\tLOC\n"
EITHER = (
    "which may be a comment or a row, expected one for certain: a comment as '# key = value' "
    "without tabs, or a row with its tag in column "
)


@pytest.mark.parametrize(
    ("line", "token"),
    [
        ("# 4\tCD\tO\n", "# 4"),
        ("# 4\tCD\tB-MISC\n", "# 4"),
        # no row of the first ones has it
        ("# 4\tCD\tI-RARE\n", "# 4"),
        ("#\tSYM\tO\n", "#"),
        ("# SYM O\n", "#"),
        ("#paris\tNNP\tB-LOC\n", "#paris"),
    ],
)
def test_line_with_a_tag_in_its_place_is_a_row(tmp_path, line, token):
    (sentence,) = read(tmp_path, NOVEL + line, repair=True)
    assert sentence.words == ["Emma", "wrote", token]


@pytest.mark.parametrize(
    "line",
    [
        "# page 4\ten\tdraft\n",
        "# page 4\ten\n",
        "# page 4\ten\tdraft\tx\ty\n",
        "# page 4 of the novel\n",
        "# page 4\n",
        # filled up by a spreadsheet, and a header behind a sign
        "# page 4\t\t\n",
        "# WORD\tPOS\tNER\n",
        "#Word\tPOS\tNER\n",
        "# page = 4\n",
    ],
)
@pytest.mark.parametrize("rows", [NOVEL, BARE])
def test_other_lines_are_comments_and_said_to_be_none_of_the_text(tmp_path, line, rows):
    (sentence,) = read(tmp_path, line + rows)
    assert sentence.words[:2] == ["Emma", "wrote"]
    assert [label for *_, label in sentence.ents][:1] == ["PER"]


AMBIGUOUS = {
    "key and value before tabs": (NOVEL, "# page = 4\tCD\tO\n", {}),
    "a type that is nowhere else": (BARE, "# 4\tCD\tDATE\n", {}),
    "no tag, where rows may lack one": (NOVEL, "# 4\tCD\n", {"missing_tag": "O"}),
    "more columns, a tag behind": (NOVEL, "# 4\tCD\tx\tB-PER\n", {}),
    "a comment that ends in O": ("Emma B-PER\nwrote O\n", "# Blood group O\n", {}),
    "a word in place of a bare type": ("Emma PER\nwrote O\n", "# Poems\n", {}),
    "a word behind a hashtag": ("Emma PER\nwrote O\n", "#poems below\n", {}),
    "one column less": ("Emma NNP B-PER\nwrote VBD O\n", "# Poems\n", {}),
    "two columns, filled up": ("Emma\tB-PER\nwrote\tO\n", "# Poems\t\n", {"missing_tag": "O"}),
}


@pytest.mark.parametrize("case", AMBIGUOUS)
def test_line_that_may_be_either_is_refused_by_its_number(tmp_path, case):
    rows, line, options = AMBIGUOUS[case]
    said, start = refused(tmp_path, (rows + line, options, ":"))
    number = rows.count("\n") + 1
    assert said.startswith(f"{start}{number}: found {line.rstrip(chr(10))!r}, {EITHER}")


def test_rows_that_are_numbered_have_only_comments(tmp_path):
    rows = "1\tEmma\tB-PER\n# 4\tCD\tO\n2\twrote\tO\n"
    assert read(tmp_path, rows)[0].words == ["Emma", "wrote"]
    signed = "#1\tEmma\tB-PER\n# 4\tCD\tO\n#2\twrote\tO\n"
    assert read(tmp_path, signed)[0].words == ["Emma", "wrote"]


def test_scheme_bare_insists_on_words_as_types(tmp_path):
    (sentence,) = read(tmp_path, "#poems below\nEmma PER\nwrote O\n", scheme="bare")
    assert sentence.ents == [(0, 1, "below"), (1, 2, "PER")]
