"""The pages say how far off the confidences of crossfit's models were."""

from statistics import mean

from benchmarks.measurements import read_lines
from tests.benchmarks.sweeps import f1, read, read_page
from tests.conftest import ROOT

PAGE = read_page("production.md")
README = " ".join((ROOT / "README.md").read_text(encoding="utf8").split())
LINES = read_lines(ROOT / "benchmarks" / "results" / "calibration" / "index.jsonl")


def test_models_are_those_of_the_sweep() -> None:
    known = read("budget", "crossfit")
    samples = [(one["dataset"], one["labels"], one["sample"]) for one in LINES]
    assert len(set(samples)) == len(samples)
    assert set(samples) <= set(known)
    for sample, line in zip(samples, LINES, strict=True):
        assert (line["times"], line["rate"], line["on"]) == (2, 1e-4, "test")
        assert 100 * line["f1"] == f1(known[sample])


def test_pages_say_how_far_off_they_are() -> None:
    stated, raw = (
        [100 * one[key] for one in LINES] for key in ("calibration_error", "calibration_error_at_1")
    )
    by_labels = {
        labels: mean(100 * one["calibration_error"] for one in LINES if one["labels"] == labels)
        for labels in sorted({one["labels"] for one in LINES})
    }
    few, *_, many = by_labels.values()
    less = sum(one <= other / 2 for one, other in zip(stated, raw, strict=True))
    assert (
        f"Of {len(LINES)} models of `crossfit` on three corpora it was {mean(raw):.1f} points at "
        f"temperature 1 and {mean(stated):.1f} at the stated one ({min(stated):.1f} to "
        f"{max(stated):.1f}; from {few:.1f} with 25 labels to {many:.1f} with 400), in {less} at "
        "most half of what it was."
    ) in PAGE
    assert f"stays [some {mean(stated):.0f} points off]" in README
