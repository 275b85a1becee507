"""What the commands share: errors as one line, options that several of them take."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from adaptive_spacy.training.messages import show_whole_warnings


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn a foreseeable fault into one line on stderr and exit code 1.

    Library functions raise `ValueError` (what was expected, what came, what to do) and
    `OSError`; anything else is a bug and keeps its traceback. Warnings are whole lines too.
    """
    show_whole_warnings()
    try:
        yield
    except (ValueError, OSError) as error:
        message = " ".join(str(error).split())
        typer.secho(f"✘ {message}", fg=typer.colors.RED, err=True)
        raise typer.Exit(1) from None
