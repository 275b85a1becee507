"""Scores: spaCy's own for entities, plus the loss that the component hands over."""

from collections.abc import Callable, Iterable
from typing import Any

from spacy.scorer import get_ner_prf
from spacy.training import Example

Scorer = Callable[..., dict[str, Any]]

LOSS, REFINED, TEMPERATURE = "ents_loss", "ents_loss_refined", "temperature"
#: What a component measures itself, of which spaCy keeps that of the last component
MEASURED = (LOSS, REFINED, TEMPERATURE)


def make_ner_scorer_v1() -> Scorer:
    """Registered as `adaptive_spacy.ner_scorer.v1`; see `score_ner`."""
    return score_ner


def own_name(metric: str, pipe: str) -> str:
    """RETURNS (str): The metric of one component alone: what to monitor where there are several."""
    return f"{metric}_{pipe}"


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
