"""What makes a training the same: its config, the files that it reads, and the versions of what
trains it. A snapshot goes on with no other."""

import platform
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch
from spacy.training.corpus import FILE_TYPE
from thinc.api import Config

from adaptive_spacy.hashing import hash_content
from adaptive_spacy.training.resume.named_files import find_named, find_others
from adaptive_spacy.transformer.dtypes import processors_bfloat16

PACKAGES = (
    *("adaptive-spacy", "spacy", "thinc", "spacy-transformers", "torch", "transformers"),
    *("tokenizers", "numpy", "spacy-curated-transformers"),
)
#: Of a machine, what snapshots of before do not have
LATER = ("instructions", "bfloat16")
#: The folder that one works in, which snapshots of before have for an empty text too
HERE = "."
MOST_SHOWN = 5


def identify(
    config: Config, code: Path | None = None, output: Path | None = None
) -> dict[str, Any]:
    """Describe a training.

    config (Config): As it was read, with what overrides it.
    code (Path | None): A Python file with functions of the config.
    output (Path | None): Where the training writes, which is nothing that it reads, also where the
        config names it or a folder around it.
    RETURNS (dict): "config", "files" (their checksums), "others" (those of files that snapshots of
        before do not have), "versions" and "machine", each flat.
    """
    config = config.interpolate()
    aside = None if output is None else output.resolve()
    named = {*find_named(config), *([str(code)] if code is not None else [])}
    return {
        "config": {key: value for key, value in _flatten(config)},
        "files": _hash_all(named, aside),
        "others": _hash_all({*find_others(config)} - named, aside),
        "versions": versions(),
        "machine": machine(),
    }


def hash_named(config: Mapping[str, Any]) -> dict[str, str]:
    """RETURNS (dict[str, str]): Checksums of the files and folders that a config names, by their
    paths; see `find_named`."""
    return _hash_all({*find_named(config)})


def all_files(identity: Mapping[str, Any]) -> dict[str, str]:
    """RETURNS (dict[str, str]): Checksums of all that a training reads, as far as it says."""
    return {**identity.get("others", {}), **identity.get("files", {})}


def versions() -> dict[str, str]:
    """RETURNS (dict): Versions of Python and of the packages that train."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, Any]:
    """RETURNS (dict): What the last bits of a sum depend on, and what `precision = "auto"` does."""
    found: dict[str, Any] = {
        "processor": platform.machine(),
        "threads": torch.get_num_threads(),
        # processors of one name differ: torch has other sums for each of these
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "bfloat16": processors_bfloat16(),
    }
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        found["gpu"] = torch.cuda.get_device_name()
    return found


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """RETURNS (list[str]): What differs in config, files and versions, in words; the first few. The
    same content under another path is no difference."""
    then = _completed(then, now)
    files, files_now = all_files(then), all_files(now)
    found = [
        *(
            _name(key, one, other)
            for key, one, other in _differing(then.get("config", {}), now.get("config", {}))
            if not _content(one, files) == _content(other, files_now) is not None
        ),
        *_changed_files(files, files_now),
        *(_name(*one) for one in _differing(then.get("versions", {}), now.get("versions", {}))),
    ]
    shown = found[:MOST_SHOWN]
    return shown if len(found) == len(shown) else [*shown, f"{len(found) - len(shown)} more"]


def other_machine(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """RETURNS (list[str]): What differs between two machines, in words: the training goes on, but
    not to the last bit."""
    completed = _completed(then, now)
    found = _differing(completed.get("machine", {}), now.get("machine", {}))
    return [_name(*one) for one in found]


def is_same(then: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """RETURNS (bool): Whether it is the very same training, on such a machine."""
    return _completed(then, now) == now


def _completed(then: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """RETURNS (dict): With what was not kept then as it is now: nobody knows of a difference."""
    found = dict(then)
    if {"machine"} <= then.keys() & now.keys():
        unknown = {key: now["machine"][key] for key in LATER if key in now["machine"]}
        found["machine"] = {**unknown, **then["machine"]}
    if "others" in now and "others" not in then:
        found["others"] = now["others"]
        files = then.get("files", {})
        if HERE not in now["files"]:
            found["files"] = {path: one for path, one in files.items() if path != HERE}
    return found


def _hash_all(paths: Iterable[str], aside: Path | None = None) -> dict[str, str]:
    """RETURNS (dict[str, str]): Checksums by path, but for the folder `aside`."""
    read = sorted(one for one in paths if Path(one).resolve() != aside)
    return {path: hash_content(Path(path), aside) for path in read}


def _differing(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for key in sorted({*then, *now}):
        if then.get(key) != now.get(key):
            yield key, then.get(key), now.get(key)


def _content(value: Any, files: Mapping[str, str]) -> str | None:
    """RETURNS (str | None): The checksum of the file or folder that a value of the config names;
    None: it names none."""
    if not isinstance(value, str):
        return None
    path = Path(value)
    # see `locate`
    shards = path.with_suffix("") if path.suffix == FILE_TYPE else path
    return files.get(path.as_posix()) or files.get(shards.as_posix())


def _changed_files(then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """YIELDS (str): What differs in the files, in words."""
    left, new = then.keys() - now, now.keys() - then
    moved = {then[path] for path in left} & {now[path] for path in new}
    for path, one, other in _differing(then, now):
        if path in left and one not in moved:
            gone = "is not" if Path(path).exists() else "is gone"
            yield f"{path} was read then, it {gone} now"
        elif path in new and other not in moved:
            yield f"{path} is read now, it was not then"
        elif path not in left | new:
            yield f"the content of {path} is another one"


def _name(key: str, then: Any, now: Any) -> str:
    return f"{key}: {_show(then)} then, {_show(now)} now"


def _show(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _flatten(block: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    """YIELDS (tuple): Dotted keys and values that JSON gives back as they are."""
    for key, value in block.items():
        where = f"{place}.{key}" if place else str(key)
        if isinstance(value, Mapping):
            yield from _flatten(value, where)
        elif value is not None:
            yield where, value if isinstance(value, bool | int | float | str) else str(value)
