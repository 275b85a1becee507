"""Facts of a training, as a card states them."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import spacy

from adaptive_spacy.serving.facts import (
    describe_checkpoint,
    describe_length,
    describe_training,
    find_entity_types,
)
from tests.report.evaluations import evaluation


def test_facts_of_a_training(foreign: Path) -> None:
    assert describe_training(foreign) == {
        "sentences of train": 48,
        "sentences of dev": 10,
        "highest learning rate": "0.005",
        "schedule": "adaptive_spacy.adaptive.v1",
        "seed": 0,
        "length": "10 epochs, 30 steps",
        "checkpoint": "the last one",
    }
    best = describe_training(foreign.with_name("model-best"))
    assert best["checkpoint"].startswith("the one with the best score on dev, after step ")


def test_facts_of_a_checkpoint_that_is_named_by_a_link_or_a_dot(
    foreign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    best = foreign.with_name("model-best")
    for model in (foreign, best):
        facts = describe_training(model)
        (tmp_path / f"current-{model.name}").symlink_to(model)
        monkeypatch.chdir(model)
        assert describe_training(tmp_path / f"current-{model.name}") == facts
        assert describe_training(Path()) == describe_training(Path("..", model.name)) == facts
    # a checkpoint that is a link, to where there is more room
    (tmp_path / "run").mkdir()
    store = shutil.copytree(foreign, tmp_path / "store" / "model-best")
    (tmp_path / "run" / "model-last").symlink_to(store)
    shutil.copy(foreign.parent / "history.jsonl", tmp_path / "run")
    assert describe_training(tmp_path / "run" / "model-last") == describe_training(foreign)


def test_entities_are_of_components_that_find_entities() -> None:
    nlp = spacy.blank("en")
    for factory, labels in (("tagger", ["NN"]), ("parser", ["dep"]), ("ner", ["PER", "LOC"])):
        pipe: Any = nlp.add_pipe(factory)
        for label in labels:
            pipe.add_label(label)
    nlp.initialize()
    assert find_entity_types(nlp) == ["LOC", "PER"]
    rules = {"entity_ruler": {}, "span_ruler": {"annotate_ents": True}}
    for factory, settings in rules.items():
        ruler: Any = nlp.add_pipe(factory, config=settings)
        ruler.add_patterns([{"label": factory, "pattern": "Ada"}])
    assert find_entity_types(nlp) == ["LOC", "PER", "entity_ruler", "span_ruler"]
    for pipe_name in (*rules, "ner"):
        nlp.remove_pipe(pipe_name)
    spans: Any = nlp.add_pipe("span_ruler")
    spans.add_patterns([{"label": "span", "pattern": "Ada"}])
    assert find_entity_types(nlp) == []


def test_best_checkpoint_is_of_the_latest_evaluation_that_was_best() -> None:
    history = [evaluation(0), evaluation(10), evaluation(20, best=False)]
    when = "the one with the best score on dev, after step 10"
    assert describe_checkpoint(Path("out/model-best"), history) == when


def test_rounds_that_are_no_epochs_are_called_so() -> None:
    assert describe_length([evaluation(50)]) == {"length": "5 epochs, 50 steps"}
    rounds = {"length": "5 rounds of evaluation, 50 steps"}
    assert describe_length([evaluation(50, epoch=15)]) == rounds


@pytest.mark.parametrize(("fraction", "share"), [(0.25, "25 %"), (1.0, None)])
def test_part_of_the_data_is_stated(fraction: float, share: str | None, tmp_path: Path) -> None:
    (tmp_path / "config.cfg").write_text(f"[variables]\nfraction = {fraction}\n")
    assert describe_training(tmp_path).get("share of the data") == share
