"""Whether a training still runs, and what it has evaluated, as its output folder tells anyone who
looks."""

import os
import re
import socket
import sys
from pathlib import Path

from adaptive_spacy.training.history import HISTORY, Evaluation, read_history
from adaptive_spacy.training.lock import LOCK, holder


def is_running(training: Path) -> bool:
    """Read the lock file, which a training removes at its end; the lock itself is not tried, for a
    training that begins just then would find it taken.

    training (Path): Output folder of a training.
    RETURNS (bool): Whether another process trains into it: it lives, or cannot be asked, as that of
        another machine. A script that has trained holds its lock as long as the pipeline lives.
    """
    try:
        text = (training / LOCK).read_text(encoding="utf8", errors="replace")
    except OSError:
        return False
    found = re.match(r"process (\d{1,10}) on (.+), since ", text)
    if found is None or found[2] != socket.gethostname() or sys.platform == "win32":
        return True
    if int(found[1]) == os.getpid():
        return False
    try:
        os.kill(int(found[1]), 0)
    except ProcessLookupError:
        # it was killed
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def has_evaluated(training: Path) -> bool:
    """Compare the history of a training that runs with its lock file. The history of a former
    training lies in the same folder until the first evaluation; one that is resumed writes its own
    anew at once.

    training (Path): Output folder of a training that runs.
    RETURNS (bool): Whether the history that is there was written since it took the folder.
    """
    try:
        written = (training / HISTORY).stat().st_mtime_ns
    except OSError:
        return False
    try:
        return written >= (training / LOCK).stat().st_mtime_ns
    except OSError:
        # it has just ended
        return True


def read_current(path: Path) -> tuple[list[Evaluation], bool]:
    """Read the evaluations of the training that an output folder is of now: of one that runs, no
    last line that is still being written, and none that a former training left.

    path (Path): The folder, or its history.jsonl.
    RETURNS (tuple): At least one evaluation, and whether the training runs.
    RAISES (ValueError): If there is none, or none yet, or a line is broken.
    """
    folder = path.parent if path.name == HISTORY and path.is_file() else path
    if not is_running(folder):
        return read_history(path), False
    history = read_history(folder, growing=True) if has_evaluated(folder) else []
    if not history:
        raise ValueError(
            f"{folder}: expected an evaluation, but the training that runs there has none yet "
            f"({holder(folder)}): wait for its first one; or, if it does not run any more, remove "
            f"{LOCK}"
        )
    return history, True
