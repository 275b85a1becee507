"""docs/reading.md says of each order of labelling what it came to: the lines that are kept."""

from statistics import mean

from benchmarks.measurements import read_lines
from benchmarks.quality.next_texts import ORDERS, START, Row
from tests.conftest import ROOT

LINES = read_lines(ROOT / "benchmarks" / "results" / "next" / "index.jsonl")
PAGE = (ROOT / "docs" / "reading.md").read_text(encoding="utf8").splitlines()
NAMES = {
    "doubts": "by doubts, as it ships",
    "random": "at random",
    "doubts per token": "by doubts per token",
}
FIRST, *SIZES = (50, 100, 150)


def by_seed(order: str, texts: int) -> dict[int, Row]:
    """RETURNS (dict): A line by its seed."""
    found = [one for one in LINES if (one["order"], one["texts"]) == (order, texts)]
    return {one["seed"]: one for one in sorted(found, key=lambda one: one["seed"])}


def gain(order: str) -> float:
    """RETURNS (float): Points of F1 for 1,000 words that were labelled after the start, the mean
    over seeds."""
    starts = by_seed(START, FIRST)
    return mean(
        1e5 * (one["f1"] - starts[seed]["f1"]) / (one["words"] - starts[seed]["words"])
        for seed, one in by_seed(order, SIZES[-1]).items()
    )


def cells(order: str, texts: int) -> list[str]:
    """RETURNS (list[str]): F1 as a mean, with that of each seed, and the mean of the words."""
    lines = by_seed(order, texts).values()
    f1 = [100 * one["f1"] for one in lines]
    words = mean(one["words"] for one in lines)
    return [f"{mean(f1):.1f} ({', '.join(f'{one:.1f}' for one in f1)})", f"{words:,.0f}"]


def row(name: str, *found: str) -> str:
    return f"| {' | '.join([name, *found])} |"


def table() -> list[str]:
    return [
        row(name, *(cell for size in SIZES for cell in cells(order, size)), f"{gain(order):.1f}")
        for order, name in NAMES.items()
    ]


def test_page_shows_what_each_order_came_to() -> None:
    assert set(NAMES) == set(ORDERS)
    start = PAGE.index("| order | F1 at 100 | words | F1 at 150 | words | F1 per 1,000 words |")
    assert PAGE[start + 2 : PAGE.index("", start)] == table()
    f1, words = cells(START, FIRST)
    assert f"F1 {f1}, {words} words" in " ".join(PAGE)


def test_lines_are_of_one_table() -> None:
    assert all(one["settings"] == LINES[0]["settings"] for one in LINES)
    assert (LINES[0]["settings"]["start"], LINES[0]["settings"]["rounds"]) == (FIRST, len(SIZES))
    keys = [(one["seed"], one["order"], one["texts"]) for one in LINES]
    assert len(set(keys)) == len(keys)
    seeds = set(by_seed(START, FIRST))
    counted = {(order, size): set(by_seed(order, size)) for order in ORDERS for size in SIZES}
    assert counted == dict.fromkeys(counted, seeds)
    assert len(seeds) == 3
