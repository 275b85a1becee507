"""Processes that are forked from one whose network has computed, as `nlp.pipe(n_process=2)` does on
Linux. OpenMP's threads do not come along, and the child waits for them without end."""

import os
from functools import cache

import torch


@cache
def prepare_for_forks() -> None:
    """From now on, forked processes compute with one thread, which needs no other. Called when a
    network first computes: before that, a fork may use as many as it likes."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_compute_alone)


def _compute_alone() -> None:
    if torch.get_num_threads() > 1:
        torch.set_num_threads(1)
