"""PubTator's abstracts."""

import pytest

from tests.data.readers.opened import Read, read, refuse

GOOD = (
    "1|t|Ada sings\n1|a|In New York.\n1\t0\t3\tAda\tPER\tD1\n1\t13\t21\tNew York\tLOC\tD2\n"
    "1\tCID\tD1\tD2\n\n2|t|Bob\n2|a|\n2\t0\t3\tBob\tPER\n"
)
FOUND = [
    Read("Ada sings\nIn New York.", [("Ada", "PER"), ("New York", "LOC")], []),
    Read("Bob", [("Bob", "PER")], []),
]


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        GOOD.replace("\n\n", "\n"),
        GOOD.replace("\n\n", "\n\n\n \n"),
        GOOD.replace("\tLOC\tD2", "\tLOC\tD2|D3\tNew|York"),
    ],
)
def test_abstracts_are_read(tmp_path, text):
    assert read(tmp_path, text) == FOUND
    assert read(tmp_path, text, format="pubtator") == FOUND


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("1\t0\t3\tAda", "1\t0\t3\tEda", ":1: found 'Eda' as the text of an entity from 0 to 3"),
        ("1\t13\t21", "1\t12\t20", ":1: found 'New York' as the text of an entity from 12 to 20"),
        ("1\tCID\tD1\tD2", "what is this", ":5: found 'what is this', expected ID|t|TITLE"),
        ("2|t|Bob\n2|a|\n", "", ":7: found '2\\t0\\t3\\tBob\\tPER', expected ID|t|TITLE before"),
        ("1\t0\t3\tAda", "1\t0\t99\tAda", "expected offsets up to 22"),
    ],
)
def test_what_is_wrong_is_said_by_line(tmp_path, old, new, message):
    assert message in refuse(tmp_path, GOOD.replace(old, new))
