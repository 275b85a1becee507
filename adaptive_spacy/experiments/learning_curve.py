"""F1 against labelled sentences, and what twice as many may bring.

The curve is F1(n) = a - b / n^c, a power law that comes to an end: "pow3" of Domhan, Springenberg
and Hutter 2015 (IJCAI), and among those that fit most learning curves in Viering and Loog 2022
(arXiv 2103.10948). For a given c the best a and b have a formula, so that c alone is sought.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy
from numpy.typing import NDArray

Floats = NDArray[numpy.float64]

#: Sizes that three numbers are fitted to at least, and how far they must lie apart
LEAST_SIZES, LEAST_SPAN = 4, 4.0
#: Sizes if each has one training, so that the scatter is known from the curve alone
LEAST_SINGLE = 5
#: Below this F1, in percent, nothing was learnt that a curve could go on from
NOTHING = 1.0
#: Points of F1 within which trainings are the same, as sums are rounded
SAME = 1e-6
#: What a half of train and a half of dev, which are rounded each, may have together beyond a half
ROUNDED = 1
EXPONENTS = numpy.geomspace(0.05, 3.0, 60)
DRAWS = 2000
PERCENTILES = (2.5, 97.5)
#: Places at which the curve is drawn
PLACES = 40


class Point(NamedTuple):
    """sentences (int): With labels, those of dev too. f1 (list[float]): Of each training, in
    percent."""

    sentences: int
    f1: list[float]

    @property
    def mean(self) -> float:
        """RETURNS (float): Over the trainings."""
        return math.fsum(self.f1) / len(self.f1)


class Place(NamedTuple):
    """sentences (float). f1, low, high (float): What the curve says of a training on so many, in
    percent, at 95 %."""

    sentences: float
    f1: float
    low: float
    high: float


class Check(NamedTuple):
    """What the curve of the sizes up to a half says of the largest one, and what that has: F1 in
    percent."""

    foretold: float
    measured: float


class LearningCurve(NamedTuple):
    """points (list[Point]): By size. places (list[Place]): Of the curve, from the smallest size to
    twice the largest, which comes last; empty if it cannot be told. why (str): Why not, or "".
    check (Check | None): None if there are too few sizes up to a half of the largest."""

    points: list[Point]
    places: list[Place]
    why: str
    check: Check | None


def fit_curve(points: Sequence[Point]) -> LearningCurve:
    """Fit a learning curve and go on to twice as many sentences.

    The interval is of one training: trainings are drawn anew around the curve, fitted, and scatter
    around that. How far they scatter is told by trainings of the same size, or by how far the
    sizes lie off the curve, whichever is more. It is no narrower than what the curve of the smaller
    half missed the largest size by.

    points (Sequence[Point]): In any order, each size once.
    RETURNS (LearningCurve): The curve.
    """
    points = sorted(points)
    why = _too_few(points)
    if why:
        return LearningCurve(points, [], why, None)
    sizes = numpy.array([one.sentences for one in points], dtype=float)
    means = numpy.array([[one.mean for one in points]])
    counts = numpy.array([len(one.f1) for one in points], dtype=float)
    places = numpy.geomspace(sizes[0], 2 * sizes[-1], PLACES)
    drawn = _fit(sizes, means, counts, places)[0]
    fitted = _fit(sizes, means, counts, sizes)[0]
    spread, freedom = _scatter(points, fitted)
    if spread < SAME:
        why = "no training is off the curve, so that nobody knows how far they scatter"
        return LearningCurve(points, [], why, None)
    generator = numpy.random.default_rng(0)
    noise = generator.standard_t(freedom, size=(DRAWS, len(points))) * spread / counts**0.5
    curves = _fit(sizes, fitted + noise, counts, places)
    curves = curves + generator.standard_t(freedom, size=(DRAWS, 1)) * spread
    low, high = numpy.percentile(curves, PERCENTILES, axis=0)
    check = _check(sizes, means[0], counts)
    missed = 0.0 if check is None else abs(check.foretold - check.measured)
    # beyond what was measured alone
    beyond = numpy.clip((places - sizes[-1]) / sizes[-1], 0, 1) * missed
    low = numpy.clip(numpy.minimum(low, drawn - beyond), 0, 100)
    high = numpy.clip(numpy.maximum(high, drawn + beyond), 0, 100)
    found = [Place(*map(float, row)) for row in zip(places, drawn, low, high, strict=True)]
    return LearningCurve(points, found, "", check)


def _too_few(points: Sequence[Point]) -> str:
    sizes = [one.sentences for one in points]
    if len(sizes) < LEAST_SIZES:
        return f"a curve needs {LEAST_SIZES} sizes at least, and there are {len(sizes)}"
    if sizes[-1] < LEAST_SPAN * sizes[0]:
        return (
            f"sizes must lie further apart: the largest, {sizes[-1]:,}, is less than "
            f"{LEAST_SPAN:.0f} times the smallest, {sizes[0]:,}"
        )
    if len(sizes) < LEAST_SINGLE and all(len(one.f1) == 1 for one in points):
        return (
            f"{len(sizes)} sizes with a training each do not tell how far trainings scatter: it "
            f"takes several of a size, or {LEAST_SINGLE} sizes"
        )
    if max(one.mean for one in points) < NOTHING:
        return "the trainings have learnt nothing yet"
    return ""


def _fit(sizes: Floats, means: Floats, counts: Floats, places: Floats) -> Floats:
    """Fit each row by least squares, weighed by trainings, with b >= 0 and a <= 100.

    means (array): *Shape:* (n_rows, n_sizes). RETURNS (array): *Shape:* (n_rows, n_places)
    """
    # of the smallest size, so that the powers stay of the size of one
    x = (sizes / sizes[0]) ** -EXPONENTS[:, None]
    weights = counts / counts.sum()
    x_mean, y_mean = x @ weights, means @ weights
    y = means[:, None, :]
    slope = ((x - x_mean[:, None]) * (y - y_mean[:, None, None]) * weights).sum(axis=2)
    b = numpy.maximum(0.0, -slope / (((x - x_mean[:, None]) ** 2) @ weights))
    a = y_mean[:, None] + b * x_mean
    # no F1 is above 100
    capped = ((100 - y) * x * weights).sum(axis=2) / ((x**2) @ weights)
    b = numpy.where(a > 100, capped, b)
    a = numpy.minimum(a, 100.0)
    missed = (y - a[:, :, None] + b[:, :, None] * x) ** 2 @ weights
    best = missed.argmin(axis=1)
    rows = numpy.arange(len(means))
    power = (places / sizes[0]) ** -EXPONENTS[best][:, None]
    return numpy.asarray(a[rows, best][:, None] - b[rows, best][:, None] * power)


def _scatter(points: Sequence[Point], fitted: Floats) -> tuple[float, int]:
    """RETURNS (tuple): Standard deviation of a training, and the degrees of freedom that it is
    known with."""
    freedom = sum(len(one.f1) - 1 for one in points)
    within = math.fsum((f1 - one.mean) ** 2 for one in points for f1 in one.f1)
    within = within / freedom if freedom else 0.0
    off = math.fsum(
        len(one.f1) * (one.mean - float(value)) ** 2
        for one, value in zip(points, fitted, strict=True)
    )
    beside = off / (len(points) - 3)
    if beside > within:
        return math.sqrt(beside), len(points) - 3
    return math.sqrt(within), freedom


def _check(sizes: Floats, means: Floats, counts: Floats) -> Check | None:
    known = sizes <= sizes[-1] / 2 + ROUNDED
    if known.sum() < LEAST_SIZES - 1:
        return None
    foretold = _fit(sizes[known], means[None, known], counts[known], sizes[-1:])
    return Check(float(foretold[0, 0]), float(means[-1]))
