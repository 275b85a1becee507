"""What `adaptive_spacy.guard.v1` needs: a score to watch, a rate to halve, and an optimizer that
forgets what is taken back."""

from collections.abc import Iterator, Mapping
from typing import Any

from adaptive_spacy.config.blocks import find_blocks, find_schedules
from adaptive_spacy.config.metrics import is_share, is_table
from adaptive_spacy.config.names import ADAMW, ADAPT, ADAPTIVE, GUARD, GUARDED

#: Where a config says which score it is
WATCHED = f"[training.before_update] metric of {GUARD}"

#: thinc's optimizers: no schedule tells them that the training went back, so that their moments and
#: averages would stay those of the weights that are taken back
FOREIGN = ("Adam.v1", "RAdam.v1", "SGD.v1")


def find_guard_faults(training: Mapping[str, Any]) -> Iterator[str]:
    """Guards that could not do anything.

    training (Mapping): `[training]`, interpolated.
    YIELDS (str): One line each: block and key, what is allowed, what came.
    """
    weights = training["score_weights"]
    watched = find_watched(training)
    for metric in watched:
        if not is_share(metric) or is_table(metric) or (weights.get(metric) or 0) < 0:
            yield f"{WATCHED}: expected a score in [0, 1] of which more is better, got {metric}"
        if metric not in weights:
            yield (
                f"[training.score_weights] {metric}: expected a weight, or null to report it only, "
                f"because {GUARD} watches it"
            )
    optimizer = training["optimizer"].get("@optimizers")
    if watched and optimizer in FOREIGN:
        yield (
            f'[training.optimizer]: expected @optimizers = "{ADAMW}" beside "{GUARD}", got '
            f"{optimizer}, whose moments and averages would stay those of the weights that are "
            "taken back"
        )
    guards = find_blocks(training["before_update"], "callbacks", GUARD)
    if any(find_blocks(one.get("then"), "callbacks", ADAPT) for one in guards):
        yield (
            f'[training.before_update]: expected "{ADAPT}" first, with "{GUARD}" as its `then`, '
            "found it behind the guard, where it would take what collapsed for an evaluation of "
            "the weights that came back"
        )
    if watched and not find_schedules(training):
        yield (
            f'[training.optimizer.learn_rate]: expected @schedules = "{ADAPTIVE}" or another '
            f'schedule of ours beside "{GUARD}", which halves its rate'
        )


def find_watched(training: Mapping[str, Any]) -> list[str]:
    """RETURNS (list[str]): The scores that guards watch, each once."""
    guards = find_blocks(training["before_update"], "callbacks", GUARD)
    return list(dict.fromkeys(one.get("metric", GUARDED) for one in guards))
