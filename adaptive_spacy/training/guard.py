"""Goes back when a training collapses: `adaptive_spacy.guard.v1`.

With a rate that is too high a transformer may lose in a round what it has learnt, and never find it
again (spaCy issue 12383). Then the weights of the best evaluation come back, the optimizer forgets
its moments, and the training goes on with half the rate, from the place in the phases where that
evaluation was. None of the recorded trainings of transformer_ner that went well breaks its rules
(benchmarks/results; a test replays them).
"""

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from spacy.language import Language
from thinc.api import ConfigValidationError

from adaptive_spacy.adaptive import active_schedule
from adaptive_spacy.adaptive.callback import BLOCK, load_then, require_same, save_then
from adaptive_spacy.adaptive.plans import HALF
from adaptive_spacy.adaptive.schedule import PhaseSchedule
from adaptive_spacy.config.guarding import find_guard_faults
from adaptive_spacy.config.names import GUARD, GUARDED
from adaptive_spacy.config.requirements import whole
from adaptive_spacy.ner.calibrated_pipe import CalibratedPipe
from adaptive_spacy.training.mean_losses import MeanLosses
from adaptive_spacy.training.resume.parameters import load_weights, save_weights

BeforeUpdate = Callable[[Language, dict[str, Any]], None]

#: Scores of small dev sets jump about below these
LEAST, LEAST_TWICE = 0.3, 0.5
#: Shares of the best score: below the one at once, below the other twice in a row
ONCE, TWICE = 0.4, 0.7
#: Times its lowest value that the training loss rises to when weights break
JUMP = 3.0
#: and that it has risen to, at least, where a score falls because of it and not by chance, as that
#: of a dev set of five sentences does
RISE = 1.5
#: Of the first training loss: below it nothing that was learnt is lost, however much it wavers
SMALL = 0.25
#: Of the best evaluation and the last one, what snapshots keep
KEPT = ("best_step", "last", "weights", "phases", "temperatures")


def make_guard_v1(
    retries: int = 2, metric: str = GUARDED, then: BeforeUpdate | None = None
) -> "Guard":
    """Registered as `adaptive_spacy.guard.v1`, as `then` of `adaptive_spacy.adapt.v1`.

    retries (int): How often it goes back at most, >= 0; 0: it never does.
    metric (str): The score that it watches, in [0, 1], higher is better; it must be reported.
    then (Callable | None): Another `before_update`, called afterwards.
    """
    whole(0).check("Bad callback", f"{GUARD} retries", retries)
    return Guard(retries, metric, then)


class Rules:
    """What a collapse is, by the scores and training losses of the evaluations so far."""

    def __init__(self) -> None:
        self.best: float | None = None
        self.below = 0
        self.first: float | None = None
        self.lowest: float | None = None

    def look(self, score: float | None, loss: float | None) -> str | None:
        """Take in an evaluation.

        score (float | None): In [0, 1], higher is better; None: none was reported.
        loss (float | None): Mean training loss since the evaluation before.
        RETURNS (str | None): What has collapsed, in words.
        """
        best = self.best
        jumped = self._jumped(loss)
        fault = self._fell(score, loss) or jumped
        if fault is not None:
            # it is taken back, or was made with weights that are broken
            self.best = best
        return fault

    def forget(self) -> None:
        """It went back: the evaluations since the best are none of this training any more."""
        self.below = 0

    def _fell(self, score: float | None, loss: float | None) -> str | None:
        if score is None or not math.isfinite(score):
            return None
        if self.best is None or score >= self.best:
            self.best = score
        best = self.best
        self.below = self.below + 1 if score < TWICE * best and best >= LEAST_TWICE else 0
        if self.below < 2 and (score >= ONCE * best or best < LEAST):
            return None
        if loss is not None and self._is_learnt(loss):
            return None
        return f"the score fell to {100 * score:.1f}, from {100 * best:.1f} at its best"

    def _is_learnt(self, loss: float) -> bool:
        """Whether a training loss shows that what was learnt is still there: it has hardly risen,
        or is so small that it wavers by as much."""
        if self.lowest is None or self.first is None:
            return False
        return loss <= RISE * self.lowest or loss < SMALL * self.first

    def _jumped(self, loss: float | None) -> str | None:
        if loss is None or not math.isfinite(loss):
            return None
        self.first = loss if self.first is None else self.first
        lowest = self.lowest = loss if self.lowest is None else min(self.lowest, loss)
        # a loss near 0 triples without harm
        if loss <= JUMP * lowest or loss < self.first / 2:
            return None
        return f"the training loss jumped to {loss:.2f}, from {lowest:.2f} at its lowest"


