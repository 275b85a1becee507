from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.report.budget import answer_budget
from adaptive_spacy.report.budget_text import (
    HINDSIGHT_HEADER,
    budget_markdown,
    describe_budget,
    hindsight_cells,
    line_cells,
)
from adaptive_spacy.report.comparison_runs import newest
from tests.report.records import make_job, make_labelled, make_record, write_records

#: F1 on 50 test sentences of an entity each, all of which are found: right ones in percent
GOOD, FAIR, BAD = 80, 60, 40


def grid() -> list[dict[str, Any]]:
    """adaptive is fair everywhere; one rival is good with 25 labels, the other with 50."""
    records = []
    for seed in (1, 2, 3):
        for labels, first, second in ((25, GOOD, BAD), (50, BAD, GOOD)):
            records.append(make_labelled("adaptive", seed, labels, FAIR))
            records.append(make_labelled("first", seed, labels, first))
            records.append(make_labelled("second", seed, labels, second))
    return records


def test_best_in_hindsight_changes_with_the_budget() -> None:
    budget = answer_budget(grid())
    found = [(one.cell, one.approach, one.difference.mean) for one in budget.hindsight]
    assert [(cell.labels, best, round(gap, 6)) for cell, best, gap in found if cell] == [
        (25, "first", FAIR - GOOD),
        (50, "second", FAIR - GOOD),
    ]
    assert describe_budget(budget)[0] == (
        "adaptive is at worst -20.0 F1 beside the best other approach of a budget, chosen in "
        "hindsight: first on news with 25 labels; on average over 2 budgets and data sets -20.0, "
        "at 1.0 times the cost."
    )
    cells = dict(zip(HINDSIGHT_HEADER, hindsight_cells(budget)[1], strict=True))
    assert (cells["labels"], cells["best other"]) == ("50", "second")
    assert (cells["test F1"], cells["its test F1"]) == ("60.0 ± 0.0", "80.0 ± 0.0")
    # over all, neither single rival is ahead
    overall = [line for line in budget.lines if line.dataset is None]
    assert [(line.approach, round(line.difference.mean, 6)) for line in overall] == [
        ("first", 0.0),
        ("second", 0.0),
    ]
    assert {row.approach: round(row.f1.mean) for row in budget.rows if row.cell.labels == 25} == {
        "adaptive": FAIR,
        "first": GOOD,
        "second": BAD,
    }


def test_differences_are_paired_within_a_budget() -> None:
    lines = {
        (line.cell.labels, line.approach): line for line in answer_budget(grid()).lines if line.cell
    }
    assert lines[25, "first"].difference.mean == pytest.approx(-20)
    assert lines[25, "first"].difference.samples == 3
    assert lines[25, "first"].verdict == "lower"
    assert lines[50, "first"].verdict == "higher"
    # four rows of single budgets, and two over all, which are a family of their own
    raw = lines[25, "first"].difference.p
    assert lines[25, "first"].p == pytest.approx(4 * raw)
    overall = [line for line in answer_budget(grid()).lines if line.cell is None]
    assert [line.p for line in overall] == [
        pytest.approx(min(1, 2 * line.difference.p)) for line in overall
    ]


def test_paper_ships_the_best_loss_and_others_the_last() -> None:
    records = [
        make_labelled("paper", 1, 25, right=GOOD, best_loss=BAD),
        make_labelled("adaptive", 1, 25, FAIR),
    ]
    rows = {row.approach: row.f1.mean for row in answer_budget(records).rows}
    assert rows == {"paper": pytest.approx(BAD), "adaptive": pytest.approx(FAIR)}
    # where no loss was measured there is none that is lowest
    records[0]["results"]["best_loss"] = None
    rows = {row.approach: row.f1.mean for row in answer_budget(records).rows}
    assert rows["paper"] == pytest.approx(GOOD)


