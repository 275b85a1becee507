"""JSON values from a stream: the same as from the whole text, and never read far ahead."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.readers import json_values
from adaptive_spacy.data.readers.json_values import JsonFile, NotJson, Scanner, find_layout
from adaptive_spacy.data.readers.text import Counted

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def scan(text: str, *, is_list: bool, chunk: int) -> list:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_values, "CHUNK_CHARS", chunk)
        return list(Scanner(io.StringIO(text)).values(is_list=is_list))


@given(
    values=st.lists(VALUES, max_size=4),
    chunk=st.integers(1, 40),
    indent=st.none() | st.integers(0, 2),
    ascii=st.booleans(),
)
def test_scanner_gives_the_items_of_a_list_whatever_the_chunks(values, chunk, indent, ascii):
    text = json.dumps(values, indent=indent, ensure_ascii=ascii)
    assert scan(text, is_list=True, chunk=chunk) == values


@given(values=st.lists(VALUES, max_size=4), chunk=st.integers(1, 40))
def test_scanner_gives_values_that_follow_one_another(values, chunk):
    text = "\n".join(json.dumps(value, indent=1) for value in values)
    assert scan(text, is_list=False, chunk=chunk) == values


@given(values=st.lists(VALUES, max_size=4), chunk=st.integers(1, 40), data=st.data())
def test_scanner_gives_what_comes_before_a_cut_and_then_says_so(values, chunk, data):
    text = json.dumps(values)
    cut = data.draw(st.integers(1, len(text) - 1))
    *items, last = scan(text[:cut], is_list=True, chunk=chunk)
    assert isinstance(last, NotJson)
    # a number that was cut is a number
    assert items[:-1] == values[: max(0, len(items) - 1)]


@pytest.mark.parametrize(
    ("head", "layout"),
    [
        ('{"text": "Ada"}\n{"text": "Ben"}\n', "lines"),
        ('  {"text": "Ada"}\n', "lines"),
        ('{"text": "Ada"}', "lines"),
        ('{"text": "Ada', "lines"),
        ('{"text": "Ada", }\n{', "lines"),
        ('["Ada", {}]\n["Ben", {}]\n', "lines"),
        ('{\n "text": "Ada"\n}', "values"),
        ('{"text":\n "Ada"}', "values"),
        ('{"a": 1, "text": {\n}}', "values"),
        ("[]", "list"),
        ('[\n["Ada", {}]]', "list"),
        ("[{}]", "list"),
        ("", "lines"),
        ("Ada B-PER", "lines"),
    ],
)
def test_layout_is_told_from_the_beginning(head, layout):
    assert find_layout(head) == layout


@pytest.mark.parametrize("is_list", [True, False])
def test_json_file_is_not_read_ahead(tmp_path: Path, monkeypatch, is_list):
    record = json.dumps({"text": "x" * 1000})
    path = tmp_path / "file.json"
    lines = f"[{','.join([record] * 5000)}]" if is_list else f"{record}\n" * 5000
    path.write_text(lines, encoding="utf-8")
    read = 0
    read1 = Counted.read1

    def count(self: Counted, size: int = -1) -> bytes:
        nonlocal read
        data = read1(self, size)
        read += len(data)
        return data

    monkeypatch.setattr(Counted, "read1", count)
    records = JsonFile(path).records()
    for wanted in (1, 100, 1000, 5000):
        while next(records)[0] < wanted:
            pass
        assert read <= (wanted + 1) * (len(record) + 1) + 3 * json_values.CHUNK_CHARS
    assert read >= len(lines)
