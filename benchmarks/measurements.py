"""Measurements that are kept: a line each, in a file that grows."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from adaptive_spacy.parsing import read_objects


def add_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Add rows to a JSONL file, which need not exist. One that is measured again is a second line;
    take the first one out if it no longer counts."""
    lines = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    # an editor, or a process that was killed, may have left a line without an end
    start = "\n" if lines and _is_open(path) else ""
    with path.open("a", encoding="utf8") as file:
        file.write(start + lines)


def _is_open(path: Path) -> bool:
    """Whether the last line of a file has no end."""
    if not path.is_file() or not path.stat().st_size:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() != b"\n"


def read_lines(path: Path) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): The rows. RAISES (ValueError): If there are none, or a line is none."""
    return read_objects(path, "a measurement in JSON")
