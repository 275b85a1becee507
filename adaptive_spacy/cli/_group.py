"""The door that all commands go through: their faults, what they print, and how they are ended."""

import contextlib
import re
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

import typer
from typer.core import TyperGroup

from adaptive_spacy.cli._util import name_code, one_line_errors
from adaptive_spacy.printable import COLOUR, CONTROLS, visible
from adaptive_spacy.training.resume.signals import Interrupted

#: What our own messages and progress bars write, or else what no terminal should get
WRITTEN = re.compile(rf"({COLOUR}|\x1b\[A|\A\r|\r\Z|\r\n)|[{CONTROLS}]")
#: How a scheduler, a closed terminal and `kill` end a process
ENDING = ("SIGTERM", "SIGHUP")


class CommandGroup(TyperGroup):
    """The commands."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command, with neutral output."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.redirect_stdout(NeutralStream(sys.stdout)))
            stack.enter_context(contextlib.redirect_stderr(NeutralStream(sys.stderr)))
            stack.enter_context(ended_by_signals())
            return super().main(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; whatever of it fails, fails in one line."""
        try:
            with one_line_errors(lambda text: name_code(text) if self.takes_code(ctx) else text):
                return super().invoke(ctx)
        except Interrupted as signal:
            # saved, and said so
            raise typer.Exit(128 + signal.number) from None

    def takes_code(self, ctx: Any) -> bool:
        """RETURNS (bool): Whether the command that is run has `--code`."""
        command = self.commands.get(ctx.invoked_subcommand or "")
        return command is not None and any(one.name == "code" for one in command.params)


class NeutralStream:
    """A stream that names the control characters of data instead of obeying them.

    The tables, messages and progress bars of all libraries go through it too. Colours, and the
    moves of progress bars, are left alone.

    stream (Any): A text stream.
    """

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write a text. RETURNS (int): Its length."""
        self.stream.write(WRITTEN.sub(lambda found: found[1] or visible(found[0]), text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let what ends the process raise `SystemExit`, so that files which are written aside, and
    temporary folders, are removed on the way out, as after Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = {
        number: signal.signal(number, _end)
        for number in (getattr(signal, name, None) for name in ENDING)
        # a parent, as nohup, may have had it ignored
        if number is not None and signal.getsignal(number) is signal.SIG_DFL
    }
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _end(number: int, frame: FrameType | None) -> None:
    # a second one must not cut short what the first one cleans up
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + number)
