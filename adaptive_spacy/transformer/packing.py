"""Messages with large parts, written without being copied.

thinc packs a model's weights into a message that is packed into a message, which costs more than
writing them. Here the parts stay where they are, and the file is the same.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import srsly

Buffer = bytes | memoryview


@dataclass(frozen=True)
class Parts:
    """Bytes in several pieces, one after the other."""

    pieces: list[Buffer]

    def __len__(self) -> int:
        return sum(map(len, self.pieces))


def pack(message: Any) -> Iterator[Buffer]:
    """Pack a message as msgpack does.

    message (Any): What `srsly.msgpack_dumps` takes; dicts and lists of fewer than 16 items may also
        hold `Parts`, at any depth, which are read back as bytes.
    YIELDS (Buffer): The packed message, piece by piece.
    """
    if isinstance(message, Parts):
        # "bin 32" of the msgpack specification: the length in four bytes, big-endian
        yield b"\xc6" + struct.pack(">I", len(message))
        yield from message.pieces
    elif not _holds_parts(message):
        yield srsly.msgpack_dumps(message)
    elif isinstance(message, dict):
        yield bytes([0x80 | _few(message)])  # "fixmap"
        for key, value in message.items():
            yield srsly.msgpack_dumps(key)
            yield from pack(value)
    else:
        yield bytes([0x90 | _few(message)])  # "fixarray"
        for value in message:
            yield from pack(value)


def _holds_parts(message: Any) -> bool:
    if isinstance(message, dict):
        return any(map(_holds_parts, message.values()))
    if isinstance(message, list | tuple):
        return any(map(_holds_parts, message))
    return isinstance(message, Parts)


def _few(items: Any) -> int:
    if len(items) > 15:
        raise ValueError(f"expected fewer than 16 items around large parts, got {len(items)}")
    return len(items)
