"""Messages with large parts, written straight into their file.

thinc packs a model's weights into a message that is packed into a message, and each copy costs as
much as writing them. Here the weights write themselves into the file, whose content is the same.
"""

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

import srsly

from adaptive_spacy.files import replacing

#: Most bytes of a part: msgpack gives its length four bytes
LIMIT = 2**32 - 1


@dataclass(frozen=True)
class Streamed:
    """Bytes in a message that come from a function.

    write (Callable): Writes them at the place where the file stands.
    """

    write: Callable[[BinaryIO], Any]


def pack(message: Any, file: BinaryIO) -> None:
    """Write a message as msgpack does.

    message (Any): What `srsly.msgpack_dumps` takes; dicts and lists of fewer than 16 items may also
        hold `Streamed`, at any depth, which are read back as bytes.
    file (BinaryIO): Written from where it stands; it must know how to seek.
    RAISES (ValueError): If a part has more than `LIMIT` bytes.
    """
    if isinstance(message, Streamed):
        _pack_streamed(message, file)
    elif not _holds_streamed(message):
        file.write(srsly.msgpack_dumps(message))
    elif isinstance(message, dict):
        file.write(bytes([0x80 | _few(message)]))  # "fixmap" of the msgpack specification
        for streamed, items in groupby(message.items(), lambda item: _holds_streamed(item[1])):
            # what is plain goes at once, as each call costs a millisecond, and without the header
            if not streamed:
                file.write(srsly.msgpack_dumps(dict(items))[1:])
                continue
            for key, value in items:
                file.write(srsly.msgpack_dumps(key))
                pack(value, file)
    else:
        file.write(bytes([0x90 | _few(message)]))  # "fixarray"
        for value in message:
            pack(value, file)


def replace_file(path: Path, write: Callable[[BinaryIO], Any]) -> BinaryIO | None:
    """Write a file aside and put it in the place of another, which stays if that fails.

    path (Path): The file, which need not exist.
    write (Callable): Gets the open file.
    RETURNS (BinaryIO | None): The former file, open: on POSIX it and its memory live until it is
        closed. None: there was none, or the system replaces no open file.
    """
    former = path.open("rb") if os.name == "posix" and path.exists() else None
    try:
        with replacing(path) as aside, aside.open("wb") as file:
            write(file)
    except BaseException:
        if former is not None:
            former.close()
        raise
    return former


def _pack_streamed(part: Streamed, file: BinaryIO) -> None:
    """The length stands before the bytes ("bin 32": four bytes, big-endian), and is known after."""
    start = file.tell()
    file.write(b"\xc6" + struct.pack(">I", 0))
    part.write(file)
    end = file.tell()
    length = end - start - 5
    if length > LIMIT:
        raise ValueError(f"expected at most {LIMIT} bytes in a part of a message, got {length}")
    file.seek(start + 1)
    file.write(struct.pack(">I", length))
    file.seek(end)


def _holds_streamed(message: Any) -> bool:
    if isinstance(message, dict):
        return any(map(_holds_streamed, message.values()))
    if isinstance(message, list | tuple):
        return any(map(_holds_streamed, message))
    return isinstance(message, Streamed)


def _few(items: Any) -> int:
    if len(items) > 15:
        raise ValueError(f"expected fewer than 16 items around large parts, got {len(items)}")
    return len(items)
