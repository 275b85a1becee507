import pytest
import srsly

from adaptive_spacy.transformer.packing import Parts, pack

LARGE = Parts([b"a" * 70_000, memoryview(b"bc"), b""])
BYTES = b"a" * 70_000 + b"bc"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"x": 1, "y": [None, "é"]}, {"x": 1, "y": [None, "é"]}),
        (LARGE, BYTES),
        ({"x": LARGE, "y": {"z": 2.5}}, {"x": BYTES, "y": {"z": 2.5}}),
        ({"x": [[], [LARGE, 1]]}, {"x": [[], [BYTES, 1]]}),
        ([{"a": Parts([])}], [{"a": b""}]),
    ],
)
def test_packed_messages_are_read_back(message, expected) -> None:
    assert srsly.msgpack_loads(b"".join(pack(message))) == expected


def test_parts_in_parts() -> None:
    inner = Parts(list(pack({"x": LARGE})))
    outer = srsly.msgpack_loads(b"".join(pack({"y": inner})))
    assert srsly.msgpack_loads(outer["y"]) == {"x": BYTES}


def test_large_parts_lie_in_small_containers() -> None:
    with pytest.raises(ValueError, match="fewer than 16 items around large parts, got 16"):
        list(pack([LARGE] * 16))
