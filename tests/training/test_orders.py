"""Every order in which spaCy and its users hand gradients over uses each of them exactly once."""

import pytest
import spacy
import torch
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from spacy.language import Language
from thinc.api import Adam

from adaptive_spacy.training.optimizer import AdamW, make_adamw_v1
from tests import tiers
from tests.conftest import SENTENCES
from tests.training.loops import (
    RATE,
    Loop,
    annotated,
    as_spacy_train,
    assert_same,
    bare,
    bare_with_evaluations,
    bare_with_losses_and_schedules,
    batches,
    make_nlp,
    pipe_by_pipe,
    trained,
    weights,
    without_schedules,
)


@pytest.mark.parametrize(
    "loop",
    [
        bare,
        bare_with_losses_and_schedules,
        bare_with_evaluations,
        pipe_by_pipe,
        without_schedules,
    ],
)
def test_orders_give_the_weights_of_spacy_train(transformer_folder, loop: Loop) -> None:
    expected = trained(transformer_folder, as_spacy_train)
    assert expected._optimizer.steps == 4
    nlp = trained(transformer_folder, loop)
    nlp("Ada")  # pays what the last update may still owe
    assert nlp._optimizer.steps == 4
    assert_same(weights(nlp), weights(expected))


@pytest.mark.parametrize(
    "pipes",
    [
        ("transformer_ner", "tagger"),
        ("tagger", "transformer_ner"),
        ("transformer_ner-one", "transformer_ner-two"),
        ("tagger",),
        ("transformer_ner", "textcat"),
        ("textcat", "transformer_ner"),
    ],
)
def test_pipes_share_a_step(transformer_folder, pipes: tuple[str, ...]) -> None:
    expected = trained(transformer_folder, as_spacy_train, pipes)
    nlp = trained(transformer_folder, bare, pipes)
    nlp("Ada")
    assert nlp._optimizer.steps == 4
    assert_same(weights(nlp), weights(expected))


def test_pipes_of_others_are_stepped_at_the_end_of_each_update_from_the_second_on() -> None:
    nlp = spacy.blank("xx")
    nlp.add_pipe("textcat")
    optimizer = make_adamw_v1(RATE)
    nlp.initialize(lambda: annotated(nlp), sgd=optimizer)
    steps = []
    for batch in batches(nlp):
        nlp.update(batch, sgd=optimizer)
        steps.append(optimizer.steps)
        assert bool(optimizer.pending) is (len(steps) == 1)
    # that of the first is made before that of the second
    assert steps == [0, 2, 3, 4]


def test_an_update_changes_the_weights_at_once(transformer_folder) -> None:
    nlp = make_nlp(transformer_folder)
    for step, batch in enumerate(batches(nlp), start=1):
        before = weights(nlp)
        nlp.update(batch)
        assert nlp._optimizer.steps == step
        assert not nlp._optimizer.pending
        after = weights(nlp)
        same = [name for name in before if (before[name] == after[name]).all()]
        # the pooler is not trained; other embeddings may have no gradient
        assert all("pooler" in name for name in same), same


def test_each_step_uses_the_gradient_of_its_own_update(transformer_folder, monkeypatch) -> None:
    nlp = make_nlp(transformer_folder)
    shim = nlp.get_pipe("transformer").model.layers[0].shims[0]
    optimizer: AdamW = nlp._optimizer
    calculated: list[float] = []
    used: list[float] = []
    key = "encoder.layer.0.output.dense.weight"
    parameter = dict(shim._model.named_parameters())[key]
    parameter.register_hook(lambda gradient: calculated.append(float(gradient.norm())))
    step = AdamW.make_step

    def recorded(self: AdamW) -> None:
        if self.pending:
            used.append(float(self.pending[shim.id, key].norm()))
        step(self)

    monkeypatch.setattr(AdamW, "make_step", recorded)
    bare(nlp, optimizer)
    assert len(calculated) == 4
    assert used == pytest.approx(calculated)


def test_gradients_of_several_batches_make_one_step(transformer_folder) -> None:
    nlps = [make_nlp(transformer_folder) for _ in range(2)]
    for nlp, last in zip(nlps, (False, True), strict=True):
        first, second, *_ = batches(nlp)
        nlp.update(first, sgd=False)  # type: ignore[arg-type]
        nlp.update(second, sgd=nlp._optimizer if last else False)
        if not last:
            for _, pipe in nlp.pipeline:
                pipe.finish_update(nlp._optimizer)
            nlp._optimizer.step_schedules()
        assert nlp._optimizer.steps == 1
    assert_same(weights(nlps[0]), weights(nlps[1]))


