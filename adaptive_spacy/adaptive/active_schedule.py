"""Which schedule trains in this thread.

spaCy resolves `[training]` twice, so two schedule objects exist, and no public attribute leads
from the pipeline to the optimizer that trains. But the schedule that trains is the one built last
in the training's thread (`spacy/training/loop.py` resolves and trains without a break), and the
first update is the moment to take hold of it.

Trainings are numbered by that moment. Who is built before it, as batchers are, remembers the
number to come; whatever is built during a training is of a later one and changes nothing.
Everything is per thread, and held weakly: a training that ended or broke off keeps nothing alive
and shows nothing to the next one.
"""

import threading
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adaptive_spacy.adaptive.schedule import PhaseSchedule


class _Thread(threading.local):
    def __init__(self) -> None:
        self.latest: weakref.ref[PhaseSchedule] | None = None
        self.trainings = 0
        self.bound: weakref.WeakValueDictionary[int, PhaseSchedule] = weakref.WeakValueDictionary()


_thread = _Thread()


def announce(schedule: "PhaseSchedule") -> None:
    """A schedule was built: it is the latest one of this thread."""
    _thread.latest = weakref.ref(schedule)


def latest() -> "PhaseSchedule | None":
    """RETURNS (PhaseSchedule): The schedule built last in this thread, if it still lives."""
    return _thread.latest() if _thread.latest else None


def bind() -> "PhaseSchedule | None":
    """A training begins, with the latest schedule. RETURNS (PhaseSchedule): That one."""
    schedule = latest()
    _thread.trainings += 1
    if schedule is not None:
        _thread.bound[_thread.trainings] = schedule
    return schedule


def next_training() -> int:
    """RETURNS (int): The number of the training that begins next in this thread."""
    return _thread.trainings + 1


def bound(training: int) -> "PhaseSchedule | None":
    """RETURNS (PhaseSchedule): The schedule of a training; None before it has begun."""
    return _thread.bound.get(training)
