"""The feedback: `adaptive_spacy.adapt.v1` tells the schedule that trains of the training.

At the first update these are the steps per round and the highest rate, afterwards each new
evaluation. It goes into `[training.before_update]`, which spaCy calls at the head of every update
with step and epoch. After each evaluation spaCy puts a new dict with every metric that
`score_weights` names into `nlp.meta["performance"]` (`spacy/training/loop.py`, `update_meta`); a
dict not seen before is therefore the evaluation of the step before.
"""

import math
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from thinc.api import ConfigValidationError

from adaptive_spacy.adaptive import active_schedule
from adaptive_spacy.adaptive.phases import PhaseMachine
from adaptive_spacy.adaptive.schedule import AdaptiveSchedule, PhaseSchedule
from adaptive_spacy.config.blocks import find_schedules, resolve_value
from adaptive_spacy.config.monitor import (
    Monitor,
    Weights,
    list_weights,
    name_metrics,
    read_values,
    weigh,
)
from adaptive_spacy.config.names import ADAPTIVE
from adaptive_spacy.config.requirements import RATE
from adaptive_spacy.config.settings import find_setting_faults

if TYPE_CHECKING:
    from spacy.language import Language

BeforeUpdate = Callable[["Language", dict[str, Any]], None]
BLOCK = "[training.before_update]"


def make_adapt_v1(
    monitor: Monitor = None,
    then: BeforeUpdate | None = None,
    rate: float | None = None,
) -> "Adapt":
    """Registered as `adaptive_spacy.adapt.v1`; see `Adapt`."""
    return Adapt(monitor, then, rate)


class Adapt:
    """Tells the schedule of the training: first how long a round is, then of each evaluation.

    monitor (Monitor): Weight per metric, negative for a loss, e.g. {"ents_loss": -1.0}; or a list
        of these, of which a round is better if any has its best value so far. The metrics must
        stand in `[training.score_weights]`, with a weight or null. None: spaCy's main score. Fixed
        schedules take no notice.
    then (Callable | None): Another `before_update`, called afterwards with the same arguments.
    rate (float | None): The highest rate; None: that of the schedule. Unlike there, it may refer
        to another section here, such as `${variables.rate}`.
    """

    def __init__(
        self,
        monitor: Monitor,
        then: BeforeUpdate | None,
        rate: float | None = None,
    ) -> None:
        RATE.or_null().check("Bad callback", "[training.before_update] rate", rate)
        self.monitor = monitor
        self.then = then
        self.rate = rate
        self.schedule: PhaseSchedule | None = None
        self.weights: list[Weights] = []
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

    def save_state(self, nlp: "Language") -> dict[str, Any]:
        """RETURNS (dict): What it remembers between two updates; the schedule keeps the phases."""
        seen = nlp.meta.get("performance") is self.seen
        return {"seen": seen, "monitored": self.weights, "then": save_then(self.then, nlp)}

    def load_state(self, nlp: "Language", state: dict[str, Any], output: Any) -> None:
        """Begin again in the middle of a training, whose last scores are in the pipeline's meta.

        RAISES (ValueError): If that went by other scores: their best values are none of these.
        """
        self._begin(nlp)
        # snapshots of before do not say
        require_same(f"{BLOCK} monitor", state.get("monitored", self.weights), self.weights)
        self.seen = nlp.meta["performance"] if state["seen"] else None
        load_then(self.then, nlp, state["then"], output)

    def _begin(self, nlp: "Language") -> None:
        config = nlp.config.interpolate()
        training = config["training"]
        # again, for configs without the check; and one at a time, as the last models are gone
        for fault in find_setting_faults(config):
            raise ConfigValidationError(title="This training would go wrong", desc=fault)
        schedule = active_schedule.bind()
        if schedule is None or not find_schedules(training):
            raise ConfigValidationError(
                title="Callback without schedule",
                desc="[training.before_update] adaptive_spacy.adapt.v1 needs "
                f'@schedules = "{ADAPTIVE}" in [training.optimizer.learn_rate]',
            )
        blocks = find_schedules(nlp.config["training"])
        if not blocks:
            # it lies in another section. A copy goes where it is used: what is saved can state its
            # rate there, and spaCy, which resolves this block alone, can make an optimizer of it
            nlp.config["training"]["optimizer"] = training["optimizer"]
            blocks = find_schedules(nlp.config["training"])
        schedule.begin(
            rate=self.rate,
            interval=lambda: resolve_value(training["eval_frequency"]),
            total_steps=lambda: resolve_value(training["max_steps"]),
        )
        if self.rate is not None:
            # what is saved states the rate that it was trained with, and goes on with it
            blocks[0]["rate"] = self.rate
        self.schedule = schedule
        self.seen = None
        self.weights = []
        if isinstance(schedule, AdaptiveSchedule):
            self.weights = self._monitored(training["score_weights"])

    def _monitored(self, score_weights: Mapping[str, float | None]) -> list[Weights]:
        weights = list_weights(self.monitor, score_weights)
        unknown = sorted(set(name_metrics(weights)) - set(score_weights))
        if unknown:
            raise ConfigValidationError(
                title="Unknown metric",
                desc=f"[training.before_update] monitor: {', '.join(unknown)} is not reported; add "
                "it to [training.score_weights] (null: reported, not weighted)",
            )
        return weights

    def _take(self, performance: Mapping[str, Any], step: int) -> None:
        if performance is self.seen:
            return
        self.seen = performance
        if self.schedule is None:
            return
        # that of step 0 has seen one batch: it is no round, only a value to improve on
        self.schedule.observe(step, *self._scores(performance, step))
        if isinstance(self.schedule, AdaptiveSchedule) and self.schedule.machine is not None:
            self._say_why(self.schedule.machine, step)

    def _say_why(self, machine: PhaseMachine, step: int) -> None:
        """A training that ends without a cool-down says so."""
        if machine.stalled and machine.state.finished_at == step:
            monitored = ", ".join(name_metrics(self.weights))
            warnings.warn(
                f"step {step}: {monitored} never improved on its first value in "
                f"{machine.stall} rounds, so the training ends without a cool-down. If nothing was "
                "learnt, look at the labels, raise the rate, or stall in "
                "[training.optimizer.learn_rate]; if the model was good from the start, lower the "
                "rate, or keep model-best",
                stacklevel=2,
            )

    def _scores(self, performance: Mapping[str, Any], step: int) -> list[float]:
        values = read_values(performance, self.weights)
        strange = [metric for metric, value in values.items() if not math.isfinite(value)]
        if strange:
            warnings.warn(
                f"step {step}: {', '.join(strange)} is not finite, which counts as no improvement",
                stacklevel=2,
            )
        return weigh(self.weights, values)


def require_same(place: str, then: Any, now: Any) -> None:
    """RAISES (ValueError): Unless a training that goes on goes by the scores that it went by.

    place (str): Of the setting that says which.
    then, now (Any): What it says.
    """
    if then != now:
        raise ValueError(
            f"{place}: expected {then}, as the training that was broken off "
            f"had, got {now}, which its best scores are no measure for: --force cannot go on. Give "
            "it what it had, or leave --resume out to start anew"
        )


def save_then(then: Any, nlp: "Language") -> dict[str, Any] | None:
    """RETURNS (dict | None): What the callback after another one remembers, if it says."""
    return then.save_state(nlp) if hasattr(then, "save_state") else None


def load_then(then: Any, nlp: "Language", state: dict[str, Any] | None, output: Any) -> None:
    """Have it go on from that."""
    if state is not None and hasattr(then, "load_state"):
        then.load_state(nlp, state, output)
