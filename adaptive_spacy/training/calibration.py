"""How far `ent._.confidence` can be trusted: confidences beside the share that is right.

The expected calibration error (Naeini et al. 2015; Guo et al. 2017, arXiv 1706.04599, with ten bins
of equal width) is the mean distance of the two over bins of confidence, weighed by their entities.
The Brier score (Brier 1950) is the mean squared distance of a confidence from 1 where the entity is
right and from 0 where it is not, so that lower is better.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from wasabi import table

from adaptive_spacy.ner import confidence
from adaptive_spacy.ner.component import TransformerNER
from adaptive_spacy.ner.tags import Entity
from adaptive_spacy.training.seqeval_report import locate_entity

BINS = 10


class Sureness(NamedTuple):
    """before, after (float): The confidence of an entity at temperature 1, and as it is stated.
    right (bool): Whether the entity is annotated exactly so."""

    before: float
    after: float
    right: bool


def measure_confidence(nlp: Language, examples: Sequence[Example]) -> dict[str, Any] | None:
    """Compare the confidences of predicted entities with what is right, and keep on the docs what
    they would be at temperature 1 (`confidence.read_plain`). Before the examples are scored, as
    that drops what confidences are made of.

    nlp (Language): The pipeline. examples (Sequence[Example]): Predicted by it.
    RETURNS (dict | None): "temperature" by component; "before", at temperature 1, and "after", as
        `summarize` returns them; None if no entity has a confidence.
    """
    pipes = [pipe for _, pipe in nlp.pipeline if isinstance(pipe, TransformerNER)]
    found = [one for eg in examples for one in _compare(pipes, eg)]
    if not found:
        return None
    return {
        "temperature": {pipe.name: pipe.temperature for pipe in pipes},
        "before": summarize([(one.before, one.right) for one in found]),
        "after": summarize([(one.after, one.right) for one in found]),
    }


def _compare(pipes: Sequence[TransformerNER], eg: Example) -> Iterator[Sureness]:
    left = {Entity(ent.start, ent.end, ent.label_) for ent in eg.reference.ents}
    for ent, before in _plain(pipes, eg.predicted):
        confidence.write_plain(ent, before)
        after, entity = confidence.read(ent), locate_entity(eg, ent)
        if after is not None and entity is not None:
            yield Sureness(before, after, entity in left)
            # a second one on the same tokens of the reference is wrong, as it is scored
            left.discard(entity)


def _plain(pipes: Sequence[TransformerNER], doc: Doc) -> Iterator[tuple[Span, float]]:
    """YIELDS (tuple): An entity of the pipes, and its confidence at temperature 1."""
    plain = {pipe.name: pipe.confidences(doc, 1.0) or {} for pipe in pipes}
    for ent in doc.ents:
        of_pipe = next((name for name in plain if confidence.is_from(ent, name)), None)
        before = (
            None if of_pipe is None else plain[of_pipe].get(Entity(ent.start, ent.end, ent.label_))
        )
        if before is not None:
            yield ent, before


def error_by_chance(confidences: Sequence[float], *, draws: int = 500, seed: int = 0) -> float:
    """How large an expected calibration error is by chance: in bins with few entities, the share
    that is right lies off the confidence although each is a true probability.

    confidences (Sequence[float]): In [0, 1], of each entity. *Shape:* (n_entities,)
    RETURNS (float): What it exceeds in one of twenty draws of which entities are right.
    """
    sure = numpy.asarray(confidences, dtype=float)
    bins = numpy.clip(numpy.ceil(sure * BINS) - 1, 0, BINS - 1).astype(int)
    belongs = numpy.eye(BINS)[bins]
    generator = numpy.random.default_rng(seed)
    # one by one: a corpus may have many entities
    gaps = [(sure - (generator.random(len(sure)) < sure)) @ belongs for _ in range(draws)]
    return float(numpy.quantile(numpy.abs(gaps).sum(axis=1) / len(sure), 0.95))


def summarize(pairs: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    """Summarize confidences.

    pairs (Sequence[tuple]): Of each entity its confidence in [0, 1], and whether it is right. At
        least one.
    RETURNS (dict): "calibration_error", "brier"; and "bins" of equal width, each with "from" and
        "to" (inclusive), "entities", and the mean "confidence" and the share "right" of these,
        None where there are none.
    """
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for sure, right in pairs:
        bins[min(BINS - 1, max(0, math.ceil(sure * BINS) - 1))].append((sure, right))
    rows = [
        {
            "from": i / BINS,
            "to": (i + 1) / BINS,
            "entities": len(one),
            "confidence": math.fsum(sure for sure, _ in one) / len(one) if one else None,
            "right": sum(right for _, right in one) / len(one) if one else None,
        }
        for i, one in enumerate(bins)
    ]
    distances = (
        row["entities"] * abs(row["confidence"] - row["right"])
        for row in rows
        if row["confidence"] is not None and row["right"] is not None and row["entities"]
    )
    return {
        "calibration_error": math.fsum(distances) / len(pairs),
        "brier": math.fsum((sure - right) ** 2 for sure, right in pairs) / len(pairs),
        "bins": rows,
    }


def render_confidence(measured: dict[str, Any]) -> str:
    """RETURNS (str): What was measured as tables for the terminal; shares in percent."""
    before, after = measured["before"], measured["after"]
    bins = [
        (
            f"{row['from']:.1f} to {row['to']:.1f}",
            str(row["entities"]),
            percent(row["confidence"]),
            percent(row["right"]),
        )
        for row in after["bins"]
        if row["entities"]
    ]
    figures = [
        (f"Temperature of {name}", f"{value:.3g}", "1")
        for name, value in measured["temperature"].items()
    ]
    errors = [percent(one["calibration_error"]) for one in (after, before)]
    briers = [f"{one['brier']:.4f}" for one in (after, before)]
    figures += [
        ("Expected calibration error", errors[0], errors[1]),
        ("Brier score", briers[0], briers[1]),
    ]
    return table(
        bins,
        header=("Confidence", "Entities", "Mean", "Right"),
        divider=True,
        aligns=("l", "r", "r", "r"),
    ) + table(figures, header=("", "as stated", "without"), aligns=("l", "r", "r"))


def percent(value: float | None) -> str:
    """RETURNS (str): A share in percent; "-" for none."""
    return "-" if value is None else f"{100 * value:.2f}"
