"""Signals that end a training: the first one after its step, the second one at once."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

#: Ctrl-C, what schedulers and `kill` send, and a terminal that is closed
ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


class Interrupted(KeyboardInterrupt):
    """A training was ended by a signal, between two steps.

    number (int): The signal's.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"Stopped by {signal.Signals(number).name}")
        self.number = number


class Interruption:
    """Remembers the signal that is to end the training.

    number (int | None): The signal's; None: none came.
    """

    def __init__(self) -> None:
        self.number: int | None = None

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Have signals remembered, not obeyed. In a thread that gets none, nothing changes."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        numbers = [getattr(signal, name) for name in ENDING if hasattr(signal, name)]
        # a parent, as nohup, may have had it ignored
        heard = [one for one in numbers if signal.getsignal(one) is not signal.SIG_IGN]
        former = {number: signal.signal(number, self._take) for number in heard}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def check(self) -> None:
        """RAISES (Interrupted): If a signal came."""
        if self.number is not None:
            raise Interrupted(self.number)

    def _take(self, number: int, frame: FrameType | None) -> None:
        if self.number is not None:
            # whatever is being written is written aside
            os._exit(128 + number)
        self.number = number
        name = signal.Signals(number).name
        # not print: it may be in the middle of one
        os.write(
            sys.__stderr__.fileno() if sys.__stderr__ else 2,
            f"\n{name}: ends after this step; once more ends it at once\n".encode(),
        )
