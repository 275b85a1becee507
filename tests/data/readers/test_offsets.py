"""How offsets count: what the quoted text shows is said, and following it reads the file."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers.offsets import CONVENTIONS, CharSpan, to_characters
from tests.data.readers.opened import read, refuse
from tests.tiers import examples

TEXTS = ["Zoë 🎉 met Ada in Åre.", "🎉🎉 Ada sings", "é Ada", "中文 Ada 中文", "Ada"]


def count(text: str, convention: str) -> tuple[int, int]:
    """RETURNS (tuple[int, int]): Where "Ada" is in a text."""
    start = text.index("Ada")
    if convention in ("utf-16", "bytes"):
        codec, unit = ("utf-8", 1) if convention == "bytes" else ("utf-16-le", 2)
        start, end = (len(text[:at].encode(codec)) // unit for at in (start, start + 3))
        return start, end
    return {"inclusive": (start, start + 2), "from-1": (start + 1, start + 3)}.get(
        convention, (start, start + 3)
    )


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("key", ["text", "word", "value", "surface", "mention"])
def test_offsets_that_count_otherwise_are_refused_with_the_way_to_read_them(
    tmp_path, text, convention, key
):
    start, end = count(text, convention)
    record = {"text": text, "entities": [{"start": start, "end": end, "label": "PER", key: "Ada"}]}
    expected = [("Ada", "PER")]
    if (start, end) != count(text, "exclusive"):
        message = refuse(tmp_path, record)
        hinted = re.findall(r"--offsets ([\w-]+)", message)
        assert convention in hinted
        for one in hinted:
            assert [found.ents for found in read(tmp_path, record, offsets=one)] == [expected]
    assert [found.ents for found in read(tmp_path, record, offsets=convention)] == [expected]


@pytest.mark.parametrize("raw", [[0, 2, "PER", "Ada"], ["Ada", 0, 2, "PER"]])
def test_lists_with_their_text_are_compared(tmp_path, raw):
    record = {"text": "Ada sings", "entities": [raw]}
    assert "(--offsets inclusive)" in refuse(tmp_path, record)
    assert read(tmp_path, record, offsets="inclusive")[0].ents == [("Ada", "PER")]


def test_another_text_has_no_hint(tmp_path):
    spans = [{"start": 0, "end": 3, "label": "PER", "text": "Ben"}]
    message = refuse(tmp_path, {"text": "Ada sings", "entities": spans})
    assert message == (":1: found 'Ben' as the text of an entity from 0 to 3 (PER), which is 'Ada'")


def test_an_offset_inside_of_a_character_is_refused(tmp_path):
    record = {"text": "🎉 Ada", "entities": [[1, 3, "PER"]]}
    for offsets in ("bytes", "utf-16"):
        assert "inside of a character" in refuse(tmp_path, record, offsets=offsets)


def test_unknown_convention_is_refused(tmp_path):
    assert refuse(tmp_path, {"text": "a", "entities": []}, offsets="words") == (
        f"--offsets: expected one of {', '.join(CONVENTIONS)}, got 'words'"
    )


@examples(100)
@given(text=st.text(min_size=1, max_size=20), data=st.data())
def test_conventions_undo_what_they_say(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    expected = CharSpan(start, end, "X")
    assert to_characters(text, expected._replace(end=end - 1), "inclusive") == expected
    assert to_characters(text, expected._replace(start=start + 1), "from-1") == expected
    for name, codec, unit in (("bytes", "utf-8", 1), ("utf-16", "utf-16-le", 2)):
        at = [len(text[:one].encode(codec, "surrogatepass")) // unit for one in (start, end)]
        assert to_characters(text, CharSpan(*at, "X"), name) == expected
