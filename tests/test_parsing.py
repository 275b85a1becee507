"""Files of others: bounds, and the place of each fault."""

import re
import time
from pathlib import Path

import pytest

from adaptive_spacy.parsing import (
    MOST_NESTED,
    parse_yaml,
    read_json,
    read_object,
    read_objects,
    read_yaml,
    reading,
)

BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
)
MERGED = "a0: &a0 {x: 1, y: 2}\n" + "".join(
    f"a{i}: &a{i} {{k{i}: 1, <<: [{','.join([f'*a{i - 1}'] * 9)}]}}\n" for i in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BOMB, "more than 100,000 values, aliases counted"),
        (MERGED, "more than 100,000 values, aliases counted"),
        ("a: &a [*a]", "the alias *a has no complete value before it"),
        ("a: *b", "the alias *b has no complete value before it"),
        ("[" * 5000 + "]" * 5000, f"nested more than {MOST_NESTED} deep"),
        ("a: [", "while parsing"),
        ("a: 1\na: 2", "found duplicate key"),
        ("!!python/object:os.system x", "could not determine a constructor"),
    ],
)
def test_yaml_is_bounded(text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_text(text)
    started = time.perf_counter()
    message = f"x.yml: expected a grid, but .*{re.escape(reason)}"
    with pytest.raises(ValueError, match=message):
        read_yaml(path, "a grid")
    assert time.perf_counter() - started < 5


def test_yaml_may_have_aliases() -> None:
    text = "base: &base {rate: 1}\nother: {<<: *base, size: 2}\nmore: [*base, *base]"
    assert parse_yaml(text) == {
        "base": {"rate": 1},
        "other": {"rate": 1, "size": 2},
        "more": [{"rate": 1}, {"rate": 1}],
    }


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "Expecting value"),
        (b'{"a": ', "Expecting value"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b"9" * 5_000, "4300"),
        (b'{"a": "\xff"}', "byte 7 is no UTF-8"),
    ],
)
def test_json_is_refused_with_its_place(data: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=f"x.json: expected JSON, but .*{reason}"):
        read_json(path)


def test_object_is_not_a_list_or_a_folder(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[]")
    with pytest.raises(ValueError, match="expected a JSON object, found a list"):
        read_object(tmp_path / "x.json")
    with pytest.raises(ValueError, match="expected a JSON object, found a folder"):
        read_object(tmp_path)
    with pytest.raises(ValueError, match="expected a JSON object, found no such file"):
        read_object(tmp_path / "y.json")
    (tmp_path / "x.json").write_text('\ufeff{"a": 1}')
    assert read_object(tmp_path / "x.json") == {"a": 1}
    # two that were joined, as by `cat`
    (tmp_path / "x.jsonl").write_text('\ufeff{"a": 1}\n{"a": 2}\n\ufeff{"a": 3}\n')
    assert read_objects(tmp_path / "x.jsonl") == [{"a": 1}, {"a": 2}, {"a": 3}]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (KeyError("x"), "KeyError: 'x'"),
        (ValueError("too\nlong"), "too long"),
        (RecursionError(), "it is nested too deeply"),
        (Exception("odd"), "Exception: odd"),
    ],
)
def test_reading_names_what_cannot_be_read(error: Exception, reason: str) -> None:
    message = f"^x: expected a model; {reason}$"
    with pytest.raises(ValueError, match=message), reading("x", "a model"):
        raise error
    with pytest.raises(OSError, match="gone"), reading("x", "a model"):
        raise FileNotFoundError("gone")
