"""The SHA-256 of a file or a folder, by which it is told from others."""

import functools
import hashlib
from pathlib import Path


def hash_file(path: Path) -> str:
    """RETURNS (str): SHA-256 of a file's content, in hexadecimal digits; read anew each time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_once(path: Path) -> str:
    """RETURNS (str): The same, read once as long as size and time of the file do not change."""
    stat = path.stat()
    return _hash(path.resolve(), stat.st_size, stat.st_mtime_ns)


def hash_content(path: Path, aside: Path | None = None) -> str:
    """SHA-256 of a file, or of all files in a folder with their names, each read once as long as it
    does not change.

    aside (Path | None): A folder whose files do not count, an absolute path without links.
    RETURNS (str): In hexadecimal digits.
    """
    if path.is_file():
        return hash_once(path)
    digest = hashlib.sha256()
    found = (one for one in path.rglob("*") if one.is_file())
    for one in sorted(one for one in found if aside not in one.resolve().parents):
        digest.update(f"{one.relative_to(path).as_posix()}\0{hash_once(one)}\n".encode())
    return digest.hexdigest()


@functools.cache
def _hash(path: Path, size: int, changed: int) -> str:
    return hash_file(path)
