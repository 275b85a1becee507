"""`init --rate` where the callback tells the schedule another rate, however it is written."""

import re
from copy import deepcopy
from typing import Any

import pytest
from spacy.util import load_config, registry
from thinc.api import Config

from adaptive_spacy.config.insertion import add_adaptive_blocks
from adaptive_spacy.config.told_rate import find_told_rate
from tests.config.spacys_configs import spacys_config
from tests.conftest import ROOT

RATE = 0.125
NAMED = {"@misc": "adaptive_spacy.rate.v1", "name": "none"}


@registry.misc("test.own_rate")
def make_own_rate() -> float:
    return 0.5


def adaptive_config(told: Any, **variables: Any) -> Config:
    """A config whose callback tells a rate."""
    config = spacys_config("textcat")
    add_adaptive_blocks(config)
    config["variables"] = variables
    config["training"]["before_update"]["rate"] = deepcopy(told)
    return config


def used_rate(config: Config) -> float:
    """The rate that a training of the config has."""
    training = config.interpolate()["training"]
    told = registry.resolve({"it": training["before_update"]})["it"].rate
    return training["optimizer"]["learn_rate"]["rate"] if told is None else told


TOLD = [
    None,
    0.25,
    "${variables.rate}",
    "${variables:rate}",
    "${variables.again}",
    {**NAMED, "rate": 0.25},
    {**NAMED, "rate": "auto"},
    {**NAMED, "rate": "${variables.rate}"},
    {**NAMED, "rate": "${variables.again}"},
    {**NAMED, "rate": "${training.optimizer.learn_rate.rate}"},
    "${variables.block}",
    {"@misc": "test.own_rate"},
    "${variables.own}",
]


@pytest.mark.parametrize("own", [0.001, "auto"])
@pytest.mark.parametrize("told", TOLD, ids=str)
@pytest.mark.parametrize("value", [0.5, "auto"])
def test_training_uses_the_rate_that_init_was_given(told: Any, value: Any, own: Any) -> None:
    config = adaptive_config(
        told,
        rate=value,
        again="${variables.rate}",
        block={**NAMED, "rate": "${variables.rate}"},
        own={"@misc": "test.own_rate"},
    )
    config["training"]["optimizer"]["learn_rate"]["rate"] = own
    done = add_adaptive_blocks(config, rate=RATE)
    assert used_rate(config) == RATE
    # what is said is so
    whole = config.interpolate()
    assert done
    for line in done:
        place, key = re.match(r"\[([\w.]+)\] (\w+) = 0.125 \(was ", line).groups()  # type: ignore
        block = whole
        for part in place.split("."):
            block = block[part]
        assert block[key] == RATE
    assert add_adaptive_blocks(config, rate=RATE) == []


@pytest.mark.parametrize("told", [one for one in TOLD if "variables.rate" in str(one)], ids=str)
def test_variables_still_set_the_rate_afterwards(told: Any) -> None:
    config = adaptive_config(told, rate=0.5)
    assert add_adaptive_blocks(config, rate=RATE)[0] == "[variables] rate = 0.125 (was 0.5)"
    config["variables"]["rate"] = 0.75
    assert used_rate(config) == 0.75


def test_callback_inside_another_is_told_where_it_is() -> None:
    config = adaptive_config(0.25)
    inner = config["training"]["before_update"]
    config["training"]["before_update"] = {"@callbacks": "mine.v1", "then": inner}
    done = add_adaptive_blocks(config, rate=RATE)
    assert done[0] == "[training.before_update.then] rate = 0.125 (was 0.25)"
    assert inner["rate"] == RATE


def test_references_in_a_circle_end() -> None:
    config = adaptive_config("${variables.one}", one="${variables.two}", two="${variables.one}")
    place = find_told_rate(config)
    assert place is not None
    assert place.block is config["training"]["before_update"]


@pytest.mark.parametrize("name", ["adaptive", "ner", "hybrid", "original", "paper", "stable"])
@pytest.mark.parametrize("variable", [False, True])
def test_shipped_configs_take_a_rate(name: str, variable: bool) -> None:
    config = load_config(ROOT / "configs" / f"{name}.cfg", interpolate=False)
    if variable:
        config["variables"]["rate"] = 2e-4
    add_adaptive_blocks(config, rate=RATE)
    assert used_rate(config) == RATE


def test_init_says_that_the_rate_it_keeps_is_overridden() -> None:
    config = load_config(ROOT / "configs" / "hybrid.cfg", interpolate=False)
    assert not any("overridden" in one for one in add_adaptive_blocks(config))
    config = load_config(ROOT / "configs" / "hybrid.cfg", interpolate=False)
    config["variables"]["rate"] = 2e-4
    (line,) = [one for one in add_adaptive_blocks(config) if "learn_rate]" in one]
    assert "rate 2e-05, rate of adaptive_spacy.hybrid.v1, overridden by [variables] rate" in line
    assert used_rate(config) == 2e-4
