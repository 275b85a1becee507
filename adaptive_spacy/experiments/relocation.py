"""The paths in what a job wrote, when it is moved to where they are others."""

import json
from collections.abc import Mapping
from pathlib import Path

from adaptive_spacy.config.checksums import CHECKSUMS, seal
from adaptive_spacy.experiments.records import RECORD

#: The files that name others, to be read again; a log tells what was
NAMING = ("config.cfg", RECORD)


def relocate(folder: Path, places: Mapping[str, str]) -> None:
    """Put other paths into the configs and records of a job's folder: its own, those of its folds
    and of its checkpoints, which are sealed again.

    folder (Path): The folder.
    places (Mapping[str, str]): The other paths, by those in the files.
    """
    for path in [one for one in folder.rglob("*") if one.name in NAMING]:
        text = path.read_text(encoding="utf8")
        moved = move_paths(text, places)
        if moved == text:
            continue
        path.write_text(moved, encoding="utf8")
        if (path.parent / CHECKSUMS).is_file():
            seal(path.parent)


def move_paths(text: str, places: Mapping[str, str]) -> str:
    """RETURNS (str): A config or JSON with other paths, see `relocate`."""
    for path, other in places.items():
        text = text.replace(_quoted(path), _quoted(other))
    return text


def _quoted(path: str) -> str:
    """RETURNS (str): As the values of a config and of JSON have it, without the quotes."""
    return json.dumps(path, ensure_ascii=False)[1:-1]
