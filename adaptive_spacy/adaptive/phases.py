"""The phase machine of adaptive fine-tuning (arXiv 2202.02617, section 3).

Time is counted in update steps *t* = 0, 1, ... and in rounds: one round is one evaluation, and
evaluations fall on the steps S, 2S, 3S, ... (S = `interval`). With the peak rate R, W warm-up
and C cool-down rounds, and f the shape of the cool-down, the rate of update *t* is

    R * min(1, (t + 1) / (W * S))            while warming up (R from the start if W = 0)
    R                                        on the plateau
    R * f(min(1, (t - e - 1) / (C * S)))     while cooling down, started at the evaluation of step e

`PhaseMachine` is plain Python and pure: `observe` and `go_back` alone change its state, `rate` and
`phase` read it, for past and future steps alike.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from adaptive_spacy.adaptive.curves import CURVES
from adaptive_spacy.config.requirements import NOT_NEGATIVE, POSITIVE, Requirement, one_of, whole

Phase = Literal["warmup", "plateau", "cooldown", "finished"]

#: Rounds after which a monitor that has never improved on its first value ends the training
STALL = 50

#: The least of arguments that are whole numbers
WHOLE = {"interval": 1, "warmup": 0, "cooldown": 0, "patience": 0, "stall": 1, "least": 0}
SHAPE = one_of(*CURVES)

BLOCK = "[training.optimizer.learn_rate]"


@dataclass(frozen=True)
class Segment:
    """A stretch of the rate curve.

    first (int): First update step of the stretch.
    cooling_from (int | None): Step *e* of the evaluation that began this cool-down;
        None on the plateau and during warm-up.
    warming_from (int | None): First step of this warm-up, in front of the plateau; None: there is
        none.
    """

    first: int
    cooling_from: int | None = None
    warming_from: int | None = None

    def postponed(self, first: int, steps: int) -> "Segment":
        """RETURNS (Segment): The same curve by so many steps later, from `first` on."""
        origins = (self.cooling_from, self.warming_from)
        return Segment(first, *(None if one is None else one + steps for one in origins))


#: Until an evaluation changes the curve
FIRST = Segment(first=0, warming_from=0)


@dataclass
class State:
    """What the evaluations so far have done to the phases.

    rounds (int): Evaluations observed.
    best (list[float | None]): Best finite value so far of each score, higher is better.
    wait (int): Rounds since the last improvement, or since the start; those that `least` holds do
        not count, once a score has risen.
    segments (list[Segment]): The rate curve, by first step; empty during warm-up and on the
        first plateau.
    finished_at (int | None): Step of the evaluation that ended the last cool-down, or the
        training of a monitor that stood still.
    risen (bool): Whether a score has improved on the first one.
    start (list[float | None]): The finite scores of step 0, if there were any.
    """

    rounds: int = 0
    best: list[float | None] = field(default_factory=list)
    wait: int = 0
    segments: list[Segment] = field(default_factory=list)
    finished_at: int | None = None
    risen: bool = False
    start: list[float | None] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """RETURNS (dict): The state as JSON-serializable values, for a training that is to be
        resumed."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "State":
        """RETURNS (State): The state that `to_dict` wrote: what a resumed training begins with, or
        a test in the middle of one."""
        return cls(**{**data, "segments": [Segment(**one) for one in data["segments"]]})


