"""Names a training that goes wrong while it does, by three rules.

Measured on 192 healthy trainings (benchmarks/results): none broke the rule of the loss, three, of
which two are the same, that of the score; those whose F1 stayed 0 had a handful of sentences.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from adaptive_spacy.training.soundness import FAR_BELOW

#: Rounds in which a training may find nothing
PATIENCE = 5
#: Below this, scores of small dev sets jump about
LEAST_BEST = 0.3
#: Times its lowest value that the training loss rises to when weights break
JUMP = 3.0


class Watch:
    """Looks at each evaluation, and says a thing once until there was a better value in between.

    metric (str | None): The score to watch, in [0, 1], higher is better; None: none.
    name (str): What the table calls it.
    """

    def __init__(self, metric: str | None, name: str) -> None:
        self.metric, self.name = metric, name
        self.best = 0.0
        self.best_round = 0.0
        self.first_loss: float | None = None
        self.lowest_loss: float | None = None
        self.told: set[str] = set()

    def look(self, evaluation: Mapping[str, Any]) -> Iterator[str]:
        """Take in an evaluation of the log. YIELDS (str): A line for each rule that it breaks."""
        round_ = evaluation["step"] / evaluation["steps_per_round"]
        score = evaluation["scores"].get(self.metric)
        rules = {
            "lost": self._lost(score, round_),
            "nothing": self._nothing(score, round_),
            "loss": self._jumped(evaluation["train_loss"], round_),
        }
        for rule, line in rules.items():
            if line is not None and rule not in self.told:
                self.told.add(rule)
                yield line

    def _lost(self, score: float | None, round_: float) -> str | None:
        if score is None:
            return None
        if score > self.best:
            self.best, self.best_round = score, round_
            self.told.discard("lost")
        if self.best < LEAST_BEST or score >= FAR_BELOW * self.best:
            return None
        return (
            f"{self.name} fell to {100 * score:.1f}, far below the {100 * self.best:.1f} of round "
            f"{self.best_round:g}. If it does not come back, lower the learning rate"
        )

    def _nothing(self, score: float | None, round_: float) -> str | None:
        if score is None or self.best > 0 or round_ < PATIENCE:
            return None
        return (
            f"{self.name} is 0.0 in all of the first {PATIENCE} rounds: nothing is found yet. If "
            "it stays so, the learning rate is too high or too low, or the sentences are too few"
        )

    def _jumped(self, loss: float | None, round_: float) -> str | None:
        if loss is None:
            return None
        if self.first_loss is None:
            self.first_loss = loss
        if self.lowest_loss is None or loss < self.lowest_loss:
            self.lowest_loss = loss
            self.told.discard("loss")
        lowest = self.lowest_loss
        # a loss near 0 triples without harm
        if loss <= JUMP * lowest or loss < self.first_loss / 2:
            return None
        return (
            f"the training loss jumped to {loss:.2f}, from {lowest:.2f} at its lowest: the weights "
            "are breaking. Lower the learning rate"
        )
