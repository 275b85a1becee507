"""The feedback: `adaptive_spacy.adapt.v1` hands each new evaluation to the schedule that trains.

It goes into `[training.before_update]`, which spaCy calls at the head of every update with step
and epoch. After each evaluation spaCy puts a new dict with every metric that `score_weights` names
into `nlp.meta["performance"]` (`spacy/training/loop.py`, `update_meta`); a dict not seen before
is therefore the evaluation of the step before.
"""

import math
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from thinc.api import ConfigValidationError

from adaptive_spacy.adaptive import binding
from adaptive_spacy.adaptive.blocks import find_blocks
from adaptive_spacy.adaptive.schedule import AdaptiveSchedule

if TYPE_CHECKING:
    from spacy.language import Language

BeforeUpdate = Callable[["Language", dict[str, Any]], None]

ADAPTIVE = "adaptive_spacy.adaptive.v1"


def make_adapt_v1(
    monitor: dict[str, float] | None = None, then: BeforeUpdate | None = None
) -> "Adapt":
    """Registered as `adaptive_spacy.adapt.v1`; see `Adapt`."""
    return Adapt(monitor, then)


class Adapt:
    """Scores each evaluation and lets the schedule observe it.

    monitor (dict[str, float] | None): Weight per metric, negative for a loss, e.g.
        {"ents_loss": -1.0}. The metrics must stand in `[training.score_weights]`, with a weight
        or null. None: spaCy's main score.
    then (Callable | None): Another `before_update`, called afterwards with the same arguments.
    """

    def __init__(self, monitor: dict[str, float] | None, then: BeforeUpdate | None) -> None:
        self.monitor = monitor
        self.then = then
        self.schedule: AdaptiveSchedule | None = None
        self.weights: dict[str, float] = {}
        self.seen: Mapping[str, Any] | None = None

    def __call__(self, nlp: "Language", info: dict[str, Any]) -> None:
        """info (dict): {"step", "epoch"}: of the update that is about to be made."""
        step = info["step"]
        if step == 0:
            self._begin(nlp)
        else:
            self._take(nlp.meta["performance"], step - 1)
        if self.then is not None:
            self.then(nlp, info)

    def _begin(self, nlp: "Language") -> None:
        training = nlp.config["training"]
        schedule = binding.bind()
        if schedule is None or not find_blocks(training["optimizer"], "schedules", ADAPTIVE):
            raise ConfigValidationError(
                title="Callback without schedule",
                desc="[training.before_update] adaptive_spacy.adapt.v1 needs "
                f'@schedules = "{ADAPTIVE}" in [training.optimizer.learn_rate]',
            )
        self.schedule = schedule
        self.seen = None
        score_weights = training["score_weights"]
        self.weights = monitor_weights(self.monitor, score_weights)
        unknown = sorted(set(self.weights) - set(score_weights))
        if unknown:
            raise ConfigValidationError(
                title="Unknown metric",
                desc=f"[training.before_update] monitor: {', '.join(unknown)} is not reported; add "
                "it to [training.score_weights] (null: reported, not weighted)",
            )

    def _take(self, performance: Mapping[str, Any], step: int) -> None:
        if performance is self.seen:
            return
        self.seen = performance
        # the evaluation at step 0 has seen one batch: it is no round
        if step > 0 and self.schedule is not None:
            self.schedule.observe(step, self._score(performance, step))

    def _score(self, performance: Mapping[str, Any], step: int) -> float:
        values = {metric: float(performance[metric]) for metric in self.weights}
        strange = [metric for metric, value in values.items() if not math.isfinite(value)]
        if strange:
            warnings.warn(
                f"step {step}: {', '.join(strange)} is not finite; the evaluation counts as a "
                "round without improvement",
                stacklevel=2,
            )
        return sum(weight * values[metric] for metric, weight in self.weights.items())


def monitor_weights(
    monitor: Mapping[str, float] | None, score_weights: Mapping[str, float | None]
) -> dict[str, float]:
    """RETURNS (dict[str, float]): The weights that score a round: the monitor's own, or those of
    spaCy's main score."""
    if monitor is not None:
        return dict(monitor)
    return {metric: weight for metric, weight in score_weights.items() if weight is not None}
