"""What the commands share: faults as one line."""

import errno
import os
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from click import ClickException

from adaptive_spacy.printable import one_line
from adaptive_spacy.training.messages import show_whole_warnings

#: A component, a function or a registry that is not known
UNREGISTERED = re.compile(r"(\[E(?:002|892|893)\].+?)\.\s.*", flags=re.DOTALL)
#: Set to 1, it shows the traceback of a bug
TRACEBACK = "ADAPTIVE_SPACY_TRACEBACK"
#: Options that a command does not have, and the like: typer's, which may be a copy of click's
USAGE: Any = typer.BadParameter.__base__


@contextmanager
def one_line_errors(explain: Callable[[str], str] = str) -> Iterator[None]:
    """Turn a fault into one line on stderr and exit code 1.

    explain (Callable): Adds to the message of a `ValueError` what only the command knows.

    Library functions raise `ValueError` (what was expected, what came, what to do) and `OSError`
    for faults of what they were given. Anything else is a bug of ours: the line calls it one and
    says where, and with ADAPTIVE_SPACY_TRACEBACK=1 it keeps its traceback, as in our tests.
    Warnings are whole lines too.
    """
    show_whole_warnings()
    try:
        yield
    except (typer.Exit, typer.Abort, USAGE, BrokenPipeError):
        raise
    except ClickException as error:
        fail(error.format_message())
    except OSError as error:
        fail(describe_system(error))
    except ValueError as error:
        fail(explain(str(error)) or type(error).__name__)
    except MemoryError:
        fail("the memory is not enough for this; take smaller batches, or less data at once")
    except Exception as error:
        if os.environ.get(TRACEBACK) == "1":
            raise
        fail(describe_bug(error))


def fail(message: str) -> NoReturn:
    """Say what is wrong and end with exit code 1."""
    typer.secho(f"✘ {one_line(message)}", fg=typer.colors.RED, err=True)
    raise typer.Exit(1) from None


def name_code(message: str) -> str:
    """RETURNS (str): A message with what to do where spaCy found that nobody has registered what a
    config names, in place of its advice for programmers and its list of all that is known."""
    return UNREGISTERED.sub(
        r"\1; install the package that has it, or name the Python file that registers it: "
        "--code FILE",
        message,
    )


def describe_system(error: OSError) -> str:
    """RETURNS (str): What the system refused, and where."""
    if error.errno is None or error.strerror is None:
        # of libraries, which say it in their own words
        return str(error) or type(error).__name__
    places = [str(one) for one in (error.filename, error.filename2) if one is not None]
    head = f"{' and '.join(places)}: " if places else ""
    hint = HINTS.get(error.errno, "")
    return f"{head}{error.strerror[:1].lower()}{error.strerror[1:]}{hint}"


HINTS = {
    errno.ENOSPC: "; make room and run it again",
    errno.EDQUOT: "; make room and run it again",
    errno.EACCES: "; expected one that you may read and write",
    errno.EROFS: "; expected a place that can be written to",
    errno.EEXIST: "; expected a folder, or a path where nothing is yet",
    errno.ENOTDIR: "; expected a folder where a file is",
    errno.EISDIR: "; expected a file where a folder is",
}


def describe_bug(error: Exception) -> str:
    """RETURNS (str): A fault that no check foresaw, with its place."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(last.filename)}:{last.lineno}"
    return (
        f"a bug, not a fault of yours: {type(error).__name__}: {error} ({place}); please report it "
        f"with what the same command shows under {TRACEBACK}=1"
    )
