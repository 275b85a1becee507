"""Files and folders that are replaced as a whole, and removed with the folders that they leave
empty."""

import contextlib
import ctypes
import errno
import hashlib
import itertools
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

#: Letters of a file's name that the one beside it keeps: names have at most 255 bytes
KEPT = 40
#: Tells the files apart that one process writes at the same time
NUMBERS = itertools.count()
#: Files that are forced to the disk at the same time
SYNCED_TOGETHER = 8
#: Of Linux: two names that change places at once; relative to the current folder
EXCHANGE, HERE = 2, -100


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a file that takes the place of another once it is complete; after an error, and when
    the process is killed, the other is still there.

    Each writer has a file of its own aside, so that of two the last one wins whole. What writers
    left that were killed is removed by the next one.

    path (Path): The file, which need not exist; its folder is made. A link stays, and what it
        points to is replaced, with its permissions. A device or a pipe is written to as it is.
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
    aside = _aside(target)
    try:
        yield aside
        if target.exists():
            # what only its owner may read stays so
            shutil.copymode(target, aside)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Write a folder that takes the place of another once it is complete and on the disk; after an
    error, and when the process or the machine breaks down, the other is still there.

    On Linux there is no moment without one of the two. Where a system cannot exchange two names at
    once, there is one, after which `recover_folder` finds the former folder.

    path (Path): The folder, which need not exist; the one that holds it is made. A link stays, and
        what it points to is replaced, with its permissions.
    YIELDS (Path): A new folder to write into, on the same file system.
    RAISES (ValueError): If it is a file.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_dir():
        raise ValueError(f"{path}: expected a folder to write to, found a file")
    path.parent.mkdir(parents=True, exist_ok=True)
    recover_folder(path)
    aside = _aside(path)
    try:
        aside.mkdir()
        yield aside
        if path.exists():
            shutil.copymode(path, aside)
        sync(aside)
        _put_in_place(aside, path)
        _sync_one(path.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def link_folder(source: Path, target: Path) -> None:
    """Keep a folder under a second name, without a copy of its files where the system has links:
    what is replaced or removed under the first name stays under the second."""
    with replacing_folder(target) as aside:
        shutil.copytree(source, aside, copy_function=_link, dirs_exist_ok=True)


def recover_folder(path: Path) -> None:
    """Put a folder back that was moved out of the way for one that never came."""
    former = _former(path)
    if former.is_dir():
        if path.exists():
            shutil.rmtree(former, ignore_errors=True)
        else:
            former.rename(path)


def remove_folder(path: Path) -> None:
    """Remove a folder: when the process is killed meanwhile, none that lacks a part is there under
    its name. RAISES (OSError): If it cannot be; then it is there, whole."""
    aside = _aside(path)
    path.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)


def sync(folder: Path) -> None:
    """Have all of a folder on the disk before anything that is done afterwards."""
    paths = list(folder.rglob("*"))
    # side by side, as each waits for the disk: a third of the time
    with ThreadPoolExecutor(SYNCED_TOGETHER) as pool:
        list(pool.map(_sync_one, (one for one in paths if not one.is_dir())))
    for path in (one for one in paths if one.is_dir()):
        _sync_one(path)
    _sync_one(folder)


def require_other(output: Path | None, inputs: Iterable[str | Path | None]) -> None:
    """Refuse to write over what is read, however both are spelt: relative paths, links, and capital
    letters where the system takes them for small ones.

    output (Path | None): A file or folder that is about to be written; None: nothing is.
    inputs (Iterable[str | Path | None]): Files and folders that are read; what is not there, such
        as None or the name of a package, is passed over.
    RAISES (ValueError): If the output is one of them, or a file that is there in one of them; or if
        it cannot be made, as what should hold it is a file or may not be written to.
    """
    if output is None:
        return
    _require_place(output)
    if not os.path.exists(output):
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


def require_apart(output: Path, inputs: Iterable[str | Path | None]) -> None:
    """Refuse a folder to write to that lies in what is read, which would be read the next time, or
    around it, which would be written over.

    output (Path): The folder, which need not exist.
    inputs (Iterable[str | Path | None]): As in `require_other`.
    RAISES (ValueError): If one lies in the other.
    """
    target = output.resolve()
    for one in inputs:
        if not one or not os.path.exists(one):
            continue
        source = Path(one).resolve()
        if source == target or source in target.parents or target in source.parents:
            raise ValueError(
                f"--output: expected a folder beside {one}, which is read, got {output}"
            )


def _require_place(output: Path) -> None:
    # found before the work, not after it
    place = Path(os.path.realpath(output))
    if place.exists() and not (place.is_dir() or place.is_file()):
        return  # a device is written to as it is
    # a file is replaced by one beside it
    candidates = [place, *place.parents] if place.is_dir() else place.parents
    above = next(one for one in candidates if os.path.exists(one))
    fault = "none for this user" if above.is_dir() else "a file"
    if fault == "a file" or not os.access(above, os.W_OK):
        raise ValueError(f"{output}: expected a place to write to, {above} is {fault}")


def remove(paths: Iterable[Path]) -> None:
    """Remove files and folders, and the folders above them that are empty then. The project's
    `clean` runs this module for what its commands made; of a link, the link is removed.

    paths (Iterable[Path]): Below the current folder, e.g. training/x; what is not there is passed
        over.
    RAISES (ValueError): If one lies elsewhere; nothing is removed then.
    """
    here = Path.cwd().resolve()
    found = []
    for path in paths:
        # a link as last part is what is removed; ".." is what it leads to
        place = (here / path).parent.resolve() / path.name
        if path.name == ".." or here not in place.parents:
            raise ValueError(f"{path}: expected a path below {here}")
        found.append(place)
    for path in found:
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)
        for folder in path.parents:
            if folder == here or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()


def _aside(target: Path) -> Path:
    """RETURNS (Path): A name beside a file or folder that nobody else has."""
    _remove_left(target.parent)
    owner = f"{_machine()}.{os.getpid()}.{next(NUMBERS)}"
    return target.with_name(f".{target.name[:KEPT]}.{owner}.part")


def _remove_left(folder: Path) -> None:
    """Remove what killed processes of this machine left in a folder."""
    for path in folder.glob(f".*.{_machine()}.*.part"):
        owner = path.name.split(".")[-3]
        if owner.isdigit() and not _is_alive(int(owner)):
            with contextlib.suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _put_in_place(aside: Path, path: Path) -> None:
    """Give a folder its name; the one that had it has the other's then, or is gone."""
    if path.exists() and not _exchange(aside, path):
        former = _former(path)
        path.rename(former)
        aside.rename(path)
        shutil.rmtree(former, ignore_errors=True)
    elif not path.exists():
        aside.rename(path)


def _exchange(one: Path, other: Path) -> bool:
    """Let two names change places at once. RETURNS (bool): Whether the system can."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if _is_linux() else None
    if rename is None:
        return False
    if rename(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.EXDEV, errno.ENOTSUP, errno.EPERM):
        # of a file system that knows no exchange
        return False
    raise OSError(number, os.strerror(number), str(other))


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _is_linux() -> bool:
    return sys.platform == "linux"


def _former(path: Path) -> Path:
    # names that begin alike are others'
    whole = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:8]
    return path.with_name(f".{path.name[:KEPT]}.{whole}.former")


def _sync_one(path: Path) -> None:
    if path.is_dir() and os.name != "posix":
        # Windows opens no folders
        return
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
