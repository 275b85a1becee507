"""A test set that was corrected while a sweep went on."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.report.budget import answer_budget
from adaptive_spacy.report.comparison import compare
from adaptive_spacy.report.comparison_text import describe_sources, to_markdown
from adaptive_spacy.report.epoch_search import answer_epochs
from adaptive_spacy.report.run.curve import read_curve
from adaptive_spacy.report.tested import describe_older, divide_by_tests
from tests.report.comparisons import search_records
from tests.report.records import make_job, make_labelled, make_record, write_records

OLD, NEW = {"test": "0" * 64}, {"test": "1" * 64}
LEFT_OUT = (
    "Left out: news: 3 trainings of adaptive, first with another test set than the newest: seeds "
    "1, 2 of 25 labels; seed 1 of 50 labels. `adaptive-spacy sweep` with their grid trains them "
    "again."
)


def trained(approach: str, seed: int, labels: int, right: int, data: Any = NEW) -> dict[str, Any]:
    """Newer ones have greater seeds."""
    return {**make_labelled(approach, seed, labels, right), "definition": {"data": data}}


def shared(approach: str, seed: int, f1: float, data: Any = NEW, **job: Any) -> dict[str, Any]:
    """A training on a share, newer if it has the new test set."""
    finished = f"2026-01-0{1 if data is OLD else 2}T00:00:{seed:02d}+00:00"
    made = make_record(make_job(approach, seed, **job), f1, finished=finished)
    return {**made, "definition": {"data": data}}


def lengthen(record: dict[str, Any]) -> dict[str, Any]:
    """RETURNS (dict): The record with a test sentence more."""
    for one in record["sentences"]["checkpoints"].values():
        one.update({key: [*one[key], 0] for key in ("tp", "fp", "fn")})
    return record


def grid() -> list[dict[str, Any]]:
    """Three trainings of before, and both approaches on two samples since then."""
    return [
        trained("adaptive", 1, 25, 90, OLD),
        trained("first", 2, 25, 10, OLD),
        trained("adaptive", 1, 50, 90, OLD),
        *(trained(name, seed, 25, 40) for name in ("adaptive", "first") for seed in (3, 4)),
    ]


@pytest.mark.parametrize("more", [False, True])
def test_trainings_with_the_test_set_of_before_are_left_out_and_named(
    more: bool, tmp_path: Path
) -> None:
    """With as many sentences too, which would be paired with others."""
    records = grid()
    if more:
        for one in records[3:]:
            lengthen(one)
    budget = answer_budget(records)
    assert {(row.cell.labels, row.approach, row.f1.seeds) for row in budget.rows} == {
        (25, "adaptive", 2),
        (25, "first", 2),
    }
    assert budget.rows[0].f1.mean == pytest.approx(40, abs=1)
    comparison = compare(write_records(tmp_path, records))
    assert {(row.fraction, row.approach, len(row.seeds)) for row in comparison.rows} == {
        (25, "adaptive", 2),
        (25, "first", 2),
    }
    assert LEFT_OUT in describe_sources(comparison)
    assert LEFT_OUT.replace("`", "\\`") in to_markdown(comparison, [])


def test_nothing_is_left_out_where_the_test_set_is_the_same() -> None:
    """Whatever became of train, and of another data set."""
    other = make_labelled("adaptive", 9, 25, 40, dataset="wiki")
    records = [*grid()[3:], {**other, "definition": {"data": OLD}}]
    records.append(trained("adaptive", 5, 25, 40, {**NEW, "train": "2" * 64}))
    assert divide_by_tests(records).older == []
    assert {row.cell.dataset for row in answer_budget(records).rows} == {"news", "wiki"}


def test_the_newest_is_what_ended_last() -> None:
    records = grid()
    records[0]["finished"] = "2027-01-01T00:00:00+00:00"
    found = divide_by_tests(records)
    assert (len(found.newest), len(found.older)) == (3, 4)
    (said,) = describe_older(found.older)
    assert "4 trainings of adaptive, first" in said
    assert {row.f1.seeds for row in answer_budget(records).rows} == {1}


@pytest.mark.parametrize("data", [None, "x", ["x"], {}])
def test_records_that_do_not_name_the_test_set_are_told_by_its_length(data: object) -> None:
    records = [trained("adaptive", 1, 25, 40, data), trained("first", 1, 25, 40, data)]
    assert divide_by_tests(records).older == []
    found = divide_by_tests([*records, lengthen(trained("first", 2, 25, 40, data))])
    assert found.older == records


@pytest.mark.parametrize(("number", "left_out"), [(49, 2), (50, 0), (None, 0)])
def test_records_without_counts_are_told_by_what_they_say_of_the_data(
    number: int | None, left_out: int
) -> None:
    """And take part where they say nothing."""
    records = [shared("adaptive", seed, 0.5, data=None, fraction=0.1) for seed in (1, 2)]
    for one in records:
        one["data"]["test"] = number and {"sentences": number, "tokens": 500}
    last = trained("first", 3, 25, 40, None) | {"finished": "2027-01-01T00:00:00+00:00"}
    assert len(divide_by_tests([*records, last]).older) == left_out


def test_shares_are_compared_on_the_newest_test_set_alone(tmp_path: Path) -> None:
    """A training of before is paired with none, and no mean is over two test sets."""
    found = [shared("adaptive", seed, 0.9, OLD) for seed in (1, 2)]
    found += [shared("stable", 1, 0.1, OLD), shared("folds", 1, 0.1, OLD, folds=5)]
    found += [shared(name, seed, 0.5) for name in ("adaptive", "stable") for seed in (2, 3)]
    found.append(shared("stable", 1, 0.4))
    comparison = compare(write_records(tmp_path, found), reference="adaptive")
    assert {row.approach: row.seeds for row in comparison.rows} == {
        "adaptive": [2, 3],
        "stable": [1, 2, 3],
    }
    last = next(one for one in comparison.contrasts if one.rule == "last")
    assert (last.test.pairs, last.test.difference) == (2, 0)
    assert comparison.contents == []
    assert describe_sources(comparison)[-1] == (
        "Left out: news: 2 trainings of adaptive, folds with another test set than the newest: "
        "seed 1 of share 1. `adaptive-spacy sweep` with their grid trains them again."
    )
    # what is usual is told from all, and one that is left out can be asked for
    assert compare(tmp_path).reference == compare(tmp_path, reference="folds").reference == "folds"


def test_search_over_epochs_is_on_the_newest_test_set_alone(tmp_path: Path) -> None:
    found = search_records()
    for one in found:
        one |= {"definition": {"data": NEW}, "finished": "2026-01-02T00:00:00+00:00"}
    before = {"definition": {"data": OLD}, "finished": "2026-01-01T00:00:00+00:00"}
    for one in found:
        if one["job"]["seed"] == 1:
            one |= before
    comparison = compare(write_records(tmp_path, found))
    assert {line.seeds for line in answer_epochs(comparison.runs).lines} == {1}
    # none of the reference yet
    found[1] |= before
    comparison = compare(write_records(tmp_path, found))
    with pytest.raises(ValueError, match=r"has them\. Left out: news: 5 trainings of adaptive"):
        answer_epochs(comparison.runs, older=comparison.older)


def test_curve_is_of_the_newest_test_set_alone(tmp_path: Path) -> None:
    found = [
        shared("adaptive", seed, share / 2, fraction=share)
        for share in (0.1, 0.2, 0.4, 0.8)
        for seed in (1, 2)
    ]
    older = [shared("adaptive", 3, 0.9, OLD, fraction=share) for share in (0.1, 0.2)]
    _, alone, _ = read_curve(write_records(tmp_path / "alone", found), None)
    _, curve, mixed = read_curve(write_records(tmp_path / "both", [*older, *found]), None)
    assert curve == alone
    assert mixed == [*describe_older(older)]


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """They take most of the time of a report."""
    monkeypatch.setattr("adaptive_spacy.report.write.draw_comparison", lambda _: [])


@pytest.mark.usefixtures("without_figures")
def test_report_is_written_while_a_sweep_tests_on_other_sentences(tmp_path: Path) -> None:
    new = lengthen(trained("first", 1, 25, 40)) | {"finished": "2027-01-01T00:00:00+00:00"}
    runs = write_records(tmp_path / "runs", [*grid()[:3], new])
    for question in ([], ["--question", "budget"]):
        result = CliRunner().invoke(app, ["report", str(runs), *question])
        assert result.exit_code == 0, result.output
        # the reference has none of the new ones yet
        assert "Left out: news: 3 trainings of adaptive" in " ".join(result.output.split())
        for name in ("report.md", "report.html"):
            assert "Left out: news: 3" in (runs / "report" / name).read_text(encoding="utf8")


@pytest.mark.usefixtures("without_figures")
def test_report_is_written_where_the_newest_job_of_the_reference_failed(tmp_path: Path) -> None:
    done = make_labelled("adaptive", 1, 25, 40)
    failed = {
        **{key: done[key] for key in ("format", "job", "definition")},
        **{"id": "another", "status": "failed", "reason": "it broke", "finished": "2027"},
    }
    runs = write_records(tmp_path / "runs", [done, failed, make_labelled("first", 1, 25, 40)])
    result = CliRunner().invoke(app, ["report", str(runs)])
    assert result.exit_code == 0, result.output
