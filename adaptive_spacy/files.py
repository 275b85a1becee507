"""Files that are replaced as a whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a file that takes the place of another once it is complete; after an error, and when
    the process is killed, the other is still there.

    path (Path): The file, which need not exist; its folder is made. A link stays one: the file
        that it leads to is written.
    YIELDS (Path): Where to write.
    """
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    # always the same name, so that what a killed process left is written over
    aside = path.with_name(f".{path.name}.part")
    try:
        yield aside
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
