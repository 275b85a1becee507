"""The phases of a training that is over, by what it wrote down."""

import math
import warnings
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from thinc.api import Config

from adaptive_spacy.adaptive.phases import PhaseMachine, State
from adaptive_spacy.config.blocks import find_blocks
from adaptive_spacy.config.monitor import list_weights, monitor_of, read_values, weigh
from adaptive_spacy.config.names import GUARD, GUARDED
from adaptive_spacy.experiments.fixed_length import schedule_of
from adaptive_spacy.training.history import Evaluation


class Replay(NamedTuple):
    """A run, by its evaluations.

    machine (PhaseMachine): The phases after them.
    undone (int): Rounds that the guard took back: the weights did not go through them.
    halved (tuple[int, ...]): After how many of the others the rate was halved, once for each time
        that the guard went back.
    """

    machine: PhaseMachine
    undone: int
    halved: tuple[int, ...]


def replay(config: Config, history: list[Evaluation]) -> Replay:
    """RETURNS (Replay): What a run went through.
    RAISES (ValueError): If its schedule was not adaptive.
    """
    training = config["training"]
    arguments = {**schedule_of(config), "interval": history[0].steps_per_round}
    machine = PhaseMachine(peak=arguments.pop("rate"), **arguments)
    monitor = monitor_of(training)
    weights = list_weights(monitor, training["score_weights"])
    guards = find_blocks(training["before_update"], "callbacks", GUARD)
    guarded = guards[0].get("metric", GUARDED) if guards else GUARDED
    best, of_best, best_step = -math.inf, machine.state.to_dict(), 0
    # -1: the evaluation of step 0, which ends no round
    kept, kept_at_best, undone, halved = -1, 0, 0, list[int]()
    for one, after in zip_longest(history, history[1:]):
        machine.observe(one.step, *weigh(weights, read_values(one.scores, weights)))
        kept += 1
        guard_score = one.scores.get(guarded)
        if after is not None and after.setbacks > one.setbacks:
            # the guard went back to its best evaluation, phases and all
            machine.go_back(one.step, best_step, State.from_dict(of_best))
            undone += kept - kept_at_best
            kept = kept_at_best
            halved.append(kept)
        elif guard_score is not None and guard_score >= best:
            best, of_best, best_step = guard_score, machine.state.to_dict(), one.step
            kept_at_best = kept
    return Replay(machine, undone, tuple(halved))


def count_rounds(run: Replay, folder: Path, name: str) -> int:
    """Count the rounds that made the weights of a run, warm-up and cool-down at least.

    folder (Path): The run's.
    name (str): Of the run, for who is warned where no round was better than the untrained model: it
        tells no length, so the fewest count.
    RETURNS (int): The rounds.
    RAISES (ValueError): If the run did not come to its end.
    """
    machine = run.machine
    shortest = machine.warmup + machine.cooldown
    rounds = find_stop(machine, folder) - run.undone
    if not machine.stalled:
        return max(rounds, shortest)
    warnings.warn(
        f"{name}: no round was better than the untrained model, so it tells no length; the "
        "shortest counts, of warm-up and cool-down",
        stacklevel=3,
    )
    return shortest


def find_stop(machine: PhaseMachine, run: Path) -> int:
    """RETURNS (int): The round in which the run was finished."""
    if machine.state.finished_at is None:
        raise ValueError(
            f"{run}: expected a run that came to its end, this one was stopped in round "
            f"{machine.state.rounds}, {machine.rounds_left()} or more before it"
        )
    return round(machine.state.finished_at / machine.interval)
