"""Training losses as means over what was learnt from between two evaluations."""

import math
from collections.abc import Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any

from adaptive_spacy.ner.learning_pipe import LearningPipe

if TYPE_CHECKING:
    from spacy.language import Language


class MeanLosses:
    """Divides the sums that spaCy keeps.

    A pipe of ours adds the mean of a batch each time that it learns from one, which with
    `accumulate_gradient` is several times an update, for parts of its batch. So its sum is divided
    by these times, and is beside the validation loss what it says; that of another pipe by updates.

    nlp (Language): The pipeline.
    """

    def __init__(self, nlp: "Language") -> None:
        self.names = [name for name, pipe in nlp.pipeline if _has_loss(pipe)]
        self.pipes = {name: pipe for name, pipe in nlp.pipeline if isinstance(pipe, LearningPipe)}
        #: Times that each had learnt at the last evaluation
        self.seen = self._count()

    def take(self, sums: Mapping[str, Any], updates: int) -> dict[str, float]:
        """Begin anew after an evaluation.

        sums (Mapping[str, Any]): What was added since the last one, by pipe.
        updates (int): Since then, >= 1.
        RETURNS (dict[str, float]): Mean losses, of the pipes whose sum is a finite number and that
            learnt from something.
        """
        before, self.seen = self.seen, self._count()
        times = {name: count - before[name] for name, count in self.seen.items()}
        found = {name: finite(sums.get(name)) for name in self.names}
        return {
            name: total / times.get(name, updates)
            for name, total in found.items()
            # texts without annotation teach nothing, and their 0 is no loss
            if total is not None and times.get(name, updates) > 0
        }

    def _count(self) -> dict[str, int]:
        return {name: pipe.learnt for name, pipe in self.pipes.items()}


def finite(value: Any) -> float | None:
    """RETURNS (float | None): A finite number, or None: JSON has no NaN."""
    return float(value) if isinstance(value, Real) and math.isfinite(value) else None


def _has_loss(pipe: Any) -> bool:
    """Whether a pipe's loss is one. A transformer or tok2vec that others listen to reports the
    squared norm of its gradient under that name."""
    return getattr(pipe, "is_trainable", False) and not getattr(pipe, "listener_map", None)
