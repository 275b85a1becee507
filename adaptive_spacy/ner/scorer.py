"""Scores: spaCy's own for entities, plus the loss that the component hands over."""

from collections.abc import Callable, Iterable
from typing import Any

from spacy.scorer import get_ner_prf
from spacy.training import Example

Scorer = Callable[..., dict[str, Any]]


def make_ner_scorer_v1() -> Scorer:
    """Registered as `adaptive_spacy.ner_scorer.v1`; see `score_ner`."""
    return score_ner


def loss_name(pipe: str) -> str:
    """RETURNS (str): The metric of a component's loss: what to monitor where there are several."""
    return f"ents_loss_{pipe}"


def score_ner(
    examples: Iterable[Example], ents_loss: float | None = None, **kwargs: Any
) -> dict[str, Any]:
    """Score entities.

    examples (Iterable[Example]): Predicted and reference docs.
    ents_loss (float | None): Mean cross-entropy per annotated token, in nats, lower is better.
    RETURNS (dict): "ents_p", "ents_r", "ents_f", "ents_per_type" as in spaCy, and "ents_loss";
        None where nothing could be measured.
    """
    return {**get_ner_prf(examples, **kwargs), "ents_loss": ents_loss}
