from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import srsly

from adaptive_spacy.transformer import packing
from adaptive_spacy.transformer.packing import Streamed, pack, replace_file

BYTES = b"a" * 70_000 + b"bc"


def write_large(file) -> None:
    file.write(BYTES[:70_000])
    file.write(BYTES[70_000:])


LARGE = Streamed(write_large)


def packed(message: Any) -> bytes:
    file = BytesIO()
    pack(message, file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"x": 1, "y": [None, "é"]}, {"x": 1, "y": [None, "é"]}),
        (LARGE, BYTES),
        ({"x": LARGE, "y": {"z": 2.5}}, {"x": BYTES, "y": {"z": 2.5}}),
        ({"x": [[], [LARGE, 1]]}, {"x": [[], [BYTES, 1]]}),
        ([{"a": Streamed(lambda file: None)}], [{"a": b""}]),
    ],
)
def test_packed_messages_are_read_back(message, expected) -> None:
    assert srsly.msgpack_loads(packed(message)) == expected


def test_streamed_in_streamed() -> None:
    outer = srsly.msgpack_loads(packed({"y": Streamed(lambda file: pack({"x": LARGE}, file))}))
    assert srsly.msgpack_loads(outer["y"]) == {"x": BYTES}


def test_pack_begins_where_the_file_stands() -> None:
    file = BytesIO(b"before")
    file.seek(6)
    pack([LARGE], file)
    assert file.getvalue() == b"before" + packed([LARGE])


def test_large_parts_lie_in_small_containers() -> None:
    with pytest.raises(ValueError, match="fewer than 16 items around large parts, got 16"):
        packed([LARGE] * 16)


def test_a_part_is_as_long_as_its_length_can_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "LIMIT", 70_001)
    with pytest.raises(ValueError, match="at most 70001 bytes in a part of a message, got 70002"):
        packed(LARGE)


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "model"
    assert replace_file(path, lambda file: file.write(b"one")) is None
    assert path.read_bytes() == b"one"
    with replace_file(path, lambda file: file.write(b"two")) as former:
        assert former.read() == b"one"
    assert path.read_bytes() == b"two"

    def fail(file) -> None:
        file.write(b"half")
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        replace_file(path, fail)
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]
