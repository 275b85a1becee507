"""Class weights weigh the training loss, and what is none is refused."""

from math import inf, nan
from pathlib import Path

import pytest
from spacy.vocab import Vocab
from thinc.api import ConfigValidationError, Model, fix_random_seed

from adaptive_spacy.ner.component import TransformerNER
from tests.conftest import SENTENCES
from tests.ner.pipelines import examples, make_nlp


# tokens in `SENTENCES`: 23 O, 10 PER, 9 LOC
def test_class_weights_balanced_are_inverse_to_the_counts(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder, class_weights="balanced")
    nlp.initialize(lambda: examples(nlp))
    tags = " ".join(tags for _, tags in SENTENCES).split()
    counts = {"O": tags.count("O")}
    for type_ in ("LOC", "PER"):
        counts[type_] = sum(tag.endswith(type_) for tag in tags)
    expected = {one: len(tags) / (3 * count) for one, count in counts.items()}
    assert nlp.get_pipe("transformer_ner").cfg["type_weights"] == pytest.approx(expected)


def test_class_weights_weigh_the_training_loss_only(transformer_folder: Path) -> None:
    losses, evaluated = [], []
    for weights in (None, {"PER": 5.0}):
        nlp = make_nlp(transformer_folder, class_weights=weights)
        fix_random_seed(0)
        nlp.initialize(lambda nlp=nlp: examples(nlp))
        evaluated.append(nlp.evaluate(examples(nlp))["ents_loss"])
        fix_random_seed(0)
        losses.append(nlp.update(examples(nlp), sgd=False)["transformer_ner"])
    assert evaluated[0] == evaluated[1]
    assert losses[0] != losses[1]


NO_WEIGHTS = ["even", {}, *({"PER": one} for one in (0.0, -1.0, nan, inf, True, "2", None))]


@pytest.mark.parametrize("weights", NO_WEIGHTS)
def test_class_weights_that_make_no_sense_are_refused(weights) -> None:
    with pytest.raises(ConfigValidationError) as error:
        TransformerNER(Vocab(), Model("none", forward=print), "ours", class_weights=weights)
    assert error.value.desc == (
        '[components.ours] class_weights: expected null, "balanced" or a table of weights > 0 '
        f"per type, got {weights!r}"
    )


def test_class_weights_for_unknown_types_are_refused(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder, class_weights={"PERSON": 2.0})
    with pytest.raises(ConfigValidationError) as error:
        nlp.initialize(lambda: examples(nlp))
    assert error.value.desc == (
        "[components.transformer_ner] class_weights: expected only O, LOC, PER, got PERSON"
    )
