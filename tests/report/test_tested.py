"""A test set that was corrected while a sweep went on."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.report.budget import answer_budget
from adaptive_spacy.report.budget_text import budget_markdown, describe_budget
from adaptive_spacy.report.tested import divide_by_tests
from tests.report.records import make_labelled, write_records

OLD, NEW = {"test": "0" * 64}, {"test": "1" * 64}
LEFT_OUT = (
    "Left out: news: 3 trainings of adaptive, first with another test set than the newest: seeds "
    "1, 2 of 25 labels; seed 1 of 50 labels. `adaptive-spacy sweep` with their grid trains them "
    "again."
)


def trained(approach: str, seed: int, labels: int, right: int, data: Any = NEW) -> dict[str, Any]:
    """Newer ones have greater seeds."""
    return {**make_labelled(approach, seed, labels, right), "definition": {"data": data}}


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
def test_trainings_with_the_test_set_of_before_are_left_out_and_named(more: bool) -> None:
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
    assert budget.left_out == [LEFT_OUT]
    assert describe_budget(budget)[-1] == LEFT_OUT
    assert LEFT_OUT.replace("`", "\\`") in budget_markdown(budget)


def test_nothing_is_left_out_where_the_test_set_is_the_same() -> None:
    """Whatever became of train, and of another data set."""
    other = make_labelled("adaptive", 9, 25, 40, dataset="wiki")
    records = [*grid()[3:], {**other, "definition": {"data": OLD}}]
    records.append(trained("adaptive", 5, 25, 40, {**NEW, "train": "2" * 64}))
    assert divide_by_tests(records).older == []
    assert answer_budget(records).left_out == []


def test_the_newest_is_what_ended_last() -> None:
    records = grid()
    records[0]["finished"] = "2027-01-01T00:00:00+00:00"
    found = divide_by_tests(records)
    assert (len(found.newest), len(found.older)) == (3, 4)
    assert "4 trainings of adaptive, first" in answer_budget(records).left_out[0]


@pytest.mark.parametrize("data", [None, "x", ["x"], {}])
def test_records_that_do_not_name_the_test_set_are_told_by_its_length(data: object) -> None:
    records = [trained("adaptive", 1, 25, 40, data), trained("first", 1, 25, 40, data)]
    assert answer_budget(records).left_out == []
    found = answer_budget([*records, lengthen(trained("first", 2, 25, 40, data))])
    assert "2 trainings of adaptive, first" in found.left_out[0]


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
