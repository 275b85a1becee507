"""The SHA-256 of a file, by which it is told from others."""

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


@functools.cache
def _hash(path: Path, size: int, changed: int) -> str:
    return hash_file(path)
