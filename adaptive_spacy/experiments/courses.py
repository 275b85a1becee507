"""What the folds' trainings went through, and what the training on all labels takes over of it.

Lengths count in epochs: a round of the folds has another number of sentences than one of all.
"""

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from statistics import mean, median
from typing import NamedTuple

from thinc.api import Config

from adaptive_spacy.experiments.fixed_length import LONGER, count_batches
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.replay import count_rounds, replay
from adaptive_spacy.printable import listed
from adaptive_spacy.training.history import read_history
from adaptive_spacy.training.rounds import Rounds

#: Of `[training]`, beside the schedule
LIMITS = ("max_epochs", "max_steps", "patience")


class Course(NamedTuple):
    """What the weights of a training went through to its end.

    epochs (float): Passes over what it learns from, without those that the guard took back.
    halved (tuple[float, ...]): After how many of them the rate was halved, once for each time that
        the guard went back.
    """

    epochs: float
    halved: tuple[float, ...] = ()


def require_end(job: Job) -> None:
    """RAISES (ValueError): If the limits of a fold's config end its training before its schedule
    can, so that it would tell no length."""
    config = job.make_config().interpolate()
    fault = Rounds.of(config["training"], count_batches(config)).fault()
    if fault is not None:
        raise ValueError(f"{job.dataset}: {fault}, which tells no length")


def course_of(job: Job, folder: Path) -> Course:
    """RETURNS (Course): That of a fold's training.

    folder (Path): The job's, with its history.
    RAISES (ValueError): If another limit than its schedule ended it.
    """
    config = job.make_config().interpolate()
    run = replay(config, read_history(folder))
    if not run.machine.finished:
        raise ValueError(f"{job.dataset}: {_describe_limits(config, run.machine.state.rounds)}")
    epochs = run.machine.interval / count_batches(config)
    rounds = count_rounds(run, folder, job.dataset)
    return Course(rounds * epochs, tuple(one * epochs for one in run.halved))


def _describe_limits(config: Config, rounds: int) -> str:
    """RETURNS (str): What ended a training that its schedule did not end."""
    training = config["training"]
    asked = {key: training[key] for key in LIMITS if training.get(key)}
    limits = listed([f"{key} = {value}" for key, value in asked.items()])
    # a reference or a block has no double
    longer = [
        f" --training.{key} {2 * value}" for key, value in asked.items() if isinstance(value, int)
    ]
    hint = f", as by{''.join(longer)}," if longer else ""
    return (
        "expected a training that goes on until its schedule ends it, so that it tells a length; "
        f"this one was ended in round {rounds} by another limit of [training]"
        f"{f' ({limits})' if limits else ''}. Train the folds again with a higher one{hint} "
        "or with more sentences"
    )


def agree(courses: Sequence[Course]) -> Course:
    """RETURNS (Course): `LONGER` times the mean length; the rate is halved for the first time if
    more than half of the courses did so, at the median of where they did, for the second time if
    more than half did so twice, and so on.

    EXAMPLE:
        >>> agree([Course(8.0, (2.0,)), Course(12.0, (4.0, 5.0)), Course(10.0)])
        Course(epochs=20.0, halved=(3.0,))
    """
    epochs = LONGER * mean(one.epochs for one in courses)
    # where shorter courses went well, it may not come so far
    return Course(epochs, tuple(one for one in _halvings(courses) if one < epochs))


def _halvings(courses: Sequence[Course]) -> Iterator[float]:
    for number in count():
        places = [one.halved[number] for one in courses if len(one.halved) > number]
        # what happens to a few is the luck of their parts
        if 2 * len(places) <= len(courses):
            return
        yield median(places)
