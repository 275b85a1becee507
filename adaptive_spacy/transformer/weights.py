"""Weights in safetensors files: whole, and all that a network needs."""

import json
import os
import struct
from pathlib import Path
from typing import Any

INDEX = "model.safetensors.index.json"
#: Most bytes that the format allows for a header
HEADER_LIMIT = 100_000_000


def require_whole(file: Path) -> None:
    """Check that a file is as long as its header says, and its header in order.

    file (Path): A safetensors file.
    RAISES (ValueError): If it is cut short, too long, or damaged.
    """
    from safetensors import safe_open

    size = os.path.getsize(file)
    with file.open("rb") as opened:
        start = opened.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else -1
        if not 0 < length <= min(HEADER_LIMIT, size - 8):
            raise ValueError(f"{file}: expected a safetensors file; it is damaged or cut short")
        header = opened.read(length)
    ends = [0, *_read_ends(file, header)]
    expected = 8 + length + max(ends)
    if size != expected:
        raise ValueError(
            f"{file}: expected {expected:,} bytes as its header says, got {size:,}; fetch it anew"
        )
    try:
        with safe_open(file, framework="pt") as opened:  # checks types, shapes and places
            opened.keys()
    except Exception as error:  # safetensors' own error is a plain Exception
        raise ValueError(f"{file}: expected a safetensors file ({error})") from None


def require_shards(folder: Path) -> None:
    """RAISES (ValueError): If weights in several files lack one that their index names."""
    index = folder / INDEX
    if not index.is_file():
        return
    try:
        named = set(json.loads(index.read_text(encoding="utf8"))["weight_map"].values())
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(f"{index}: expected an index of weights; fetch it anew") from None
    missing = sorted(str(name) for name in named if not (folder / str(name)).is_file())
    if missing:
        raise ValueError(f"{folder}: expected all files that {INDEX} names, lacks {missing[0]}")


def _read_ends(file: Path, header: bytes) -> list[int]:
    """Where each tensor ends, counted from the end of the header."""
    try:
        entries: dict[str, Any] = json.loads(header)
        return [
            int(entry["data_offsets"][1])
            for name, entry in entries.items()
            if name != "__metadata__"
        ]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        raise ValueError(f"{file}: expected a safetensors header; it is damaged") from None
