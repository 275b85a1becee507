"""Training losses of the table and the history."""

import math
from pathlib import Path

import pytest
from spacy.training import Example

from adaptive_spacy.training.mean_losses import MeanLosses
from tests.ner.pipelines import NO_DROPOUT, examples, make_nlp


def test_loss_is_the_mean_of_all_parts_of_all_batches(transformer_folder: Path) -> None:
    """As with accumulate_gradient = 3: two updates, three parts of a batch each."""
    nlp = make_nlp(transformer_folder, NO_DROPOUT)
    nlp.initialize(lambda: examples(nlp))
    means = MeanLosses(nlp)
    expected = nlp.evaluate(examples(nlp))["ents_loss"]
    for _ in range(2):
        losses: dict[str, float] = {}
        for _ in range(6):
            nlp.update(examples(nlp), sgd=False, losses=losses, drop=0.0)
        assert losses["transformer_ner"] == pytest.approx(6 * expected)
        assert means.take(losses, 2) == {"transformer_ner": pytest.approx(expected)}


def test_texts_without_annotation_are_no_part_of_the_mean(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder, NO_DROPOUT)
    nlp.initialize(lambda: examples(nlp))
    means = MeanLosses(nlp)
    bare = [Example(nlp.make_doc(eg.text), nlp.make_doc(eg.text)) for eg in examples(nlp)]
    expected = nlp.evaluate(examples(nlp))["ents_loss"]
    losses: dict[str, float] = {}
    for batch in (bare, examples(nlp), bare, bare):
        nlp.update(batch, sgd=False, losses=losses, drop=0.0)
    assert means.take(losses, 4) == {"transformer_ner": pytest.approx(expected)}
    # what was not learnt from has no loss, and a loss of 0 would be the best one
    losses = {}
    nlp.update(bare, sgd=False, losses=losses, drop=0.0)
    assert losses["transformer_ner"] == 0.0
    assert means.take(losses, 1) == {}


def test_losses_of_other_pipes_are_means_of_updates(transformer_folder: Path) -> None:
    nlp = make_nlp(transformer_folder)
    nlp.add_pipe("textcat")
    nlp.add_pipe("entity_ruler")
    means = MeanLosses(nlp)
    losses = {"transformer": 7.0, "transformer_ner": math.nan, "textcat": 6.0}
    # of the transformer it is the norm of a gradient
    assert means.take(losses, 4) == {"textcat": 1.5}
    assert means.take({}, 4) == {}
