"""The steps of a training: spaCy's `train_while_improving`, which can begin after any of them.

spaCy's generator counts its steps, scores and losses in variables of its own, so that it can only
begin at step 0. Here they are attributes; what is done in a step, and in which order, is the same
(spaCy 3.8, `spacy/training/loop.py`), and a test holds one against the other.
"""

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

from spacy.language import Language
from spacy.training import Example
from spacy.training.loop import subdivide_batch
from thinc.api import Optimizer, constant, set_dropout_rate

from adaptive_spacy.adaptive.callback import require_same
from adaptive_spacy.training.resume.batches import Batches
from adaptive_spacy.training.resume.faults import explaining, require_finite_losses

Evaluate = Callable[[], tuple[float, dict[str, Any]]]
Step = tuple[list[Example], dict[str, Any], bool | None]


class Loop:
    """The updates and evaluations of one training.

    nlp (Language): The pipeline.
    training (dict): `[training]`, resolved.
    batches (Batches): What is learnt from.
    evaluate (Callable): Gives the main score, higher is better, and all others.
    """

    def __init__(
        self, nlp: Language, training: dict[str, Any], batches: Batches, evaluate: Evaluate
    ) -> None:
        self.nlp, self.training, self.batches, self.evaluate = nlp, training, batches, evaluate
        self.optimizer: Optimizer = training["optimizer"]
        dropout = training["dropout"]
        self.dropouts: Any = constant(dropout) if isinstance(dropout, float) else dropout
        #: The last update; -1: none yet
        self.step = -1
        self.results: list[tuple[float, int]] = []
        self.losses: dict[str, float] = {}
        self.words = 0
        self.started = perf_counter()

    def __iter__(self) -> Iterator[Step]:
        """YIELDS (tuple): Batch, info and whether it is the best so far, as spaCy's does."""
        batches = iter(self.batches)
        while not self.over():
            found = next(batches, None)
            if found is None:
                return
            epoch, batch = found
            self.step += 1
            losses = self.losses
            self._update(epoch, batch)
            score, scores, is_best = self._evaluated()
            self.words += sum(len(one) for one in batch)
            info = {
                "epoch": epoch,
                "step": self.step,
                "score": score,
                "other_scores": scores,
                "losses": losses,
                "checkpoints": self.results,
                "seconds": int(self.seconds),
                "words": self.words,
            }
            if is_best is not None:
                self.losses = {}
            yield batch, info, is_best

    @property
    def seconds(self) -> float:
        """RETURNS (float): Of training so far, those before it was resumed with them."""
        return perf_counter() - self.started

    @property
    def score_weights(self) -> dict[str, float]:
        """RETURNS (dict): What the main score is made of."""
        return {name: one for name, one in self.training["score_weights"].items() if one}

    def over(self) -> bool:
        """RETURNS (bool): Whether patience or the number of steps ends the training."""
        if self.step < 0:
            return False
        # of equal scores the earliest counts
        best_step = -max((score, -step) for score, step in self.results)[1]
        patience, most = self.training["patience"], self.training["max_steps"]
        return bool(
            (patience and self.step - best_step >= patience) or (most and self.step >= most)
        )

    def save_state(self) -> dict[str, Any]:
        """RETURNS (dict): Where the training stands."""
        return {
            "step": self.step,
            "results": self.results,
            "losses": self.losses,
            "words": self.words,
            "seconds": self.seconds,
            "score_weights": self.score_weights,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on after a step.

        RAISES (ValueError): If the main score is made of others: its best value is none of these.
        """
        # snapshots of before do not say
        then = state.get("score_weights", self.score_weights)
        require_same("[training] score_weights", then, self.score_weights)
        self.step, self.words, self.losses = state["step"], state["words"], state["losses"]
        self.results = [(score, step) for score, step in state["results"]]
        self.started = perf_counter() - state["seconds"]
        drawn = [next(self.dropouts) for _ in range(self.step + 1)]
        # models keep the last one, and their files name it, also if no update follows
        for pipe in self._learning():
            set_dropout_rate(pipe.model, drawn[-1])

    def _update(self, epoch: int, batch: list[Example]) -> None:
        training = self.training
        frozen = training["frozen_components"]
        with explaining(self, batch, "training"):
            if training["before_update"]:
                training["before_update"](self.nlp, {"step": self.step, "epoch": epoch})
            dropout = next(self.dropouts)
            for subbatch in subdivide_batch(batch, training["accumulate_gradient"]):
                self.nlp.update(
                    subbatch,
                    drop=dropout,
                    losses=self.losses,
                    sgd=False,  # type: ignore[arg-type]
                    exclude=frozen,
                    annotates=training["annotating_components"],
                )
            require_finite_losses(self.losses, self.nlp)
            for pipe in self._learning():
                pipe.finish_update(self.optimizer)
            self.optimizer.step_schedules()

    def _learning(self) -> list[Any]:
        """RETURNS (list): The components that are trained."""
        frozen = self.training["frozen_components"]
        return [pipe for name, pipe in self.nlp.pipeline if name not in frozen and _learns(pipe)]

    def _evaluated(self) -> tuple[float | None, dict[str, Any] | None, bool | None]:
        if self.step % self.training["eval_frequency"]:
            return None, None, None
        with explaining(self, [], "evaluation"), self.nlp.use_params(self.optimizer.averages or {}):
            score, scores = self.evaluate()
        self.results.append((score, self.step))
        return score, scores, score == max(self.results)[0]


def _learns(pipe: Any) -> bool:
    model = getattr(pipe, "model", None)
    return getattr(pipe, "is_trainable", False) and model not in (True, False, None)
