"""Measurements that are kept: a line each, in a file that grows."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from adaptive_spacy.parsing import read_objects


def add_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Add rows to a JSONL file, which need not exist. One that is measured again is a second line;
    take the first one out if it no longer counts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf8") as file:
        file.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): The rows. RAISES (ValueError): If there are none, or a line is none."""
    return read_objects(path, "a measurement in JSON")
