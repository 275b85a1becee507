"""Files that are replaced as a whole, and removed with the folders that they leave empty."""

import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a file that takes the place of another once it is complete; after an error, and when
    the process is killed, the other is still there.

    path (Path): The file, which need not exist; its folder is made.
    YIELDS (Path): Where to write.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # always the same name, so that what a killed process left is written over
    aside = path.with_name(f".{path.name}.part")
    try:
        yield aside
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def remove(paths: Iterable[Path]) -> None:
    """Remove files and folders, and the folders above them that are empty then. The project's
    `clean` runs this module for what its commands made; of a link, the link is removed.

    paths (Iterable[Path]): Below the current folder, e.g. training/x; what is not there is passed
        over.
    RAISES (ValueError): If one lies elsewhere; nothing is removed then.
    """
    here = Path.cwd()
    found = [here / path for path in paths]
    for path in found:
        if here not in path.parent.resolve().joinpath(path.name).parents:
            raise ValueError(f"{path}: expected a path below {here}")
    for path in found:
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)
        for folder in path.parents:
            if folder == here or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()


if __name__ == "__main__":
    remove(map(Path, sys.argv[1:]))
