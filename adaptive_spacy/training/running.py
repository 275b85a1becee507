"""Whether a training still runs, as its output folder tells anyone who looks."""

import os
import re
import socket
import sys
from pathlib import Path

from adaptive_spacy.training.lock import LOCK


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
