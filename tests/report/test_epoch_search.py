"""The search over epochs, set against one adaptive run."""

from pathlib import Path

import pytest

from adaptive_spacy.report.comparison import compare
from adaptive_spacy.report.epoch_search import answer_epochs, answer_markdown
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
    assert "the search costs 2.2 adaptive runs" in answer_markdown(answer)


def test_search_over_epochs_needs_candidates(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"found no candidate; configs/experiments/epochs\.yml"):
        answer_epochs(compare(write_records(tmp_path, records())).runs)
