"""Sentences drawn anew, and what of them counts."""

import numpy
import pytest
from sklearn.metrics import f1_score

from adaptive_spacy.experiments.bootstrap import (
    RESAMPLES,
    draw_sums,
    f1,
    percentiles,
    resampled_f1,
)


def test_f1_is_the_usual_one() -> None:
    gold = [1, 1, 1, 0, 0, 1]
    found = [1, 0, 1, 1, 0, 1]
    counts = numpy.array([3, 1, 1])
    assert f1(counts) == pytest.approx(100 * f1_score(gold, found))
    assert f1(numpy.zeros(3)) == 0.0
    assert f1(numpy.array([[1, 0, 0], [0, 1, 1]])).tolist() == [100.0, 0.0]


def test_draws_without_entities_have_no_f1() -> None:
    scores = resampled_f1(numpy.array([[[1.0, 0, 0], [0, 0, 0]], [[0, 1, 1], [0, 0, 1]]]))
    assert scores.shape == (2, 2)
    assert numpy.isnan(scores).tolist() == [[False, True], [False, False]]
    assert numpy.nan_to_num(scores, nan=-1).tolist() == [[100.0, -1.0], [0.0, 0.0]]


def test_sums_are_of_as_many_sentences() -> None:
    sums = draw_sums(numpy.ones((7, 2), dtype=numpy.int64))
    assert sums.shape == (RESAMPLES, 2)
    assert (sums == 7).all()
    assert percentiles(sums) == [(7.0, 7.0)] * 2


def test_percentiles_are_of_what_there_is() -> None:
    values = numpy.random.default_rng(0).normal(size=(RESAMPLES, 3))
    values[:100, 1] = numpy.nan
    values[:, 2] = numpy.nan
    whole, most, none = percentiles(values)
    assert whole == pytest.approx(tuple(numpy.percentile(values[:, 0], [2.5, 97.5])))
    assert most == pytest.approx(tuple(numpy.percentile(values[100:, 1], [2.5, 97.5])))
    assert none is None


def test_large_corpora_are_drawn_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = numpy.arange(40).reshape(20, 2)
    whole = draw_sums(counts)
    monkeypatch.setattr("adaptive_spacy.experiments.bootstrap.BATCH", 100)
    parts = draw_sums(counts)
    assert parts.shape == whole.shape
    assert parts.mean(axis=0) == pytest.approx(whole.mean(axis=0), rel=0.02)