class Guard:
    """Watches the evaluations of one training, and keeps the weights of the best in memory.

    retries, metric, then: See `make_guard_v1`.
    """

    def __init__(self, retries: int, metric: str, then: BeforeUpdate | None) -> None:
        self.retries, self.metric, self.then = retries, metric, then
        self.schedule: PhaseSchedule | None = None
        self.seen: Mapping[str, Any] | None = None
        self.means: MeanLosses | None = None
        self._begin()

    def __call__(self, nlp: Language, info: dict[str, Any]) -> None:
        """info (dict): {"step", "epoch"}: of the update that is about to be made."""
        step = info["step"]
        if step == 0 or self.schedule is None:
            # or it is new in a training that was broken off without it
            self._begin()
            self.schedule = self._find_schedule(nlp)
            self.last = step - 1
            self.means = MeanLosses(nlp)
            self.seen = nlp.meta["performance"] if step else None
        elif nlp.meta["performance"] is not self.seen:
            self._take(nlp, nlp.meta["performance"], step - 1)
        if self.then is not None:
            self.then(nlp, info)

    def save_state(self, nlp: Language) -> dict[str, Any]:
        """RETURNS (dict): What it remembers, with the best weights."""
        return {
            "metric": self.metric,
            "rules": vars(self.rules),
            "seen": nlp.meta.get("performance") is self.seen,
            "learnt": None if self.means is None else self.means.seen,
            **{name: getattr(self, name) for name in KEPT},
            "then": save_then(self.then, nlp),
        }

    def load_state(self, nlp: Language, state: dict[str, Any], output: Path | None) -> None:
        """Go on. RAISES (ValueError): If it watched another score."""
        self._begin()
        # snapshots of before do not say
        require_same(f"{BLOCK} metric of {GUARD}", state.get("metric", self.metric), self.metric)
        self.schedule = self._find_schedule(nlp)
        vars(self.rules).update(state["rules"])
        self.seen = nlp.meta["performance"] if state["seen"] else None
        # snapshots of before do not have it: their next loss is not known
        if state.get("learnt") is not None:
            self.means = MeanLosses(nlp)
            self.means.seen = state["learnt"]
        # snapshots of before have no temperatures
        for name in KEPT:
            setattr(self, name, state.get(name, getattr(self, name)))
        load_then(self.then, nlp, state["then"], output)

    def _begin(self) -> None:
        self.rules = Rules()
        self.schedule = self.seen = self.means = None
        #: Steps of the best evaluation and of the last one
        self.best_step = self.last = -1
        self.weights: dict[str, torch.Tensor] = {}
        self.phases: dict[str, Any] | None = None
        self.temperatures: dict[str, float | None] = {}

    def _find_schedule(self, nlp: Language) -> PhaseSchedule:
        # again, for configs without the check
        for fault in find_guard_faults(nlp.config.interpolate()["training"]):
            raise ConfigValidationError(title="This training would go wrong", desc=fault)
        schedule = active_schedule.latest()
        # the block of one of ours has built it
        assert schedule is not None
        return schedule

    def _take(self, nlp: Language, performance: Mapping[str, Any], step: int) -> None:
        self.seen = performance
        assert self.schedule is not None
        score = performance[self.metric]
        fault = self.rules.look(score, self._loss(nlp, performance, step - self.last))
        self.last = step
        if len(self.schedule.setbacks) >= self.retries:
            self.weights = {}
        elif fault is None:
            if score is not None and score == self.rules.best:
                self.best_step = step
                self.weights = {name: _copy(one) for name, one in save_weights(nlp).items()}
                self.phases = self.schedule.save_state(nlp)["phases"]
                self.temperatures = {pipe.name: pipe.measured for pipe in _calibrated(nlp)}
        elif self.weights:
            self._go_back(nlp, step, fault)

    def _go_back(self, nlp: Language, step: int, fault: str) -> None:
        assert self.schedule is not None
        load_weights(nlp, self.weights)
        for pipe in _calibrated(nlp):
            if pipe.name in self.temperatures:
                pipe.restore_measured(self.temperatures[pipe.name])
        self.rules.forget()
        self.schedule.set_back(step, self.best_step, HALF, self.phases)
        times = len(self.schedule.setbacks)
        warnings.warn(
            f"step {step}: {fault}. Back to the weights of step {self.best_step}, with half the "
            f"learning rate (time {times} of {self.retries})",
            stacklevel=2,
        )

    def _loss(self, nlp: Language, performance: Mapping[str, Any], updates: int) -> float | None:
        """RETURNS (float | None): Mean over what was learnt from; None: nothing was, or no loss is
        known."""
        if self.means is None:
            self.means = MeanLosses(nlp)
            return None
        sums = {name: performance.get(f"{name}_loss") for name in self.means.names}
        losses = self.means.take(sums, updates)
        return sum(losses.values()) if losses else None


def _calibrated(nlp: Language) -> Iterator[CalibratedPipe]:
    yield from (pipe for _, pipe in nlp.components if isinstance(pipe, CalibratedPipe))


def _copy(values: Any) -> torch.Tensor:
    return torch.as_tensor(values).detach().to("cpu", copy=True)
