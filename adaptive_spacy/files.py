"""Files that are replaced as a whole, and removed with the folders that they leave empty."""

import contextlib
import itertools
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

#: Letters of a file's name that the one beside it keeps: names have at most 255 bytes
KEPT = 40
#: Tells the files apart that one process writes at the same time
NUMBERS = itertools.count()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a file that takes the place of another once it is complete; after an error, and when
    the process is killed, the other is still there.

    Each writer has a file of its own aside, so that of two the last one wins whole. What writers
    left that were killed is removed by the next one.

    path (Path): The file, which need not exist; its folder is made. A link stays, and what it
        points to is replaced. A device or a pipe is written to as it is.
    YIELDS (Path): Where to write.
    RAISES (ValueError): If it is a folder.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise ValueError(f"{path}: expected a file to write to, found a folder")
    if target.exists() and not target.is_file():
        yield target
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_left(target.parent)
    owner = f"{_machine()}.{os.getpid()}.{next(NUMBERS)}"
    aside = target.with_name(f".{target.name[:KEPT]}.{owner}.part")
    try:
        yield aside
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def require_other(output: Path | None, inputs: Iterable[str | Path | None]) -> None:
    """Refuse to write over what is read, however both are spelt: relative paths, links, and capital
    letters where the system takes them for small ones.

    output (Path | None): A file or folder that is about to be written; None: nothing is.
    inputs (Iterable[str | Path | None]): Files and folders that are read; what is not there, such
        as None or the name of a package, is passed over.
    RAISES (ValueError): If the output is one of them, or a file that is there in one of them.
    """
    if output is None or not os.path.exists(output):
        return
    for one in inputs:
        # not `Path.exists`, which raises for a name that is too long
        if not one or not os.path.exists(one):
            continue
        if output.samefile(one):
            raise ValueError(
                f"{output}: expected another place to write to than {one}, which is read"
            )
        if output.is_file() and Path(one).resolve() in output.resolve().parents:
            raise ValueError(
                f"{output}: expected a place outside of {one}, which is read, or a new file there"
            )


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


def _remove_left(folder: Path) -> None:
    """Remove what killed processes of this machine left in a folder."""
    for path in folder.glob(f".*.{_machine()}.*.part"):
        owner = path.name.split(".")[-3]
        if owner.isdigit() and not _is_alive(int(owner)):
            with contextlib.suppress(OSError):
                path.unlink()


def _machine() -> str:
    return re.sub(r"[^A-Za-z0-9]", "-", platform.node())[:KEPT]


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        # another user's
        return True
    return True


if __name__ == "__main__":
    remove(map(Path, sys.argv[1:]))
