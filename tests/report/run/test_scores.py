"""Scores of a training's page, and intervals that know how many sentences they are of."""

from pathlib import Path

import numpy
import pytest

from adaptive_spacy.experiments.expectation import bootstrap_f1, exact_f1, widen
from adaptive_spacy.experiments.predictions import read_held_out
from adaptive_spacy.report.run.passages import find_all, read_documents
from adaptive_spacy.report.run.scores import bootstrap_types, measure, widen_types
from adaptive_spacy.training.errors import count_errors
from adaptive_spacy.training.seqeval_report import ScoredSentence
from tests.report.runs import ROWS, write_crossfit


def test_scores_are_those_of_the_counts_with_scipys_intervals(tmp_path: Path) -> None:
    found = read_held_out(write_crossfit(tmp_path / "mine", ROWS * 20))
    documents = read_documents(found.examples)
    whole, types = measure(find_all(documents), len(documents))
    assert (whole.annotated, whole.predicted, whole.f1) == (120, 120, 50.0)
    by_name = {one.name: one for one in types}
    # of LOC one of three is found; nothing else is called so
    loc = by_name["LOC"]
    assert (loc.precision, loc.recall, loc.f1) == (100.0, pytest.approx(100 / 3), 50.0)
    assert by_name["ORG"].f1 == 0.0
    # all right but "Ben" and what is spurious: 5 of 6 annotated, 5 of 6 predicted with Acme
    assert types[0].name == "LOC"
    assert loc.gain == pytest.approx(100 * 10 / 13 - 50)
    assert whole.interval is not None
    assert whole.interval[0] < 50 < whole.interval[1]


def test_intervals_of_types_are_those_of_the_bootstrap() -> None:
    generator = numpy.random.default_rng(1)
    counts = generator.integers(0, 3, size=(60, 2, 3))
    for i, found in enumerate(bootstrap_types(counts)):
        expected = bootstrap_f1(counts[:, i])
        assert found is not None
        assert expected is not None
        assert found == pytest.approx([100 * one for one in expected], abs=1.0)
    assert bootstrap_types(counts[:1]) == [None, None]


def test_folds_interval_is_that_of_their_record(tmp_path: Path) -> None:
    found = read_held_out(write_crossfit(tmp_path / "mine", ROWS * 20))
    documents = read_documents(found.examples)
    plain, _ = measure(find_all(documents), len(documents))
    whole, _ = measure(find_all(documents), len(documents), found.folds)
    assert found.folds is not None
    assert found.folds.interval is not None
    assert plain.interval is not None
    assert whole.interval == pytest.approx([100 * one for one in found.folds.interval])
    # of five folds half as wide again
    assert whole.interval[1] - 50 == pytest.approx(1.5 * (plain.interval[1] - 50))


def test_types_of_folds_have_intervals_by_the_same_rule() -> None:
    counts = numpy.array([[[1, 0, 1], [1, 0, 0]], [[0, 1, 1], [2, 0, 0]]] * 20)
    narrow = bootstrap_types(counts)
    first, all_right = widen_types(narrow, counts, 5)
    assert narrow[0] is not None
    low, high = narrow[0]
    expected = widen(0.4, (low / 100, high / 100), 5)
    assert expected is not None
    assert first == pytest.approx([100 * one for one in expected])
    # of one whose sentences do not differ a bootstrap knows nothing
    expected = widen(1.0, exact_f1(counts[:, 1]), 5)
    assert narrow[1] == (100.0, 100.0)
    assert expected is not None
    assert all_right == pytest.approx([100 * one for one in expected])
    assert widen_types([None, None], counts[:1], 5) == [None, None]


def test_types_of_few_sentences_are_not_drawn_down_to_0() -> None:
    """Three entities of three sentences among 300, all found: no interval tells of other ones, but
    that of folds is the exact one."""
    counts = numpy.zeros((300, 2, 3), dtype=numpy.int64)
    counts[:40, 0, 0] = 1
    counts[40:60, 0, 2] = 1
    counts[60:63, 1, 0] = 1
    narrow = bootstrap_types(counts)
    assert narrow[1] == (100.0, 100.0)
    wide = widen_types(narrow, counts, 5)
    expected = widen(1.0, exact_f1(counts[:, 1]), 5)
    assert expected is not None
    assert wide[1] == pytest.approx([100 * one for one in expected])


def test_errors_of_the_page_are_those_of_evaluate(tmp_path: Path) -> None:
    found = read_held_out(write_crossfit(tmp_path / "mine"))
    documents = read_documents(found.examples)
    errors = count_errors(ScoredSentence(9, one.gold, one.found) for one in documents)
    total = {"right": 3, "type": 1, "boundary": 1, "both": 0, "missed": 1, "spurious": 1}
    assert errors["total"] == total
