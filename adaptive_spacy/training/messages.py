"""What a training says beside its table: whole lines that fit the terminal."""

import shlex
import shutil
import textwrap
import warnings
from collections.abc import Sequence
from pathlib import Path

import adaptive_spacy

#: Longer lines are hard to read
WIDEST = 100
PACKAGE = Path(adaptive_spacy.__file__).parent


def wrap(text: str, *, indent: str = "  ") -> str:
    """RETURNS (str): A message in lines that break between words alone."""
    width = min(shutil.get_terminal_size().columns, WIDEST)
    return textwrap.fill(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def command_line(words: Sequence[str], *, indent: str = "    ") -> str:
    """RETURNS (str): A command to copy, in lines that the shell joins again."""
    width = min(shutil.get_terminal_size().columns, WIDEST)
    lines = [indent]
    for word in map(shlex.quote, words):
        # the space and the backslash at the end of a line
        if lines[-1].strip() and len(lines[-1]) + len(word) + 3 > width:
            lines.append(indent + "  ")
        lines[-1] += word if not lines[-1].strip() else f" {word}"
    return " \\\n".join(lines)


def show_whole_warnings() -> None:
    """Have Python show the warnings of this package as messages, without the line of code that
    gave them. Others look as before."""
    former = warnings.formatwarning
    if getattr(former, "is_ours", False):
        return

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        line: str | None = None,
    ) -> str:
        if not issubclass(category, UserWarning) or PACKAGE not in Path(filename).parents:
            return former(message, category, filename, lineno, line)
        return wrap(f"⚠ {message}") + "\n"

    show.is_ours = True  # type: ignore[attr-defined]
    warnings.formatwarning = show
