"""Watch a training until somebody has seen enough."""

import time
import webbrowser
from collections.abc import Callable
from pathlib import Path

from adaptive_spacy.report.live.server import serving
from adaptive_spacy.report.live.state import Live

#: Seconds between two looks at the files, at least
INTERVAL = 1.0
#: At most this share of a processor goes into pages, however large the data is
SHARE = 0.1


def watch(
    training: Path,
    *,
    tell: Callable[[str], None],
    port: int = 0,
    open_page: bool = False,
    select: str = "last",
    corpus: Path | None = None,
    gpu_id: int = -1,
    wait: Callable[[float], None] | None = None,
) -> None:
    """Serve the page of a training, and make it anew after each evaluation, until Ctrl-C.

    training (Path): Its output folder, which need not exist yet.
    tell (Callable): Gets the address and what is new, in lines.
    port (int): On 127.0.0.1; 0: any that is free.
    open_page (bool): Open it in a browser.
    select, corpus, gpu_id: Of the predictions at the end, see `write_run`.
    wait (Callable | None): Waits so many seconds; None: as usual.
    RAISES (ValueError): If there is no training, or the port cannot be had.
    """
    live = Live(training, select=select, corpus=corpus, gpu_id=gpu_id)
    try:
        with serving(live, port) as address:
            tell(f"Watching on {address} until Ctrl-C")
            if open_page and not webbrowser.open(address):
                tell("No browser could be opened")
            while True:
                started = time.perf_counter()
                for line in live.update():
                    tell(line)
                took = time.perf_counter() - started
                (wait or time.sleep)(max(INTERVAL, took * (1 / SHARE - 1)))
    except KeyboardInterrupt:
        tell("Watched enough; what was watched is left as it is")