@dataclass
class PhaseMachine:
    """Warm up, hold, cool down when the score stops improving, go back if it improves again.

    peak (float): The rate R of the plateau, > 0.
    interval (int): Update steps per round, S >= 1.
    warmup (int): Rounds of warm-up, W >= 0.
    cooldown (int): Rounds of cool-down, C >= 0; with 0 the training is finished where the
        cool-down would start.
    patience (int): Rounds without improvement that the plateau forgives, >= 0. Cool-down starts
        with the next one.
    min_delta (float): A round improves when one of its scores is above the best of its own by more
        than this.
    resume (bool): Whether an improvement during cool-down returns to the plateau. Otherwise
        nothing that the cool-down shows counts as improvement.
    shape (str): "linear", "sqrt" or "cosine".
    stall (int): Rounds without improvement that end the training of a monitor that has never
        improved on its first finite value, > 0. Until it has, no cool-down starts: there is nothing
        yet that could have stopped improving.
    least (int): Updates that come before the end of a cool-down at least, >= 0: until one would end
        there or later, none starts, and rounds without improvement do not count once a score has
        risen. On few sentences the validation loss can turn before much was learnt. It holds back
        no other end: a monitor that never improves on its first value ends the training by `stall`.

    EXAMPLE:
        >>> machine = PhaseMachine(peak=1.0, interval=2, warmup=1, cooldown=2)
        >>> machine.observe(0, 0.1)
        >>> machine.observe(2, 0.5)
        >>> machine.observe(4, 0.4)
        >>> [machine.rate(step) for step in range(10)]
        [0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 0.75, 0.5, 0.25, 0.0]
        >>> machine.phase(4), machine.phase(6)
        ('plateau', 'cooldown')
    """

    peak: float
    interval: int
    warmup: int = 2
    cooldown: int = 7
    patience: int = 0
    min_delta: float = 0.0
    resume: bool = True
    shape: str = "linear"
    stall: int = STALL
    least: int = 0
    state: State = field(default_factory=State)

    def __post_init__(self) -> None:
        require("rate", self.peak, POSITIVE)
        for name, least in WHOLE.items():
            require(name, getattr(self, name), whole(least))
        require("min_delta", self.min_delta, NOT_NEGATIVE)
        require("shape", self.shape, SHAPE)

    @property
    def finished(self) -> bool:
        """RETURNS (bool): Whether a whole cool-down brought nothing, or nothing ever improved."""
        return self.state.finished_at is not None

    @property
    def stalled(self) -> bool:
        """RETURNS (bool): Whether it is finished because no score improved on the first one."""
        return self.finished and not self.state.risen

    @property
    def cooling(self) -> bool:
        """RETURNS (bool): Whether the last evaluation left the machine in a cool-down."""
        segments = self.state.segments
        return bool(segments) and segments[-1].cooling_from is not None

    def rounds_left(self) -> int:
        """RETURNS (int): The fewest rounds that can still come, if nothing improves any more.
        Without a finite score so far none comes: it would be a first value, and a round more.
        """
        if self.finished:
            return 0
        needed, wait = self.patience + self.cooldown + 1, self.state.wait
        held = self._last_held - self.state.rounds
        if self.state.risen:
            return needed - wait + max(0, held)
        # the first rise is a round at least, and starts the count anew
        return min(self.stall - wait, needed + max(1, held))

    @property
    def _last_held(self) -> int:
        """RETURNS (int): The last round in which no cool-down may start: it would end before
        `least`."""
        return math.ceil(self.least / self.interval) - self.cooldown - 1

    def rate(self, step: int) -> float:
        """The learning rate of an update.

        step (int): The update step, from 0.
        RETURNS (float): The rate in [0, peak], as far as the evaluations observed so far tell.
        """
        segment = self._segment(step)
        if segment.cooling_from is not None:
            elapsed = min(1.0, (step - segment.cooling_from - 1) / (self.cooldown * self.interval))
            return self.peak * CURVES[self.shape](elapsed)
        warmup_steps = self.warmup * self.interval
        if segment.warming_from is None or not warmup_steps:
            return self.peak
        return self.peak * min(1.0, (step - segment.warming_from + 1) / warmup_steps)

    def phase(self, step: int) -> Phase:
        """RETURNS (str): The phase in which the update of this step was made."""
        if self.state.finished_at is not None and step > self.state.finished_at:
            return "finished"
        segment = self._segment(step)
        if segment.cooling_from is not None:
            return "cooldown"
        if segment.warming_from is None:
            return "plateau"
        done = step - segment.warming_from
        return "warmup" if done < self.warmup * self.interval else "plateau"

    def observe(self, step: int, *scores: float) -> None:
        """Take in the evaluation of a step. Once finished, the machine stays so.

        step (int): The step after whose update the evaluation was made. That of step 0 is no round,
            only a first value to improve on: it has seen one batch.
        scores (float): One at least, the same ones each time; higher is better. A round is better
            if any of them is the best of its own so far; NaN or infinite is no improvement.
        """
        if self.finished:
            return
        state = self.state
        if step == 0:
            state.start = [score if math.isfinite(score) else None for score in scores]
            return
        state.rounds += 1
        best = state.best or [None] * len(scores)
        better = [self._improves(*pair) for pair in zip(scores, best, strict=True)]
        if any(better):
            state.risen = state.risen or self._rises(scores, better)
            triples = zip(better, scores, best, strict=True)
            state.best = [score if improved else old for improved, score, old in triples]
            state.wait = 0
            if self.cooling:
                state.segments.append(Segment(first=step + 2))
            return
        if state.risen and state.rounds <= self._last_held:
            return
        state.wait += 1
        if not state.risen:
            if state.wait == self.stall:
                state.finished_at = step
            return
        if state.wait == self.patience + 1 and self.cooldown:
            # the rate of step + 1 was drawn before this evaluation; on the plateau it is the
            # peak, as the formula says for j = 0
            state.segments.append(Segment(first=step + 2, cooling_from=step))
        if state.wait == self.patience + self.cooldown + 1:
            state.finished_at = step

    def go_back(self, step: int, best_step: int, state: State) -> None:
        """The training goes back to an earlier evaluation: the phases go on as they did after that,
        as many updates later as were taken back. What they were meanwhile can still be read.

        step (int): Of the evaluation that made it go back, which was observed.
        best_step (int): Of the earlier one.
        state (State): Of after that.
        """
        # the rate of step + 1 was drawn before, as after any evaluation
        first = step + 2
        last = state.segments[-1] if state.segments else FIRST
        segments = [one for one in self.state.segments if one.first < first]
        self.state = replace(state, segments=[*segments, last.postponed(first, step - best_step)])

    def _improves(self, score: float, best: float | None) -> bool:
        if not math.isfinite(score) or (self.cooling and not self.resume):
            return False
        return best is None or score > best + self.min_delta

    def _rises(self, scores: Sequence[float], better: Sequence[bool]) -> bool:
        """Whether an improvement is one on the value at step 0, or on that of an earlier round."""
        nothing = [None] * len(scores)
        best, start = self.state.best or nothing, self.state.start or nothing
        return any(
            improved and (old is not None or (first is not None and score > first + self.min_delta))
            for score, improved, old, first in zip(scores, better, best, start, strict=True)
        )

    def _segment(self, step: int) -> Segment:
        segments = self.state.segments
        index = bisect_right(segments, step, key=lambda segment: segment.first)
        return segments[index - 1] if index else FIRST


def require(argument: str, value: Any, requirement: Requirement) -> None:
    """RAISES (ConfigValidationError): Unless an argument of the schedule is what it has to be."""
    requirement.check("Bad schedule", f"{BLOCK} {argument}", value)
