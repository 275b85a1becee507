"""What makes a training the same: its config, the files that it reads, and the versions of what
trains it. A snapshot goes on with no other."""

import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch
from spacy.training.corpus import FILE_TYPE
from spacy.util import is_package
from thinc.api import Config

from adaptive_spacy.data.spacy_files import locate
from adaptive_spacy.hashing import hash_content
from adaptive_spacy.transformer.dtypes import processors_bfloat16

PACKAGES = (
    *("adaptive-spacy", "spacy", "thinc", "spacy-transformers", "torch", "transformers"),
    *("tokenizers", "numpy", "spacy-curated-transformers"),
)
#: Keys of a config whose texts may name files
FILES = ("path", "vectors", "init_tok2vec", "vocab_data", "source", "name")
#: Blocks all of whose texts may
BLOCKS = ("paths",)
#: Of a machine, what snapshots of before do not have
LATER = ("instructions", "bfloat16")
MOST_SHOWN = 5


def identify(
    config: Config, code: Path | None = None, output: Path | None = None
) -> dict[str, Any]:
    """Describe a training.

    config (Config): As it was read, with what overrides it.
    code (Path | None): A Python file with functions of the config.
    output (Path | None): Where the training writes, which is nothing that it reads, also where the
        config names it or a folder around it.
    RETURNS (dict): "config", "files" (their checksums), "versions" and "machine", each flat.
    """
    config = config.interpolate()
    aside = None if output is None else output.resolve()
    named = {*_paths(config), *([str(code)] if code is not None else [])}
    paths = sorted(one for one in named if Path(one).resolve() != aside)
    return {
        "config": {key: value for key, value in _flatten(config)},
        "files": {path: hash_content(Path(path), aside) for path in paths},
        "versions": versions(),
        "machine": machine(),
    }


def hash_named(config: Mapping[str, Any]) -> dict[str, str]:
    """RETURNS (dict[str, str]): Checksums of the files and folders that a config names, by their
    paths."""
    return {path: hash_content(Path(path)) for path in sorted({*_paths(config)})}


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
    files, files_now = then.get("files", {}), now.get("files", {})
    found = [
        *(
            _name(key, one, other)
            for key, one, other in _differing(then, now, "config")
            if not _content(one, files) == _content(other, files_now) is not None
        ),
        *_changed_files(then, now),
        *(_name(*one) for one in _differing(then, now, "versions")),
    ]
    shown = found[:MOST_SHOWN]
    return shown if len(found) == len(shown) else [*shown, f"{len(found) - len(shown)} more"]


def other_machine(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """RETURNS (list[str]): What differs between two machines, in words: the training goes on, but
    not to the last bit."""
    return [_name(*one) for one in _differing(_completed(then, now), now, "machine")]


def is_same(then: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """RETURNS (bool): Whether it is the very same training, on such a machine."""
    return _completed(then, now) == now


def _completed(then: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """RETURNS (dict): With what was not kept then of the machine as it is now: nobody knows of a
    difference."""
    if not {"machine"} <= then.keys() & now.keys():
        return dict(then)
    unknown = {key: now["machine"][key] for key in LATER if key in now["machine"]}
    return {**then, "machine": {**unknown, **then["machine"]}}


def _differing(
    then: Mapping[str, Any], now: Mapping[str, Any], part: str
) -> Iterator[tuple[str, Any, Any]]:
    one, other = then.get(part, {}), now.get(part, {})
    for key in sorted({*one, *other}):
        if one.get(key) != other.get(key):
            yield key, one.get(key), other.get(key)


def _content(value: Any, files: Mapping[str, str]) -> str | None:
    """RETURNS (str | None): The checksum of the file or folder that a value of the config names;
    None: it names none."""
    if not isinstance(value, str):
        return None
    path = Path(value)
    # see `locate`
    shards = path.with_suffix("") if path.suffix == FILE_TYPE else path
    return files.get(path.as_posix()) or files.get(shards.as_posix())


def _changed_files(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """YIELDS (str): What differs in the files, in words."""
    files, files_now = then.get("files", {}), now.get("files", {})
    left, new = files.keys() - files_now, files_now.keys() - files
    moved = {files[path] for path in left} & {files_now[path] for path in new}
    for path, one, other in _differing(then, now, "files"):
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


def _paths(config: Mapping[str, Any], inside: bool = False) -> Iterator[str]:
    """YIELDS (str): Files and folders that a config names."""
    for key, value in config.items():
        if isinstance(value, Mapping):
            yield from _paths(value, key in BLOCKS)
        elif isinstance(value, str | Path) and (inside or key in FILES):
            path = locate(value)
            if path.exists() and (inside or _means_path(key, str(value), config)):
                yield path.as_posix()


def _means_path(key: str, value: str, block: Mapping[str, Any]) -> bool:
    """RETURNS (bool): Whether a text that a file or folder here is called by means it."""
    if len(Path(value).parts) > 1 or value.startswith("."):
        return True
    if key in ("source", "vectors"):
        # spaCy takes a package of this name first
        return not is_package(value)
    # to transformers a folder comes first; otherwise a name is a name
    return key != "name" or "@architectures" in block
