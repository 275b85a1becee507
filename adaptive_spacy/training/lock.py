"""Locks of folders: who works in one is alone there.

The system takes a lock back when the processes that hold it have ended, however they ended: what
was killed leaves no stale lock. Windows and some network drives have no such locks; there nothing
is refused.
"""

import errno
import os
import socket
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary, finalize

if sys.platform != "win32":
    import fcntl

LOCK = ".lock"
#: What a file system says that knows no locks
WITHOUT_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)


class Lock:
    """The right to work in a folder.

    descriptor (int): Of the lock file, which says who has it.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    @classmethod
    def take(cls, folder: Path) -> "Lock | None":
        """RETURNS (Lock | None): The lock; None: another process has it."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / LOCK
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            if not _lock(descriptor):
                os.close(descriptor)
                return None
            # who had it may have removed the file that was opened
            if _is_file(descriptor, path):
                break
            os.close(descriptor)
        now = datetime.now().astimezone().isoformat(" ", "seconds")
        os.truncate(descriptor, 0)
        os.write(
            descriptor, f"process {os.getpid()} on {socket.gethostname()}, since {now}".encode()
        )
        return cls(descriptor)

    def release(self) -> None:
        """Let go of it; a process that it was handed to still holds it."""
        os.close(self.descriptor)

    def __reduce__(self) -> Any:
        # handed to a job's process: the lock belongs to all that hold the open file
        from multiprocessing.reduction import DupFd

        return _received, (DupFd(self.descriptor),)


#: Output folders that this process trains into
_claimed: "WeakValueDictionary[Path, Lock]" = WeakValueDictionary()
_held: "WeakKeyDictionary[object, Lock]" = WeakKeyDictionary()


def claim(folder: Path) -> Lock:
    """Take the output folder of a training.

    folder (Path): The folder.
    RETURNS (Lock): The lock, which is held as long as the object lives, and shared by all that
        claim the folder in this process.
    RAISES (ValueError): If another process has it; says which.
    """
    folder = folder.resolve()
    lock = _claimed.get(folder)
    if lock is None:
        lock = Lock.take(folder)
        if lock is None:
            raise ValueError(
                f"{folder}: another training writes into this folder ({holder(folder)}). Wait "
                "until it ends, end it, or choose another --output"
            )
        finalize(lock, _give_up, lock.descriptor, folder / LOCK, os.getpid())
        _claimed[folder] = lock
    return lock


def hold(owner: object, folder: Path) -> None:
    """Take the output folder of a training for as long as another object lives; see `claim`."""
    _held[owner] = claim(folder)


def output_of(arguments: Sequence[str]) -> Path | None:
    """The output folder of `spacy train`, which tells it to nobody before the first evaluation.

    arguments (Sequence[str]): `sys.argv`.
    RETURNS (Path | None): The folder; None: it is another program, or has no output.
    """
    program = Path(arguments[0])
    name = program.parent.name if program.name == "__main__.py" else program.stem
    if name != "spacy" or "train" not in arguments[1:2]:
        return None
    parser = ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("-o", "--output", "--output-path", dest="output", type=Path)
    # spaCy has read the same arguments, and stopped if they were wrong
    output: Path | None = parser.parse_known_args(list(arguments[2:]))[0].output
    return output


def holder(folder: Path) -> str:
    """RETURNS (str): Who has a folder, as its lock file says."""
    try:
        return (folder / LOCK).read_text(encoding="utf8") or "it has just begun"
    except OSError:
        return "it has just ended"


def _lock(descriptor: int) -> bool:
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in WITHOUT_LOCKS:
            raise
    return True


def _is_file(descriptor: int, path: Path) -> bool:
    return path.exists() and os.path.samestat(os.fstat(descriptor), path.stat())


def _give_up(descriptor: int, path: Path, process: int) -> None:
    # a fork has the same objects, but it is not the one that trains
    # and a folder that was moved away has another's lock in its place
    if os.getpid() == process and _is_file(descriptor, path):
        path.unlink(missing_ok=True)
    os.close(descriptor)


def _received(duplicate: Any) -> Lock:
    return Lock(duplicate.detach())
