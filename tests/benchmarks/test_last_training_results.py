"""docs/method.md says of crossfit's last training what was measured."""

from benchmarks.measurements import read_lines
from tests.conftest import ROOT

PAGE = " ".join((ROOT / "docs" / "method.md").read_text(encoding="utf8").split())


def test_page_says_what_longer_trainings_and_other_rates_reached() -> None:
    rows = read_lines(ROOT / "benchmarks" / "results" / "last-training" / "index.jsonl")
    f1 = {
        (row["dataset"], row["labels"], row["times"], row["rate"]): f"{100 * row['f1']:.1f}"
        for row in rows
    }
    assert len(f1) == len(rows)
    few, many = ("uner_english_ewt", 50), ("uner_english_ewt", 100)
    gold = ("wikigold", 50)
    for text in (
        f"twice as long {f1['wikigold', 25, 2, 1e-4]} where once was "
        f"{f1['wikigold', 25, 1, 1e-4]} (wikigold, 25 labels), {f1[*few, 2, 1e-4]} where once was "
        f"{f1[*few, 1, 1e-4]} (UNER English-EWT, 50)",
        f"{f1[*gold, 1, 1e-4]} at 1e-4, {f1[*gold, 1, 2e-4]} at 2e-4, {f1[*gold, 1, 3e-4]} at 3e-4 "
        f"(wikigold, 50); {f1[*few, 1, 1e-4]}, {f1[*few, 1, 2e-4]} and {f1[*few, 1, 3e-4]} "
        f"(UNER, 50); {f1[*many, 1, 1e-4]} at 1e-4 and {f1[*many, 1, 3e-4]} at 3e-4 (UNER, 100)",
    ):
        assert text in PAGE
