"""Text of data, as it may be shown."""

import pytest

from adaptive_spacy.printable import listed, one_line, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 💥\n\ttext", "plain é 💥\n\ttext"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\u202eb\u200bc", "a\\u202eb\\u200bc"),
        ("half \ud800", "half \\ud800"),
        ("tag \U000e0041", "tag \\U000e0041"),
        # the joiners of emoji and of Indic scripts
        ("👩\u200d👧 क्\u200cष", "👩\u200d👧 क्\u200cष"),
    ],
)
def test_what_is_not_seen_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_one_line_is_one_line() -> None:
    assert one_line("a\n b\r\tc\x0bd\x07") == "a b c d\\x07"


def test_long_lists_are_cut_and_counted() -> None:
    names = [f"n{i}" for i in range(22)]
    assert listed(names[:20]) == ", ".join(names[:20])
    assert listed(names) == ", ".join(names[:20]) + " and 2 more"
    assert listed(names, 1) == "n0 and 21 more"
