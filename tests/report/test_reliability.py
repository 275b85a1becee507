"""Confidences beside the share that is right."""

from pathlib import Path

import numpy
import pytest

from adaptive_spacy.ner.tags import Entity
from adaptive_spacy.report.run.page import write_run
from adaptive_spacy.report.run.passages import Predicted
from adaptive_spacy.report.run.reliability import SIDE, Bin, describe_reliability, fill_bins
from adaptive_spacy.training.calibration import summarize
from adaptive_spacy.training.errors import Finding
from tests.report.runs import write_crossfit, write_training


def findings(sure: float, right: int, wrong: int) -> list[Predicted]:
    entity = Entity(0, 1, "PER")
    hit, miss = Finding("right", entity, entity), Finding("spurious", None, entity)
    return [Predicted(0, hit, sure)] * right + [Predicted(0, miss, sure)] * wrong


def test_bins_hold_their_upper_bound() -> None:
    pairs = [(0.0, False), (0.1, True), (0.11, True), (0.2, False), (1.0, True)]
    assert fill_bins(summarize(pairs)) == [
        Bin("0 to 10", 2, pytest.approx(5), 50),
        Bin("10 to 20", 2, pytest.approx(15.5), 50),
        Bin("90 to 100", 1, 100, 100),
    ]


@pytest.mark.parametrize(
    ("sure", "right", "wrong", "verdict"),
    [
        (0.9, 18, 2, "It can be trusted. Of 20 predicted entities 90.0 % are right"),
        (0.9, 10, 10, "It is too sure"),
        (0.5, 18, 2, "It is not sure enough"),
        (0.9, 9, 1, "Too few to say"),
    ],
)
def test_verdict_is_that_of_the_error(sure: float, right: int, wrong: int, verdict: str) -> None:
    found = describe_reliability(findings(sure, right, wrong))
    assert found is not None
    assert found["text"].startswith(verdict)
    error = abs(100 * sure - 100 * right / (right + wrong))
    assert found["text"].endswith(f"Expected calibration error: {error:.1f} points.")


@pytest.mark.parametrize("entities", [20, 50, 100, 300])
def test_probabilities_that_are_right_are_seldom_called_wrong(entities: int) -> None:
    generator = numpy.random.default_rng(0)
    adverse = 0
    for _ in range(150):
        sure = 1 - generator.beta(1, 4, entities)
        right = generator.random(entities) < sure
        found = describe_reliability(
            [
                one
                for confidence, hit in zip(sure, right, strict=True)
                for one in findings(float(confidence), int(hit), int(not hit))
            ]
        )
        assert found is not None
        adverse += found["text"].startswith(("It is too sure", "It is not sure enough"))
    # one in twenty, and what 150 draws may add
    assert adverse <= 14


def test_confidences_that_are_off_both_ways_are_told() -> None:
    found = describe_reliability([*findings(0.95, 60, 40), *findings(0.55, 90, 10)])
    assert found is not None
    assert found["text"].startswith("It is too sure of some and not sure enough of others")
    few = describe_reliability(findings(0.8, 16, 8))
    assert few is not None
    assert few["text"].startswith("Whether it can be trusted cannot be told of so few")


def test_points_are_where_they_belong() -> None:
    found = describe_reliability(findings(1.0, 5, 5))
    assert found is not None
    x, y, _, what = found["points"][0]
    assert (x - found["edge"], y) == (SIDE, SIDE / 2)
    assert what == "10 entities, 100 % sure, 50 % right"


def test_page_has_a_plot_where_confidences_are_stated(tmp_path: Path) -> None:
    page = write_run(write_crossfit(tmp_path / "mine"))[0].read_text(encoding="utf8")
    assert "Can the confidence be trusted?" in page
    assert "Of 6 predicted entities 50.0 % are right" in page
    # a missed entity has none, a ruler states none
    assert (
        describe_reliability([Predicted(0, Finding("missed", Entity(0, 1, "A"), None), None)])
        is None
    )
    other = write_run(write_training(tmp_path / "other"))[0].read_text(encoding="utf8")
    assert "Can the confidence be trusted?" not in other


def test_plot_has_both_before_and_after_calibration() -> None:
    measured = {
        "temperature": {"ner": 2.0},
        "before": summarize([(0.95, True)] * 10 + [(0.95, False)] * 10),
    }
    found = describe_reliability(findings(0.52, 10, 10), measured)
    assert found is not None
    assert (
        "calibrated on dev, with temperature 2.00: before that the error was 45.0 points."
        in (found["text"])
    )
    assert found["text"].startswith("It can be trusted")
    ((x, y, _, what),) = found["former"]
    assert (x, y) == (found["edge"] + SIDE * 0.95, SIDE / 2)
    assert what == "before calibration: 20 entities, 95 % sure, 50 % right"
    assert found["points"][0][3].startswith("after calibration: 20 entities, 52 % sure")
    low, high = found["rows"]
    assert (low["name"], low["before"], low["after"].entities) == ("50 to 60", None, 20)
    assert (high["name"], high["before"].entities, high["after"]) == ("90 to 100", 20, None)


def test_plot_without_a_temperature_says_so() -> None:
    pairs = summarize([(0.9, True)] * 20)
    found = describe_reliability(findings(0.9, 20, 0), {"temperature": {"a": 1.0}, "before": pairs})
    assert found is not None
    assert "no temperature to calibrate by" in found["text"]
    assert found["former"] == []