def test_worst_budget_is_named() -> None:
    records = [
        make_labelled(name, seed, labels, right)
        for seed in (1, 2)
        for labels, rival in ((25, FAIR + 10), (50, GOOD))
        for name, right in (("adaptive", FAIR), ("first", rival))
    ]
    said = describe_budget(answer_budget(records))[0]
    assert said.startswith("adaptive is at worst -20.0 F1 beside the best other approach")
    assert "first on news with 50 labels; on average over 2 budgets and data sets -15.0" in said


def test_data_sets_do_not_hide_what_is_asked_first() -> None:
    """Rows over a data set are adjusted with those of budgets, not with that over all."""
    records = [
        make_labelled(name, seed, 25, right, dataset=dataset)
        for seed in (1, 2, 3)
        for dataset in ("news", "wiki")
        for name, right in (("adaptive", FAIR), ("first", GOOD))
    ]
    lines = answer_budget(records).lines
    assert [(line.dataset, line.cell is None) for line in lines] == [
        *(("news", False), ("wiki", False), ("news", True), ("wiki", True), (None, True))
    ]
    assert [line.p for line in lines] == [
        *(pytest.approx(4 * line.difference.p) for line in lines[:4]),
        pytest.approx(lines[4].difference.p),
    ]


def test_what_has_no_labels_or_counts_takes_no_part() -> None:
    without = make_record(make_job("adaptive", 1), 0.9)
    failed = make_record(make_job("adaptive", 1, labels=25, dev=0.2), None)
    with pytest.raises(ValueError, match=r"runs of adaptive at numbers of labels, found none"):
        answer_budget([without, failed])
    with pytest.raises(ValueError, match="found first"):
        answer_budget([make_labelled("first", 1, 25, FAIR)])


def test_single_samples_claim_nothing() -> None:
    budget = answer_budget(
        [make_labelled("adaptive", 1, 25, FAIR), make_labelled("x|y", 1, 25, BAD)]
    )
    assert {line.verdict for line in budget.lines} == {"too few samples"}
    assert "x\\|y" in budget_markdown(budget)


def test_a_budget_with_a_single_sample_does_not_hide_the_others() -> None:
    one = [make_labelled("adaptive", 1, 100, FAIR), make_labelled("first", 1, 100, BAD)]
    overall = {
        line.approach: line for line in answer_budget([*grid(), *one]).lines if line.cell is None
    }
    assert (overall["first"].difference.cells, overall["first"].difference.samples) == (2, 6)
    assert overall["first"].difference.interval is not None


def test_best_in_hindsight_is_one_with_as_many_samples_as_any() -> None:
    lucky = make_labelled("lucky", 1, 25, 100)
    found = [(line.cell, line.approach) for line in answer_budget([*grid(), lucky]).hindsight]
    assert [(cell.labels, name) for cell, name in found if cell] == [(25, "first"), (50, "second")]


def test_better_ones_with_fewer_samples_are_named() -> None:
    records = [
        make_labelled(name, seed, 25, right)
        for name, right, seeds in (("adaptive", 60, 6), ("poor", 20, 6), ("best", 90, 5))
        for seed in range(1, seeds + 1)
    ]
    said = " ".join(describe_budget(answer_budget(records)))
    assert (
        "Left out of that, of fewer samples and better in these: best (news, 25 labels, 5 s" in said
    )
    assert "Left out" not in " ".join(describe_budget(answer_budget(records[:12])))


def test_cost_is_that_of_the_reference_by_the_other() -> None:
    """Over budgets by the sums, as the many tokens of one count more than the few of another."""
    records = grid()
    for one in records:
        job = one["job"]
        if job["approach"] == "adaptive":
            one["token_updates"] = 500 if job["labels"] == 25 else 3000
        if job["approach"] == "first" and job["labels"] == 50:
            one["token_updates"] = 2000
    lines = {
        line.cell and line.cell.labels: line
        for line in answer_budget(records).lines
        if line.approach == "first"
    }
    assert {at: line.cost for at, line in lines.items()} == {25: 0.5, 50: 1.5, None: 3500 / 3000}


def test_samples_that_never_differ_are_not_too_few() -> None:
    for seeds, verdict in (((1,), "too few samples"), ((1, 2, 3), "always the same")):
        records = [
            make_labelled(one, seed, 25, 40) for one in ("adaptive", "other") for seed in seeds
        ]
        assert {line.verdict for line in answer_budget(records).lines} == {verdict}


