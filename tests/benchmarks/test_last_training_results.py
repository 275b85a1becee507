"""docs/method.md says of crossfit's last training what was measured."""

from statistics import mean, median, stdev

from benchmarks.measurements import read_lines
from tests.benchmarks.sweeps import read_page
from tests.conftest import ROOT

PAGE = read_page("method.md")
LINES = read_lines(ROOT / "benchmarks" / "results" / "last-training" / "index.jsonl")
#: By cell, length, rate, and whether the rate falls from the warm-up on
ROWS = {
    (*(row[key] for key in ("dataset", "labels", "sample", "times", "rate")), "linear" in row): row
    for row in LINES
}
UNER, GOLD, WNUT = "uner_english_ewt", "wikigold", "wnut17"


def f1(
    data: str, labels: int, sample: int, times: float, rate: float = 1e-4, linear: bool = False
) -> str:
    return f"{100 * ROWS[data, labels, sample, times, rate, linear]['f1']:.1f}"


def test_each_training_is_kept_once() -> None:
    assert len(LINES) == len(ROWS)


def test_page_says_what_the_fewest_updates_gain() -> None:
    for cell, times, name in (
        ((UNER, 25, 2), 2, "UNER English-EWT, 25 labels"),
        ((UNER, 50, 2), 1.54, "UNER, 50"),
        ((UNER, 25, 3), 1.33, "UNER, 25"),
        (("wikigold", 25, 3), 1.37, "wikigold, 25"),
    ):
        assert 199 <= ROWS[*cell, times, 1e-4, False]["updates"] <= 205
        before = ROWS[*cell, 1, 1e-4, False]["updates"]
        assert f"{f1(*cell, times)} instead of {f1(*cell, 1)} ({name}; {before} before)" in PAGE


def test_page_says_what_twice_the_length_does() -> None:
    cells = ((UNER, 25, 1), (UNER, 25, 3), ("wikigold", 25, 1), (UNER, 50, 1), ("wikigold", 50, 2))
    said = [f"{f1(*cell, 2)} instead of {f1(*cell, 1)}" for cell in cells]
    assert (
        f"{said[0]} and {said[1]} (UNER, 25), {said[2]} (wikigold, 25), {said[3]} (UNER, 50) and "
        f"{said[4]} (wikigold, 50)"
    ) in PAGE
    many = [(data, 200, 1) for data in (UNER, "wikigold", "wnut17")]
    said = [f"{f1(*cell, 2)} instead of {f1(*cell, 1)}" for cell in many]
    assert (
        f"With 200 labels twice as long reached {said[0]} (UNER), {said[1]} (wikigold) and "
        f"{said[2]} (WNUT-17)"
    ) in PAGE
    falling = [f1(*cell, 2, linear=True) for cell in many]
    gain = mean(
        100 * (ROWS[*cell, 2, 1e-4, True]["f1"] - ROWS[*cell, 1, 1e-4, False]["f1"])
        for cell in many
    )
    assert (
        f"twice as long as the folds of `budget` took, it reached {falling[0]}, {falling[1]} and "
        f"{falling[2]}: on average {gain:+.1f} over once"
    ) in PAGE
    once, twice = (
        100 * ROWS["wikigold", 50, 2, times, 1e-4, False]["calibration_error"] for times in (1, 2)
    )
    assert f"in the last the expected calibration error rose from {once:.0f} to {twice:.0f}" in PAGE


def test_page_says_what_other_rates_reach() -> None:
    gold, few, many = ("wikigold", 50, 1), (UNER, 50, 1), (UNER, 100, 1)
    low, middle, high = 1e-4, 2e-4, 3e-4
    assert (
        f"{f1(*gold, 1)} at 1e-4, {f1(*gold, 1, middle)} at 2e-4, {f1(*gold, 1, high)} at 3e-4 "
        f"(wikigold, 50); {f1(*few, 1)}, {f1(*few, 1, middle)} and {f1(*few, 1, high)} (UNER, 50); "
        f"{f1(*many, 1, low)} at 1e-4 and {f1(*many, 1, high)} at 3e-4 (UNER, 100)"
    ) in PAGE


def test_page_says_what_twice_the_length_does_in_later_samples() -> None:
    def rows(labels: int, times: float) -> list[float]:
        cells = [(data, labels, sample) for data in (UNER, GOLD, WNUT) for sample in (4, 5, 6)]
        return [100 * ROWS[*cell, times, 1e-4, False]["f1"] for cell in cells]

    gains = {
        labels: [two - one for one, two in zip(rows(labels, 1), rows(labels, 2), strict=True)]
        for labels in (25, 50, 100, 200, 400)
    }
    of_all = [one for found in gains.values() for one in found]
    fewest, few, some, more, many, overall = (
        f"{mean(found):+.1f} ± {stdev(found) / len(found) ** 0.5:.1f}"
        for found in (*gains.values(), of_all)
    )
    means = [
        f"{mean(rows(400, 2)[first : first + 3]):.1f} instead of "
        f"{mean(rows(400, 1)[first : first + 3]):.1f}"
        for first in (0, 3, 6)
    ]
    assert (
        f"twice as long gave {fewest} F1 with 25 labels, {few} with 50, {some} with 100, {more} "
        f"with 200 and {many} with 400 (nine pairs each, {min(of_all):.1f} at worst and "
        f"{max(of_all):+.1f} at best; with 400, {means[0]} on UNER, {means[1]} on wikigold and "
        f"{means[2]} on WNUT-17), {overall} on average"
    ) in PAGE
    above = sum(one > 0 for one in of_all)
    assert f"{above} of the {len(of_all)} are above nothing" in PAGE
    assert f"the median is {median(of_all):+.1f}" in PAGE
