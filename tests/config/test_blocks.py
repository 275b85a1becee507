"""Blocks of a config that is not resolved yet."""

import pytest
from spacy.util import load_config
from thinc.api import Config

from adaptive_spacy.config.blocks import (
    find_blocks,
    find_schedules,
    require_blocks,
    resolve_value,
)
from adaptive_spacy.config.names import ADAPTIVE, HYBRID
from tests.conftest import ROOT


def test_blocks_are_found_at_any_depth_outer_ones_first() -> None:
    inner = {"@batchers": "a", "size": 1}
    outer = {"@batchers": "a", "batcher": {"@batchers": "b", "batcher": inner}}
    config = {"training": {"batcher": outer, "other": [inner], "text": "a"}}
    assert find_blocks(config, "batchers", "a") == [outer, inner]
    assert find_blocks(config, "callbacks", "a") == []
    assert find_blocks(outer, "batchers", "a")[1] is inner, "no copies: they are to be changed"


def test_schedules_are_those_that_count_rounds() -> None:
    rate = {"@schedules": ADAPTIVE, "inner": {"@schedules": HYBRID}}
    plain = {"@schedules": "constant.v1", "rate": 0.1}
    training = {"optimizer": {"learn_rate": rate, "L2": plain}, "eval_frequency": rate}
    assert find_schedules(training) == [rate, rate["inner"]]


def test_a_promise_is_kept_and_a_value_stays() -> None:
    promise = {"@misc": "test.promise", "value": 3}
    from spacy.util import registry

    registry.misc("test.promise", func=lambda value: 2 * value)
    assert resolve_value(promise) == 6
    assert resolve_value(3) == 3
    config = load_config(ROOT / "configs" / "adaptive.cfg")
    assert "@misc" in config["training"]["eval_frequency"], "as the shipped configs have one"


@pytest.mark.parametrize("block", ["corpora.train", "training.batcher", "nlp.tokenizer"])
def test_blocks_that_a_config_leaves_to_spacy_are_no_fault(block: str) -> None:
    """What it has is looked at, and what is wrong with it is told from what is not there."""
    config = Config({"nlp": {"lang": "en", "pipeline": []}})
    assert require_blocks(config) is None
    section, name = block.split(".")
    config.setdefault(section, {})[name] = {"unknown": 1}
    with pytest.raises(ValueError, match=f"{name} -> unknown"):
        require_blocks(config)


def test_pipeline_that_is_not_there_is_a_fault_of_the_config() -> None:
    nlp = {"lang": "en", "pipeline": ["ner"]}
    config = Config({"nlp": nlp, "components": {"ner": {"source": "nowhere"}}})
    with pytest.raises(ValueError, match="E050"):
        require_blocks(config)
