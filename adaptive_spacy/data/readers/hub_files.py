"""Which files of a folder are the tables of one split of a data set, and what these hold."""

import importlib.util
import re
from pathlib import Path

from adaptive_spacy.data.readers.arrow import open_table, read_json
from adaptive_spacy.data.readers.record_fields import TEXT
from adaptive_spacy.data.readers.record_spans import SPANS

# the name of a shard, train-00000-of-00002.parquet: its split comes before the numbers
SHARD = re.compile(r"(.+?)-\d+-of-\d+")


def find_traces(folder: Path) -> str:
    """RETURNS (str): What in a folder tells that it is a data set; nothing if it is none."""
    if (folder / "state.json").is_file() or any(folder.glob("*/state.json")):
        return "state.json"
    return "parquet files" if any(folder.rglob("*.parquet")) else ""


def find_files(path: Path) -> list[Path]:
    """Find the tables of a data set.

    RETURNS (list[Path]): They, in order.
    RAISES (ValueError): If there is none, or if they are of several splits.
    """
    if path.is_file():
        return [path]
    if (path / "state.json").is_file():
        return find_saved(path)
    splits: dict[str, list[Path]] = {}
    for file in sorted(path.rglob("*.parquet")):
        splits.setdefault(name_split(file, path), []).append(file)
    for state in sorted(path.glob("*/state.json")):
        splits[state.parent.name] = [state.parent]
    if not splits:
        found = "neither" if path.is_dir() else "nothing"
        raise ValueError(
            f"{path}: expected a folder that `datasets` saved, or parquet files, found {found}"
        )
    if len(splits) > 1:
        ways = " ".join(f"{name.split('/')[-1]}={paths[0]}" for name, paths in splits.items())
        raise ValueError(
            f"{path}: found the splits {', '.join(splits)}, expected one; give each its own path, "
            f"e.g. {ways}"
        )
    (files,) = splits.values()
    return find_saved(files[0]) if files[0].is_dir() else files


def name_split(file: Path, root: Path) -> str:
    """RETURNS (str): The split that a file belongs to, after the folders that it is in.

    The hub names files train-00000-of-00002.parquet or train/0000.parquet."""
    folders = [part for part in file.parent.relative_to(root).parts if part != "data"]
    if file.stem.isdigit():
        return "/".join(folders)
    shard = SHARD.fullmatch(file.stem)
    return "/".join([*folders, shard[1] if shard else file.stem])


def find_saved(folder: Path) -> list[Path]:
    """RETURNS (list[Path]): The files of a split that `datasets` saved, in order.
    RAISES (ValueError): If they are not all the data, or not there."""
    state = read_json(folder / "state.json")
    if state.get("_indices_files") or state.get("_indices_data_files"):
        raise ValueError(
            f"{folder}: found rows that were selected or shuffled after they were written, "
            "expected data as they are; save them again with a newer version of `datasets`"
        )
    entries = state.get("_data_files")
    try:
        files = [folder / Path(entry["filename"]).name for entry in entries]  # type: ignore[union-attr]
    except (TypeError, KeyError):
        files = []
    if not files:
        raise ValueError(f'{folder / "state.json"}: expected "_data_files" with names, found none')
    for file in files:
        if not file.is_file():
            raise ValueError(f"{file}: expected a file, as state.json names it, found nothing")
    return files


def holds_entities(path: Path) -> bool:
    """Whether a data set has texts with entities, and not tokens with tags. What cannot be read is
    left to the reader of the latter, which says why."""
    if importlib.util.find_spec("pyarrow") is None:
        return False
    from pyarrow import types

    try:
        with open_table(find_files(path)[0]) as table:
            kinds = {field.name: field.type for field in table.schema}
    except (ValueError, OSError):
        return False
    has_text = any(
        name in kinds and (types.is_string(kinds[name]) or types.is_large_string(kinds[name]))
        for name in TEXT
    )
    return has_text and any(types.is_nested(kinds[name]) for name in SPANS if name in kinds)
