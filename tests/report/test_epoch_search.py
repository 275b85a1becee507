"""The search over epochs, set against one adaptive run."""

from pathlib import Path

import pytest

from adaptive_spacy.report.comparison import compare
from adaptive_spacy.report.comparison_page import to_page
from adaptive_spacy.report.epoch_search import answer_epochs, answer_markdown, describe_answer
from tests.report.comparisons import records, search_records
from tests.report.records import make_job, make_record, write_records


def test_search_over_epochs_chooses_by_dev_score(tmp_path: Path) -> None:
    found = [*search_records(), make_record(make_job("adaptive", 3), 0.1)]
    answer = answer_epochs(compare(write_records(tmp_path, found)).runs)
    assert answer.candidates == ["linear-2", "linear-5", "linear-20"]
    line = next(line for line in answer.lines if line.rule == "last")
    # seed 3 has no search; of equal dev scores the shorter training, whatever the test scores
    assert line.seeds == 2
    assert line.chosen == [5, 2]
    assert line.search.mean == pytest.approx((65 + 55) / 2)
    assert line.difference.mean == pytest.approx(((70 - 65) + (60 - 55)) / 2)
    assert line.cost == pytest.approx(27 / 12)
    assert "cannot be shown with 2 pairs" in answer_markdown(answer)
    assert "the search costs 2.2 runs of adaptive" in answer_markdown(answer)


def test_cost_over_shares_is_of_all_tokens(tmp_path: Path) -> None:
    """A mean of ratios would let a share that costs next to nothing count as much as the whole."""
    found = [
        make_record(make_job(name, 1, share, search=search), 0.5, epochs=5, updates=updates)
        for name, search, share, updates in [
            ("adaptive", None, 0.1, 1_000),
            ("linear-5", "epochs", 0.1, 9_000),
            ("adaptive", None, 1.0, 100_000),
            ("linear-5", "epochs", 1.0, 200_000),
        ]
    ]
    answer = answer_epochs(compare(write_records(tmp_path, found)).runs)
    costs = {one.fraction: one.cost for one in answer.lines if one.rule == "last"}
    assert costs == {0.1: 9, 1.0: 2, None: pytest.approx(209 / 101)}


def test_search_over_epochs_needs_candidates(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"found no candidate; configs/experiments/epochs\.yml"):
        answer_epochs(compare(write_records(tmp_path, records())).runs)


def test_what_lacks_a_run_is_left_out_and_said(tmp_path: Path) -> None:
    found = search_records()
    found += [
        make_record(make_job(name, seed, share, search=search, dataset="tweets"), 0.5, epochs=5)
        for name, search in (("adaptive", None), ("linear-2", "epochs"), ("linear-5", "epochs"))
        for share, seed in ((0.5, 1), (0.5, 2), (1.0, 2))
    ]
    found.append(make_record(make_job("linear-2", 3, search="epochs"), 0.5, epochs=2))
    answer = answer_epochs(compare(write_records(tmp_path, found)).runs)
    assert {one.dataset for one in answer.lines} == {"news"}
    assert answer.left_out == [
        "Left out: news, tiny: without a run of adaptive, linear-5, linear-20: seed 3 of share 1.",
        "Left out: tweets, tiny: without a run of linear-20: seeds 1, 2 of share 0.5; seed 2 of "
        "share 1.",
    ]
    assert describe_answer(answer)[1:] == answer.left_out


def test_reference_has_its_own_name_everywhere(tmp_path: Path) -> None:
    found = search_records()
    for one in found:
        if one["job"]["approach"] == "adaptive":
            one["job"]["approach"] = "mine"
    comparison = compare(write_records(tmp_path, found), reference="mine")
    answer = answer_epochs(comparison.runs, reference="mine")
    assert not answer.left_out
    for text in (answer_markdown(answer), to_page(comparison, answer).split("</head>")[1]):
        assert "One run of mine against a search over epochs" in text
        assert "mine minus search" in text
        assert "2.2 runs of mine" in text
    assert "| seeds | mine | search |" in answer_markdown(answer)
    assert "adaptive" not in answer_markdown(answer)
