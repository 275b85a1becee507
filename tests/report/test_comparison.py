from pathlib import Path

import pytest

from adaptive_spacy.report.comparison import compare
from adaptive_spacy.report.comparison_text import describe_findings, to_markdown
from tests.report.comparisons import SCORES, records
from tests.report.records import make_job, make_labelled, make_record, write_records


def test_rows_are_means_over_seeds(tmp_path: Path) -> None:
    comparison = compare(write_records(tmp_path, records()))
    rows = {(row.approach, row.fraction): row for row in comparison.rows}
    assert set(rows) == set(SCORES)
    row = rows["adaptive", 0.1]
    assert (row.seeds, row.sentences) == ([1, 2, 3], 10)
    assert row.f1["last"].mean == pytest.approx(50.0)
    assert row.f1["last"].spread == pytest.approx(10.0)
    assert row.f1["last"].error == pytest.approx(10 / 3**0.5)
    assert row.f1["last"].interval == pytest.approx((40.0, 60.0))
    assert row.epochs.mean == 3
    assert "50.0 ± 5.8" in to_markdown(comparison, [])


def test_three_seeds_show_nothing(tmp_path: Path) -> None:
    comparison = compare(write_records(tmp_path, records()))
    contrasts = {one.fraction: one for one in comparison.contrasts if one.rule == "last"}
    assert set(contrasts) == {0.1, 1.0, None}
    small = contrasts[0.1]
    assert small.test.difference == pytest.approx(10.0)
    assert small.test.p == pytest.approx(2 / 8)
    assert small.verdict == "cannot be shown with 3 pairs (p >= 0.25)"
    # six pairs could show it; three of them are ties
    assert contrasts[None].test.pairs == 6
    assert contrasts[None].verdict == "no difference shown"
    (finding,) = describe_findings(comparison, "last")
    assert finding == "news, tiny: adaptive against stable: +5.00 F1, no difference shown"


def test_many_seeds_show_a_steady_difference(tmp_path: Path) -> None:
    found = [
        make_record(make_job(approach, seed), 0.5 + 0.01 * seed + (approach == "adaptive") * 0.02)
        for approach in ("adaptive", "stable")
        for seed in range(1, 9)
    ]
    comparison = compare(write_records(tmp_path, found))
    (contrast,) = [one for one in comparison.contrasts if one.rule == "last"]
    assert contrast.test.p == pytest.approx(2 / 2**8)
    assert contrast.verdict == "higher"
    assert describe_findings(comparison, "last") == [
        "news, tiny: adaptive against stable: +2.00 F1, higher"
    ]
    other = compare(tmp_path, reference="stable")
    assert [one.verdict for one in other.contrasts] == ["lower"] * 3


def test_labelled_runs_beside_them_change_nothing_of_shares(tmp_path: Path) -> None:
    found = [
        make_record(make_job(approach, seed), 0.5 + 0.01 * seed + (approach == "adaptive") * 0.02)
        for approach in ("adaptive", "stable")
        for seed in range(1, 9)
    ]
    labelled = [make_labelled("crossfit", seed, 25, 60, folds=5) for seed in (1, 2)]
    comparison = compare(write_records(tmp_path, [*found, *labelled]))
    assert comparison.reference == "crossfit"
    assert describe_findings(comparison, "last") == [
        "news, tiny: adaptive against stable: +2.00 F1, higher"
    ]


def test_only_common_seeds_are_paired(tmp_path: Path) -> None:
    found = [make_record(make_job("adaptive", seed), 0.5) for seed in (1, 2, 3)]
    found += [make_record(make_job("stable", seed), 0.4) for seed in (2, 3, 4)]
    comparison = compare(write_records(tmp_path, found))
    assert {one.test.pairs for one in comparison.contrasts} == {2}


@pytest.mark.parametrize("found", [[], [make_record(make_job("adaptive", 1), None)]])
def test_nothing_to_compare(found: list[dict], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected records of finished jobs, found") as caught:
        compare(write_records(tmp_path, found))
    # a folder of a training that was broken off early is taken for that of a sweep
    assert "A training has history.jsonl in its place" in str(caught.value)
