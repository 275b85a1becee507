"""What a training goes by."""

import math

import pytest

from adaptive_spacy.adaptive.monitor import list_weights, name_metrics, read_values, weigh

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