def test_frozen_transformer_stays(transformer_folder) -> None:
    expected, nlp = (make_nlp(transformer_folder) for _ in range(2))
    before = weights(nlp)
    as_frozen = {"exclude": ["transformer"], "annotates": ["transformer"]}
    for batch in batches(expected):
        expected.update(batch, sgd=False, **as_frozen)  # type: ignore[arg-type]
        expected.get_pipe("transformer_ner").finish_update(expected._optimizer)
        expected._optimizer.step_schedules()
    for batch in batches(nlp):
        nlp.update(batch, **as_frozen)
    assert_same(weights(nlp), weights(expected))
    changed = [name for name, one in weights(nlp).items() if (one != before[name]).any()]
    assert changed
    assert all(name.startswith("transformer_ner") for name in changed)


def test_replaced_listener_learns_beside_the_shared_transformer(transformer_folder) -> None:
    def replaced() -> Language:
        nlp = make_nlp(transformer_folder, ("transformer_ner-one", "transformer_ner-two"))
        nlp.replace_listeners("transformer", "transformer_ner-two", ["model.tok2vec"])
        return nlp

    expected, nlp = replaced(), replaced()
    keys = [shim.id for _, pipe in nlp.pipeline for one in pipe.model.walk() for shim in one.shims]
    assert len(keys) == len(set(keys)) == 2
    as_spacy_train(expected, expected._optimizer)
    bare(nlp, nlp._optimizer)
    nlp("Ada")
    for one in (nlp, expected):
        assert one._optimizer.steps == 4
    assert_same(weights(nlp), weights(expected))


def test_other_optimizers_get_each_gradient_in_its_own_update(transformer_folder) -> None:
    nlps = [make_nlp(transformer_folder) for _ in range(2)]
    for nlp, loop in zip(nlps, (as_spacy_train, bare), strict=True):
        loop(nlp, Adam(RATE, use_averages=False))  # type: ignore[arg-type]
    assert_same(weights(nlps[0]), weights(nlps[1]))


def test_collecting_optimizer_gets_gradients_that_stay(transformer_folder) -> None:
    """As `nlp.rehearse` collects them, to hand them to the optimizer afterwards."""
    nlps = [make_nlp(transformer_folder) for _ in range(2)]
    for nlp, later in zip(nlps, (False, True), strict=True):
        collected = {}

        def collect(key, values, gradient, collected=collected):
            collected[key] = values, gradient
            return values, gradient

        batch = batches(nlp)[0]
        nlp.update(batch, sgd=collect if later else nlp._optimizer)  # type: ignore[arg-type]
        for key, (values, gradient) in collected.items():
            nlp._optimizer(key, values, gradient)
        nlp._optimizer.step_schedules()
        assert nlp._optimizer.steps == 1
    assert_same(weights(nlps[0]), weights(nlps[1]))


ORDERS = {
    "bare": lambda nlp, sgd, batch: nlp.update(batch, sgd=sgd),
    "pipes": lambda nlp, sgd, batch: [pipe.update(batch, sgd=sgd) for _, pipe in nlp.pipeline],
    "finish": lambda nlp, sgd, batch: [
        nlp.update(batch, sgd=False),
        *(pipe.finish_update(sgd) for _, pipe in nlp.pipeline),
    ],
    "train": lambda nlp, sgd, batch: [ORDERS["finish"](nlp, sgd, batch), sgd.step_schedules()],
}


@given(
    orders=st.lists(st.sampled_from(sorted(ORDERS)), min_size=1, max_size=4),
    words=st.lists(st.integers(0, len(SENTENCES) - 1), min_size=4, max_size=4),
    rows=st.integers(90, 2000),
)
@tiers.examples(6, suppress_health_check=list(HealthCheck))
def test_any_mixture_of_orders_and_any_vocabulary(
    transformer_folder, orders: list[str], words: list[int], rows: int
) -> None:
    results = []
    for chosen in (orders, ["train"] * len(orders)):
        nlp = make_nlp(transformer_folder)
        network = nlp.get_pipe("transformer").model.transformer
        torch.manual_seed(0)
        network.resize_token_embeddings(rows, mean_resizing=False)
        found = annotated(nlp)
        for order, first in zip(chosen, words, strict=False):
            ORDERS[order](nlp, nlp._optimizer, found[first : first + 2])
        nlp("Ada")
        assert nlp._optimizer.steps == len(orders)
        results.append(weights(nlp))
    assert_same(*results)


def test_step_of_a_gradient_that_is_not_finite_is_not_made(transformer_folder) -> None:
    nlp = make_nlp(transformer_folder)
    bare(nlp, nlp._optimizer)
    before = weights(nlp)
    parameter = next(iter(nlp.get_pipe("transformer").model.transformer.parameters()))
    parameter.register_hook(lambda gradient: gradient * float("nan"))
    pattern = "norm of the gradient is nan at step 4, with a learning rate of 0.01.*variables.rate"
    with pytest.raises(ValueError, match=pattern):
        bare(nlp, nlp._optimizer)
    assert_same(weights(nlp), before)
    nlp("Ada")  # owes nothing
    assert_same(weights(nlp), before)


def test_averages_are_none_to_use(transformer_folder) -> None:
    nlp = trained(transformer_folder, bare)
    before = weights(nlp)
    with nlp.use_params(nlp._optimizer.averages):
        assert_same(weights(nlp), before)
