"""A step that is owed is made before weights are read, and nothing that happens to a pipeline makes
the steps come late."""

import copy
import gc
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language

from adaptive_spacy.ner.holders import learns_last
from adaptive_spacy.training.optimizer import make_adamw_v1
from tests.training.loops import RATE, annotated, assert_same, batches, make_nlp, weights

FROZEN: dict[str, Any] = {"exclude": ["transformer"], "annotates": ["transformer"]}


def owing(folder: Path) -> Language:
    """RETURNS (Language): After the first update of a loop of which nothing tells that it is
    over."""
    nlp = make_nlp(folder)
    nlp.update(batches(nlp)[0], sgd=False)  # type: ignore[arg-type]
    for _, pipe in nlp.pipeline:
        pipe.finish_update(nlp._optimizer)
    assert nlp._optimizer.steps == 0
    return nlp


def shim_of(nlp: Language) -> Any:
    return nlp.get_pipe("transformer").model.layers[0].shims[0]


@pytest.mark.parametrize(
    "read",
    [
        lambda nlp, folder: nlp.get_pipe("transformer_ner").to_disk(folder),
        lambda nlp, folder: nlp.get_pipe("transformer_ner").to_bytes(),
        lambda nlp, folder: nlp.get_pipe("transformer_ner").model,
        lambda nlp, folder: copy.deepcopy(nlp.get_pipe("transformer_ner")),
        lambda nlp, folder: pickle.dumps(nlp.get_pipe("transformer_ner")),
        lambda nlp, folder: copy.deepcopy(nlp.get_pipe("transformer")),
        lambda nlp, folder: shim_of(nlp).to_bytes(),
        lambda nlp, folder: pickle.dumps(shim_of(nlp)),
        lambda nlp, folder: copy.deepcopy(nlp._optimizer),
    ],
)
def test_weights_are_read_after_the_step(
    transformer_folder, tmp_path, read: Callable[[Language, Path], Any]
) -> None:
    nlp = owing(transformer_folder)
    read(nlp, tmp_path / "read")
    assert nlp._optimizer.steps == 1
    assert not nlp._optimizer.pending


def saved(nlp: Language, folder: Path) -> Language:
    nlp.to_disk(folder)
    return spacy.load(folder)


@pytest.mark.parametrize("take", [saved, lambda nlp, folder: copy.deepcopy(nlp)])
def test_what_is_saved_or_copied_has_learnt_from_all_updates(
    transformer_folder, tmp_path, take: Callable[[Language, Path], Language]
) -> None:
    nlp = make_nlp(transformer_folder)
    optimizer = make_adamw_v1(RATE)
    nlp.update(batches(nlp)[0], sgd=optimizer, **FROZEN)
    assert optimizer.steps == 0
    taken = weights(take(nlp, tmp_path / "taken"))
    nlp("Ada")
    assert optimizer.steps == 1
    assert_same(taken, weights(nlp))


def test_copy_goes_on_as_the_pipeline_does_that_owed(transformer_folder) -> None:
    nlp = owing(transformer_folder)
    other = copy.deepcopy(nlp)
    for one in (nlp, other):
        one.update(batches(one)[1])
        assert one._optimizer.steps == 2
    assert_same(weights(nlp), weights(other))


def test_added_label_makes_no_step_late(transformer_folder) -> None:
    nlps = [make_nlp(transformer_folder) for _ in range(2)]
    for nlp, bare in zip(nlps, (False, True), strict=True):
        optimizer = nlp._optimizer
        for step, batch in enumerate(batches(nlp), start=1):
            if step == 3:
                nlp.get_pipe("transformer_ner").add_label("NEW")
            nlp.update(batch, sgd=optimizer if bare else False)
            if not bare:
                for _, pipe in nlp.pipeline:
                    pipe.finish_update(optimizer)
                optimizer.step_schedules()
            assert optimizer.steps == step
            assert not optimizer.pending
        layer = nlp.get_pipe("transformer_ner").model.get_ref("output_layer")
        known = sum(name in ("W", "b") for _, name in optimizer.parameters)
        assert known == 2
        assert {(layer.id, "W"), (layer.id, "b")} <= optimizer.parameters.keys()
        assert sum(len(group["params"]) for group in optimizer.adamw.param_groups) == len(
            optimizer.parameters
        )
    assert_same(*map(weights, nlps))


def test_added_label_replaces_the_layer_after_its_step(transformer_folder) -> None:
    expected, nlp = (owing(transformer_folder) for _ in range(2))
    expected("Ada")
    nlp.get_pipe("transformer_ner").add_label("NEW")
    former, rows = (
        one.get_pipe("transformer_ner").model.get_ref("output_layer").get_param("W")
        for one in (expected, nlp)
    )
    assert len(rows) > len(former)
    assert rows[: len(former)] == pytest.approx(former, abs=1e-2 * RATE)


def sourced(nlp: Language) -> Language:
    other = spacy.blank("xx", vocab=nlp.vocab)
    for name in nlp.pipe_names:
        other.add_pipe(name, source=nlp)
    return other


@pytest.mark.parametrize(
    "taken", [copy.deepcopy, lambda nlp: pickle.loads(pickle.dumps(nlp)), sourced]
)
def test_update_of_a_copy_changes_the_weights_at_once(
    transformer_folder, taken: Callable[[Language], Language]
) -> None:
    nlp = taken(make_nlp(transformer_folder))
    gc.collect()
    optimizer = make_adamw_v1(RATE)
    nlp.update(batches(nlp)[0], sgd=optimizer)
    assert optimizer.steps == 1


def test_pipe_that_was_last_where_it_was_sourced_from_ends_no_update(transformer_folder) -> None:
    source = make_nlp(transformer_folder)
    pipe = source.get_pipe("transformer_ner")
    assert learns_last(pipe)
    nlp = sourced(source)
    assert learns_last(pipe)
    textcat = nlp.add_pipe("textcat")
    assert not learns_last(pipe)
    assert learns_last(textcat)
    textcat.initialize(lambda: annotated(nlp), nlp=nlp)
    optimizer = make_adamw_v1(RATE)
    steps = []
    for batch in batches(nlp)[:2]:
        nlp.update(batch, sgd=optimizer)
        steps.append(optimizer.steps)
    # that of the first update, of both pipes, is made in the second
    assert steps == [0, 2]


def test_last_listener_that_is_excluded_makes_no_step_late(transformer_folder) -> None:
    pipes = ("transformer_ner-one", "transformer_ner-two")
    nlps = [make_nlp(transformer_folder, pipes) for _ in range(2)]
    for nlp, bare in zip(nlps, (False, True), strict=True):
        optimizer = nlp._optimizer
        for i, batch in enumerate(batches(nlp)):
            exclude = [pipes[1]] if i % 2 else []
            nlp.update(batch, sgd=optimizer if bare else False, exclude=exclude)
            if not bare:
                for name, pipe in nlp.pipeline:
                    if name not in exclude:
                        pipe.finish_update(optimizer)
                optimizer.step_schedules()
        # that of the last one is made before it is saved
        nlp.to_bytes()
        assert optimizer.steps == 4
    assert_same(*map(weights, nlps))
