"""What a training goes by, as a config has it and as it is written on the command line."""

import math

import pytest

from adaptive_spacy.config.metrics import is_table
from adaptive_spacy.config.monitor import (
    list_weights,
    monitor_of,
    name_metrics,
    parse_monitor,
    parse_monitors,
    read_values,
    weigh,
)

MAIN = {"ents_f": 0.75, "ents_p": 0.25, "ents_loss": None}
LOSS, F1 = {"ents_loss": -1.0}, {"ents_f": 1.0}


@pytest.mark.parametrize(
    ("monitor", "expected"),
    [
        (None, [{"ents_f": 0.75, "ents_p": 0.25}]),
        (LOSS, [LOSS]),
        ([LOSS], [LOSS]),
        ([LOSS, F1], [LOSS, F1]),
    ],
)
def test_a_score_for_each_monitor(monitor, expected) -> None:
    assert list_weights(monitor, MAIN) == expected


def test_without_a_main_score_nothing_is_nothing() -> None:
    assert list_weights(None) == []
    assert name_metrics(list_weights(None)) == []


def test_each_metric_is_named_once() -> None:
    assert name_metrics([LOSS, {"ents_f": 1.0, "ents_loss": -2.0}]) == ["ents_loss", "ents_f"]


def test_scores_are_weighed() -> None:
    weights = [LOSS, {"ents_f": 2.0, "ents_loss": -1.0}]
    values = read_values({"ents_loss": 0.5, "ents_f": 0.25, "other": 1}, weights)
    assert weigh(weights, values) == [-0.5, 0.0]


def test_what_could_not_be_measured_is_no_number() -> None:
    (score,) = weigh([F1], read_values({"ents_f": None}, [F1]))
    assert math.isnan(score)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ents_loss", {"ents_loss": -1.0}),
        ("ents_loss_refined", {"ents_loss_refined": -1.0}),
        ("ents_loss_second", {"ents_loss_second": -1.0}),
        ("temperature", {"temperature": -1.0}),
        ("ents_f", {"ents_f": 1.0}),
        ("ents_f=0.5, x_loss=-2", {"ents_f": 0.5, "x_loss": -2.0}),
    ],
)
def test_monitors_are_read(text: str, expected) -> None:
    assert parse_monitor(text) == expected


def test_an_option_given_twice_is_two_monitors() -> None:
    loss, score = {"ents_loss": -1.0}, {"ents_f": 1.0}
    assert parse_monitors(["ents_loss", "ents_f"]) == [loss, score]
    assert parse_monitors(["ents_loss"]) == loss
    assert parse_monitors([]) is None


@pytest.mark.parametrize("text", ["", "=1", "a=b", "a=0", "a=nan", "a,"])
def test_bad_monitors_are_errors(text: str) -> None:
    with pytest.raises(ValueError, match=r"^--monitor: expected METRIC or METRIC=WEIGHT"):
        parse_monitor(text)


def test_monitor_is_that_of_our_callback_wherever_it_stands() -> None:
    ours = {"@callbacks": "adaptive_spacy.adapt.v1", "monitor": {"ents_loss": -1.0}}
    assert monitor_of({"before_update": ours}) == {"ents_loss": -1.0}
    within = {"@callbacks": "mine.v1", "monitor": "cats_score", "then": ours}
    assert monitor_of({"before_update": within}) == {"ents_loss": -1.0}
    for none in (None, {"@callbacks": "mine.v1", "monitor": "cats_score"}):
        assert monitor_of({"before_update": none}) is None


@pytest.mark.parametrize("metric", ["ents_per_type", "morph_per_feat", "cats_score_desc"])
def test_tables_and_texts_are_no_numbers(metric: str) -> None:
    assert is_table(metric)
    assert not is_table(metric.rpartition("_")[0])
