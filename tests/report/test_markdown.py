"""Texts of data in Markdown."""

import pytest

from adaptive_spacy.report.markdown import plain, table


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a_b 1-2", "a_b 1-2"),
        ("<script>&", "&lt;script&gt;&amp;"),
        ("a | b\nc", "a \\| b c"),
        ("[x](http://y) [z]", "[x\\](http://y) [z]"),
        ("`code` *bold* $1$ ~2~", "\\`code\\` \\*bold\\* \\$1\\$ \\~2\\~"),
    ],
)
def test_texts_are_shown_as_they_are(text: str, written: str) -> None:
    assert plain(text) == written


def test_a_table_has_a_line_per_row_whatever_is_in_it() -> None:
    assert table(["a", "b"], [["1|2", "x\ny"]]).splitlines() == [
        "| a | b |",
        "| --- | --- |",
        "| 1\\|2 | x y |",
    ]
