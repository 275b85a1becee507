"""The evaluation of a training: spaCy's, which remembers what it could not measure."""

from collections.abc import Callable, Iterable
from typing import Any

from spacy.language import Language
from spacy.training import Example
from spacy.training.loop import create_evaluation_callback

DevCorpus = Callable[[Language], Iterable[Example]]


class MainScore:
    """Evaluates the pipeline. A metric that was not measured once, as F1 without an entity, has no
    weight in the main score from then on.

    nlp (Language): The pipeline.
    corpus (Callable): Gives the sentences of dev.
    weights (dict): `[training.score_weights]`; None: reported, not weighted.
    """

    def __init__(self, nlp: Language, corpus: DevCorpus, weights: dict[str, float | None]) -> None:
        self.nlp, self.corpus = nlp, corpus
        self.weights = {name: weight for name, weight in weights.items() if weight is not None}
        self._evaluate = create_evaluation_callback(nlp, corpus, self.weights)

    def __call__(self) -> tuple[float, dict[str, Any]]:
        """RETURNS (tuple): The main score, higher is better, and all others."""
        score, scores = self._evaluate()
        self.weights = {name: one for name, one in self.weights.items() if name in scores}
        return score, scores

    def save_state(self) -> dict[str, Any]:
        """RETURNS (dict): What has a weight yet."""
        return {"weighted": list(self.weights)}

    def load_state(self, state: dict[str, Any]) -> None:
        """Give no weight to what had none any more."""
        kept = state["weighted"]
        self.weights = {name: one for name, one in self.weights.items() if name in kept}
        self._evaluate = create_evaluation_callback(self.nlp, self.corpus, self.weights)
