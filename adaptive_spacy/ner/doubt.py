"""How much of a text the component is unsure of: what a second look, or a label, may change.

Uncertainty sampling for sequences, counted by entity rather than by token (Settles and Craven 2008,
"An Analysis of Active Learning Strategies for Sequence Labeling Tasks", compare the kinds).
"""

from collections.abc import Sequence

import numpy

from adaptive_spacy.ner.decoding import Decoded, Floats, forward_backward
from adaptive_spacy.ner.tags import TagSet
from adaptive_spacy.ner.temperature import scale


def count_doubts(
    logits: Sequence[Floats],
    found: Sequence[Sequence[Decoded]],
    tagset: TagSet,
    temperature: float,
) -> float:
    """Add up what may be wrong: of each entity that was found, the probability that it is none, and
    of each other token, the probability that it is of one.

    logits (Sequence[array]): The scores of each stretch that is free. *Shape:* (length, K)
    found (Sequence[Sequence[Decoded]]): The entities of each stretch, with their confidences.
    tagset (TagSet): The K tags.
    temperature (float): What the scores are divided by.
    RETURNS (float): Mistakes to expect, at least 0.
    """
    outside = tagset.index["O"]
    doubts = 0.0
    weighed = forward_backward([scale(one, temperature) for one in logits], tagset)
    for weights, decoded in zip(weighed, found, strict=True):
        free = numpy.ones(len(weights.forward), dtype=bool)
        for entity, confidence in decoded:
            free[entity.start : entity.end] = False
            doubts += 1 - confidence
        inside = 1 - numpy.exp(weights.forward[:, outside] + weights.backward[:, outside])
        doubts += float(inside[free].clip(0, 1).sum())
    return doubts
