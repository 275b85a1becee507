"""Text of data, as it may be shown."""

from pathlib import Path

import pytest

from adaptive_spacy.printable import called, listed, one_line, visible


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


def test_current_folder_and_the_one_above_are_called_by_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    assert [called(Path(one)).name for one in (".", "..", "../b", "x/y")] == ["b", "a", "b", "y"]
    assert called(Path("x/y")) == Path("x/y")
