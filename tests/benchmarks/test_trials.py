"""docs/method.md says of each default what it was chosen by: the trials that are kept."""

from collections import defaultdict
from statistics import mean

from adaptive_spacy.experiments.records import Record, read_records
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "method.md").read_text(encoding="utf8").splitlines()
COLUMNS = 8


def trials() -> dict[tuple[str, int, str], list[Record]]:
    """RETURNS (dict): Records by data set, labelled sentences and approach, in the order of the
    seeds."""
    found = defaultdict(list)
    for record in read_records(ROOT / "benchmarks" / "results" / "trials"):
        job = record["job"]
        found[job["dataset"], job["labels"], job["approach"]].append(record)
    for records in found.values():
        records.sort(key=lambda one: int(one["job"]["seed"]))
    return dict(found)


def row(key: tuple[str, int, str], records: list[Record]) -> str:
    f1 = [100 * one["results"]["last"]["test"]["f1"] for one in records]
    cells = [
        *map(str, key),
        ", ".join(str(one["job"]["seed"]) for one in records),
        f"{mean(one['epochs'] for one in records):.0f}",
        f"{mean(one['updates'] for one in records):.0f}",
        f"{mean(one['token_updates'] for one in records) / 1000:.0f} k",
        f"{mean(f1):.1f} ({', '.join(f'{one:.1f}' for one in f1)})",
    ]
    return f"| {' | '.join(cells)} |"


def test_page_shows_every_trial() -> None:
    made = sorted(row(key, records) for key, records in trials().items())
    shown = [line for line in PAGE if line.startswith(("| wikigold |", "| wnut17 |"))]
    assert sorted(shown) == made
    assert all(line.count("|") == COLUMNS + 1 for line in shown)


#: Labelled sentences, and the samples that all four columns have
BUDGETS = {25: (1, 2), 50: (1, 2), 100: (1,)}
SCHEDULES = ("linear-20-1e-4", "linear-20-3e-4", "linear-200-1e-4", "linear-200-3e-4")


def rate_rows() -> list[str]:
    f1 = {
        (job["dataset"], job["labels"], job["approach"], job["seed"]): 100
        * record["results"]["last"]["test"]["f1"]
        for record in read_records(ROOT / "benchmarks" / "results" / "budget")
        for job in [record["job"]]
    }
    return [
        f"| {labels} | {', '.join(map(str, samples))} | "
        + " | ".join(
            f"{mean(f1['wikigold', labels, name, seed] for seed in samples):.1f}"
            for name in SCHEDULES
        )
        + " |"
        for labels, samples in BUDGETS.items()
    ]


def test_page_shows_what_the_rate_does_to_fixed_schedules() -> None:
    start = PAGE.index("| labels | samples | 20 epochs, 1e-4 | 3e-4 | 200 updates, 1e-4 | 3e-4 |")
    assert PAGE[start + 2 : PAGE.index("", start)] == rate_rows()
