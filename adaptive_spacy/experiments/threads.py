"""How many threads compute: sums on a processor depend on it, and so do scores."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from threadpoolctl import threadpool_limits


@contextmanager
def computing_in(threads: int) -> Iterator[None]:
    """Let torch and the libraries for matrices compute in so many threads, until the end."""
    former = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with threadpool_limits(threads):
            yield
    finally:
        torch.set_num_threads(former)
