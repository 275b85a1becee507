"""Folders that are replaced as a whole, if nothing is lost with them."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import srsly

from adaptive_spacy.hashing import hash_file

#: Says what a folder is and which files were written into it
MARKER = "source.json"
#: Beside weights, what earlier versions copied
EARLIER = (
    "config.json",
    "README.md",
    "model.safetensors.index.json",
    "tokenizer.json",
    "vocab.txt",
    "vocab.json",
    "spiece.model",
    "sentencepiece.bpe.model",
    "tokenizer.model",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "merges.txt",
    "bpe.codes",
)


def require_own(output: Path) -> None:
    """Check a folder that is about to be replaced.

    output (Path): A folder, which need not exist.
    RAISES (ValueError): If it is anything but empty or, to the last byte, what `replace_folder`
        and `mark` left there.
    """
    if output.is_symlink() or (output.exists() and not output.is_dir()):
        kind = "a link" if output.is_symlink() else "a file"
        raise ValueError(f"{output}: expected a folder or nothing, found {kind}; name another")
    if not output.exists():
        return
    strange = _find_strange(output)
    if strange is not None:
        raise ValueError(
            f"{output}: expected an empty folder or one that `adaptive-spacy model` made, found "
            f"{strange}, which would be lost; name another folder, e.g. {output / 'transformer'}"
        )


def require_apart(output: Path, source: Path) -> None:
    """RAISES (ValueError): If one of two folders is the other, or lies in it."""
    one, other = output.resolve(), source.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise ValueError(f"{output}: expected a folder apart from the source {source}")


def mark(folder: Path, about: dict[str, Any]) -> None:
    """Write the marker of a folder that is complete.

    folder (Path): The folder.
    about (dict): What it is; the checksums of its files are added.
    """
    files = {path.name: hash_file(path) for path in sorted(folder.iterdir())}
    srsly.write_json(folder / MARKER, {**about, "files": files})


def read_mark(folder: Path) -> dict[str, Any]:
    """RETURNS (dict): What `mark` was told of a folder that `require_own` takes for ours; empty if
    it was not marked, or lacks a file since."""
    files = _read_marker(folder / MARKER)
    if not files or not all((folder / name).is_file() for name in files):
        return {}
    about = srsly.read_json(folder / MARKER)
    return {key: value for key, value in about.items() if key != "files"}


def replace_folder(output: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder aside and put it in the place of another, which stays if that fails.

    output (Path): The folder, which need not exist.
    fill (Callable): Gets an empty folder and fills it.
    """
    output = output.absolute()
    aside = output.with_name(f".{output.name}-{os.getpid()}")
    former = output.with_name(f".{output.name}-{os.getpid()}-former")
    aside.mkdir(parents=True)
    try:
        fill(aside)
        require_own(output)  # which may have changed meanwhile
        if output.exists():
            output.rename(former)
        try:
            aside.rename(output)
        except OSError:
            if former.exists():
                former.rename(output)
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    shutil.rmtree(former, ignore_errors=True)


def _find_strange(folder: Path) -> str | None:
    """The first thing in a folder that is not ours, or is not as we left it."""
    names = sorted(path.name for path in folder.iterdir())
    known = _read_marker(folder / MARKER)
    for name in names:
        path = folder / name
        if path.is_symlink() or not path.is_file() or (name not in known and name != MARKER):
            return name
        if name == MARKER and not known:
            return name
        checksum = known.get(name)
        if checksum is not None and hash_file(path) != checksum:
            return f"{name}, changed since"
    return None


def _read_marker(path: Path) -> dict[str, str | None]:
    """Checksums by the names of the files that were written; None where there is none."""
    if path.is_symlink() or not path.is_file():
        return {}
    try:
        about = srsly.read_json(path)
    except ValueError:
        return {}
    if not isinstance(about, dict):
        return {}
    if about.keys() == {"source", "weights", "licence"} and isinstance(about["weights"], dict):
        # earlier versions noted the checksums of the weights alone
        return {**dict.fromkeys(EARLIER), **about["weights"]}
    files = about.get("files")
    return files if isinstance(files, dict) else {}
