"""Blocks of a config that is not resolved yet."""

from spacy.util import load_config

from adaptive_spacy.config.blocks import find_blocks, find_schedules, resolve_value
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