def test_a_difference_that_never_varies_is_not_of_too_few_samples() -> None:
    """As beside an approach that learns nothing, where the other is right about all."""
    for seeds, verdict in ((2, "never varied: its chance cannot be told"), (1, "too few samples")):
        records = [
            make_labelled(name, seed, 25, right)
            for name, right in (("adaptive", 100), ("first", 0))
            for seed in range(seeds)
        ]
        budget = answer_budget(records)
        assert {line.verdict for line in budget.lines} == {verdict}
        assert f"+100.0 ({verdict})" in " ".join(describe_budget(budget))


def test_names_with_hyphens_are_kept_apart() -> None:
    one, other = make_labelled("adaptive", 1, 25, 40), make_labelled("adaptive", 1, 25, 60)
    one["job"] |= {"dataset": "a-b", "model": "c"}
    other["job"] |= {"dataset": "a", "model": "b-c"}
    assert len(newest([one, other])) == 2
    assert len(newest([one, {**one, "id": "another"}])) == 1


def test_newest_record_of_a_job_counts() -> None:
    old = make_labelled("adaptive", 1, 25, GOOD)
    old["finished"] = "2025-01-01T00:00:00+00:00"
    new, other = make_labelled("adaptive", 1, 25, FAIR), make_labelled("first", 1, 25, BAD)
    (line, *_) = answer_budget([new, other, old]).lines
    assert line.difference.mean == pytest.approx(FAIR - BAD)


def test_report_of_a_budget(tmp_path: Path) -> None:
    runs = write_records(tmp_path / "runs", grid())
    # a grid over labels asks the question by itself
    result = CliRunner().invoke(app, ["report", str(runs)])
    assert result.exit_code == 0, result.output
    assert "Beside first over 2 budgets and data sets: +0.0 [" in result.output
    text = (runs / "report" / "report.md").read_text(encoding="utf8")
    assert "## What a label is worth" in text
    assert "| news | tiny | 25 | first | 3 | -20.0 [" in text
    assert "| all | tiny | all | first | 6 | +0.0 [" in text
    page = (runs / "report" / "report.html").read_text(encoding="utf8")
    assert "What a label is worth" in page
    assert "adaptive minus the others" in page
    assert "Beside the best in hindsight" in page
    # its samples are no seeds of one set of sentences
    assert "permutation" not in text + page
    # budgets are not put together where shares are compared
    assert "| news | tiny | 25 |" in text
    assert "| news | tiny | 50 |" in text


def test_models_are_told_apart() -> None:
    small, large = (
        [make_labelled(name, 1, 25, FAIR, model=model) for name in ("adaptive", "first")]
        for model in ("small", "large")
    )
    found = [cells[:3] for cells in line_cells(answer_budget([*small, *large]))]
    assert found == [["news", "large", "25"], ["news", "small", "25"], ["all", "all", "all"]]


def test_folds_are_what_the_others_are_held_against(tmp_path: Path) -> None:
    records = [*grid(), *(make_labelled("mine", seed, 25, FAIR, folds=5) for seed in (1, 2, 3))]
    runs = write_records(tmp_path / "runs", records)
    result = CliRunner().invoke(app, ["report", str(runs)])
    assert "mine is at worst -20.0 F1" in result.output
    assert CliRunner().invoke(app, ["report", str(runs), "--reference", "x"]).exit_code == 1


def test_grid_over_labels_without_the_reference_is_shown(tmp_path: Path) -> None:
    """As `curve.yml`, or one whose records have no counts by sentence."""
    runs = write_records(tmp_path / "runs", [make_labelled("first", 1, 25, FAIR)])
    result = CliRunner().invoke(app, ["report", str(runs)])
    assert result.exit_code == 0, result.output
    text = (runs / "report" / "report.md").read_text(encoding="utf8")
    assert "| news | tiny | 25 | " in text
    assert "What a label is worth" not in text
