"""The rate that a schedule begins at, of whatever schedule a config had."""

from typing import Any

import pytest

from adaptive_spacy.config.insertion import add_adaptive_blocks
from tests.config.spacys_configs import spacys_config

# the learning rate of a config, and the highest rate that is kept
RATES: list[tuple[Any, Any]] = [
    (0.02, 0.02),
    ("${training.dropout}", 0.1),
    ({"@schedules": "constant.v1", "rate": 0.02}, 0.02),
    (
        {"@schedules": "warmup_linear.v1", "warmup_steps": 1, "total_steps": 9, "initial_rate": 3},
        3,
    ),
    (
        {
            "@schedules": "warmup_linear.v1",
            "warmup_steps": 1,
            "total_steps": 9,
            "initial_rate": "${training.dropout}",
        },
        0.1,
    ),
    ({"@schedules": "compounding.v1", "start": 0.1, "stop": 0.4, "compound": 1.1}, 0.4),
    ({"@schedules": "compounding.v1", "start": 0.1, "stop": 0.01, "compound": 0.9}, 0.1),
    ({"@schedules": "decaying.v1", "base_rate": 0.1, "decay": 1e-4}, 0.1),
    ({"@schedules": "slanted_triangular.v1", "max_rate": 0.3, "num_steps": 90}, 0.3),
    ({"@schedules": "cyclic_triangular.v1", "min_lr": 0.1, "max_lr": 0.2, "period": 3}, 0.2),
    # not known by name: its rates are drawn
    (
        {
            "@schedules": "constant_then.v1",
            "rate": 0.1,
            "steps": 3,
            "schedule": {"@schedules": "constant.v1", "rate": 0.5},
        },
        0.5,
    ),
]


@pytest.mark.parametrize(("former", "expected"), RATES)
def test_init_keeps_the_highest_rate(former, expected) -> None:
    config = spacys_config("textcat")
    config["training"]["optimizer"]["learn_rate"] = former
    add_adaptive_blocks(config)
    schedule = config["training"]["optimizer"]["learn_rate"]
    assert (schedule["@schedules"], schedule["rate"]) == ("adaptive_spacy.adaptive.v1", expected)
    # a reference goes on working, from where spaCy resolves it together with what it names
    refers = "${training.dropout}" in str(former)
    rate = config["training"]["before_update"].get("rate")
    assert rate == ("${training.dropout}" if refers else None)
    assert "${" not in str(config["training"]["optimizer"])


def test_init_takes_adams_rate_where_the_config_has_none() -> None:
    config = spacys_config("textcat")
    config["training"]["optimizer"] = {"@optimizers": "Adam.v1"}
    add_adaptive_blocks(config)
    assert config["training"]["optimizer"]["learn_rate"]["rate"] == 0.001


def test_init_asks_for_a_rate_that_it_cannot_find_out() -> None:
    config = spacys_config("textcat")
    config["training"]["optimizer"]["learn_rate"] = {"@schedules": "nobody.v1", "x": 1}
    with pytest.raises(ValueError, match=r"highest rate of nobody\.v1 could not be .* --rate$"):
        add_adaptive_blocks(config)
    (line, *_) = add_adaptive_blocks(config, rate=0.25)
    assert line.startswith(
        "[training.optimizer.learn_rate] adaptive_spacy.adaptive.v1: rate 0.25, as given"
    )
