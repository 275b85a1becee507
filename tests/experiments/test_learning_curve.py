"""A learning curve, and how far it can be trusted."""

from collections import defaultdict
from statistics import mean

import numpy
import pytest

from adaptive_spacy.experiments.learning_curve import Point, fit_curve
from adaptive_spacy.experiments.records import read_records
from docs.results import RECORDS
from tests.conftest import ROOT

SIZES = (25, 50, 100, 200, 400)


def power(sentences: float) -> float:
    return 85 - 60 * (sentences / 25) ** -0.5


def draw(seed: int, *, scatter: float = 2.0, seeds: int = 3) -> list[Point]:
    generator = numpy.random.default_rng(seed)
    return [Point(n, (power(n) + scatter * generator.normal(size=seeds)).tolist()) for n in SIZES]


def test_curve_without_scatter_is_found_and_gone_on_with() -> None:
    curve = fit_curve([Point(n, [power(n)] * 2) for n in reversed(SIZES)])
    assert [one.sentences for one in curve.points] == list(SIZES)
    twice = curve.places[-1]
    assert twice.sentences == pytest.approx(800)
    assert twice.f1 == pytest.approx(power(800), abs=0.3)
    assert curve.check is not None
    assert curve.check.measured == pytest.approx(power(400))
    assert curve.check.foretold == pytest.approx(power(400), abs=0.3)
    assert all(one.low <= one.f1 <= one.high for one in curve.places)


def test_interval_holds_what_a_training_gets() -> None:
    """Of 60 curves, with a training each on twice as many sentences."""
    held = []
    for seed in range(60):
        twice = fit_curve(draw(seed)).places[-1]
        got = power(800) + 2.0 * numpy.random.default_rng(1000 + seed).normal()
        held.append(twice.low <= got <= twice.high)
    assert sum(held) >= 54


def test_interval_is_as_wide_as_what_the_curve_missed_before() -> None:
    points = [Point(n, [30.0 + i, 30.0 + i]) for i, n in enumerate(SIZES[:-1])]
    curve = fit_curve([*points, Point(400, [60.0, 60.0])])
    assert curve.check is not None
    missed = abs(curve.check.measured - curve.check.foretold)
    assert missed > 20
    twice = curve.places[-1]
    assert twice.low <= twice.f1 - missed
    assert twice.high >= min(100, twice.f1 + missed)


def test_curve_stays_within_what_f1_can_be() -> None:
    steep = fit_curve(
        [Point(n, [f1, f1 + 1]) for n, f1 in zip(SIZES, (10, 30, 55, 80, 98), strict=True)]
    )
    assert all(0 <= one.low <= one.high <= 100 for one in steep.places)
    falling = fit_curve([Point(n, [60.0 - i, 61.0 - i]) for i, n in enumerate(SIZES)])
    assert falling.places[0].f1 == pytest.approx(falling.places[-1].f1)


@pytest.mark.parametrize(
    ("points", "why"),
    [
        ([Point(n, [50.0, 51.0]) for n in (25, 50, 100)], "a curve needs 4 sizes at least"),
        ([Point(n, [50.0, 51.0]) for n in (70, 80, 90, 100)], "the largest, 100, is less than 4"),
        ([Point(n, [50.0]) for n in (25, 50, 100, 200)], "4 sizes with a training each"),
        ([Point(n, [0.0, 0.1]) for n in SIZES], "learnt nothing yet"),
        ([Point(n, [100.0]) for n in SIZES], "nobody knows how far they scatter"),
        ([Point(n, [100.0] * 3) for n in SIZES], "nobody knows how far they scatter"),
        ([Point(n, [73.1]) for n in SIZES], "nobody knows how far they scatter"),
        ([Point(n, [73.1] * 3) for n in SIZES], "nobody knows how far they scatter"),
    ],
)
def test_too_little_cannot_be_told(points: list[Point], why: str) -> None:
    curve = fit_curve(points)
    assert why in curve.why
    assert curve.places == []
    assert curve.check is None


def test_half_of_what_is_rounded_up_is_a_half() -> None:
    """Half of 83 sentences of train are 42, and of 19 of dev 10."""
    for half, tried in ((50, True), (42 + 10, True), (53, False)):
        points = [Point(n, [power(n), power(n) + 1]) for n in (12, 25, half, 83 + 19)]
        assert (fit_curve(points).check is not None) == tried


def test_same_points_are_the_same_curve() -> None:
    assert fit_curve(draw(1)) == fit_curve(draw(1))


def test_page_says_what_curves_foretold_and_what_came() -> None:
    known: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    came: dict[str, list[float]] = defaultdict(list)
    for record in read_records(RECORDS):
        job, f1 = record["job"], 100 * record["results"]["last"]["test"]["f1"]
        if job["approach"] != "crossfit":
            continue
        if job["labels"] <= 200 and job["seed"] <= 3:
            known[job["dataset"]][job["labels"]].append(f1)
        elif job["labels"] == 400:
            came[job["dataset"]].append(f1)
    places = []
    for name in ("wikigold", "uner_english_ewt", "wnut17"):
        points = [Point(*point) for point in sorted(known[name].items())]
        assert [len(point.f1) for point in points] == [3, 3, 3, 3]
        places.append(fit_curve(points).places[-1])
    wikigold, uner, wnut = places
    first, second, third = (mean(came[name]) for name in ("wikigold", "uner_english_ewt", "wnut17"))
    assert {len(one) for one in came.values()} == {3}
    page = " ".join((ROOT / "docs" / "reading.md").read_text(encoding="utf8").split())
    assert (
        f"it says {wikigold.f1:.1f} for 400 labels of wikigold, {uner.f1:.1f} for UNER English-EWT "
        f"and {wnut.f1:.1f} for WNUT-17; three trainings on 400, of later samples, got "
        f"{first:.1f}, "
        f"{second:.1f} and {third:.1f} on average. It gives intervals of {wikigold.low:.1f} to "
        f"{wikigold.high:.1f}, {uner.low:.1f} to {uner.high:.1f} and {wnut.low:.1f} to "
        f"{wnut.high:.1f}"
    ) in page
