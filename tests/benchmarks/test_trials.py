"""docs/method.md says of each default what it was chosen by: the trials that are kept."""

from collections import defaultdict
from statistics import mean, stdev

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
        approach = job["approach"] + ("" if job["model"] == "MiniLM" else f", {job['model']}")
        found[job["dataset"], job["labels"], approach].append(record)
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
    sets = tuple(f"| {name} |" for name in {key[0] for key in trials()})
    # a table of fewer columns has rows of fixed schedules
    shown = [line for line in PAGE if line.startswith(sets) and line.count("|") == COLUMNS + 1]
    assert sorted(shown) == made


#: Labelled sentences, and the samples that all four columns have
BUDGETS = {
    (data, labels): samples
    for data, samples in (
        ("wikigold", (1, 2, 3)),
        ("uner_english_ewt", (1, 2, 3)),
        ("wnut17", (1, 2, 3)),
    )
    for labels in (25, 50, 100)
}
SCHEDULES = ("linear-20-1e-4", "linear-20-3e-4", "linear-200-1e-4", "linear-200-3e-4")


def rate_rows() -> list[str]:
    f1 = {
        (job["dataset"], job["labels"], job["approach"], job["seed"]): 100
        * record["results"]["last"]["test"]["f1"]
        for record in read_records(ROOT / "benchmarks" / "results" / "budget")
        for job in [record["job"]]
    }
    return [
        f"| {data} | {labels} | {', '.join(map(str, samples))} | "
        + " | ".join(
            f"{mean(f1[data, labels, name, seed] for seed in samples):.1f}" for name in SCHEDULES
        )
        + " |"
        for (data, labels), samples in BUDGETS.items()
    ]


def test_page_shows_what_the_rate_does_to_fixed_schedules() -> None:
    header = [
        "data set",
        "labels",
        "samples",
        "20 epochs, 1e-4",
        "3e-4",
        "200 updates, 1e-4",
        "3e-4",
    ]
    start = PAGE.index(f"| {' | '.join(header)} |")
    assert PAGE[start + 2 : PAGE.index("", start)] == rate_rows()


def f1_and_cost(data: str, labels: int, approach: str) -> dict[int, tuple[float, int]]:
    return {
        one["job"]["seed"]: (
            100 * one["results"]["last"]["test"]["f1"],
            one["token_updates"],
        )
        for one in trials()[data, labels, approach]
    }


def difference(cells: list[tuple[str, int]], first: str, second: str) -> tuple[str, int]:
    """RETURNS (tuple): F1 of the first minus the second with its standard error, and its share of
    the tokens in percent."""
    pairs = [
        (ours[seed], theirs[seed])
        for cell in cells
        for ours, theirs in [(f1_and_cost(*cell, first), f1_and_cost(*cell, second))]
        for seed in ours.keys() & theirs.keys()
    ]
    gaps = [a[0] - b[0] for a, b in pairs]
    share = mean(a[1] / b[1] for a, b in pairs)
    return f"{mean(gaps):+.1f} ± {stdev(gaps) / len(gaps) ** 0.5:.1f}", round(100 * share)


def test_page_says_what_the_trials_came_to() -> None:
    text = " ".join(PAGE)
    cells = [("wikigold", 25), ("wikigold", 50), ("wikigold", 100), ("wnut17", 50)]
    gap, share = difference(cells, "shrink", "least-8")
    assert f"it read {share} % of the tokens for {gap} F1" in text
    for name, said in (
        ("shrink-patience-1", "(`patience = 1`) {} F1 and {:+d} % of the tokens"),
        ("shrink-cooldown-3", "instead of seven {} and {:+d} %"),
        ("shrink-sqrt", "that of 1 − √x {} and {:+d} %"),
        ("shrink-prior", "its code is not kept) {} and {:+d} %"),
    ):
        gap, share = difference([("wikigold", 50)], name, "shrink")
        assert said.format(gap, share - 100) in text, (name, gap, share)


def test_page_says_what_the_rates_came_to() -> None:
    text = " ".join(PAGE)
    low, middle, high = (
        f1_and_cost("wikigold", 50, name) for name in ("rate-3e-5", "least-8", "rate-3e-4")
    )
    assert low.keys() == high.keys() == {1, 2}
    f1 = [f"{mean(one[seed][0] for seed in low):.1f}" for one in (middle, low, high)]
    more = mean(low[seed][1] / middle[seed][1] for seed in low)
    assert (
        f"MiniLM has {f1[0]} at 1e-4 (two samples, *least-8*), {f1[1]} at 3e-5 with {more:.1f} "
        f"times the tokens, {f1[2]} at 3e-4; MPNet " in text
    )
    rates = ("auto", "1e-4", "3e-4")
    found = [f1_and_cost("wikigold", 50, f"shrink-{rate}, MPNet")[1][0] for rate in rates]
    said = "MPNet {:.1f} at its 5e-5 (one sample, *shrink*), {:.1f} at 1e-4, and {:.1f} at 3e-4"
    assert said.format(*found) in text


def test_page_says_what_counting_f1_as_better_came_to() -> None:
    text = " ".join(PAGE)
    cells = [(data, labels) for data, labels, approach in trials() if approach == "either"]
    gaps, costs = defaultdict(list), []
    for data, labels in cells:
        ours, theirs = (f1_and_cost(data, labels, one) for one in ("either", "least-8"))
        for seed in ours.keys() & theirs.keys():
            gaps[labels].append(ours[seed][0] - theirs[seed][0])
            costs.append(ours[seed][1] / theirs[seed][1])
    pairs = [gap for found in gaps.values() for gap in found]
    means = [f"{mean(gaps[labels]):+.1f}" for labels in (25, 50, 100)]
    error = stdev(pairs) / len(pairs) ** 0.5
    assert (
        f"in {len(pairs)} pairs it gave {mean(pairs):+.1f} ± {error:.1f} F1 for {mean(costs):.2f} "
        f"times the tokens: {means[0]} with 25 labels, {means[1]} with 50, {means[2]} with 100, "
        f"{min(pairs):+.1f} at worst and {max(pairs):+.1f} at best"
    ).replace("+0.0", "0.0") in text
    few = ("uner_english_ewt", 50)
    assert f1_and_cost(*few, "refined")[1] == f1_and_cost(*few, "least-8")[1]


def pairs_with(approach: str, other: str) -> list[tuple[tuple[str, int], float, float]]:
    """RETURNS (list): Cell, F1 of the first minus the second, and its share of the tokens, for each
    sample that both have."""
    return [
        ((data, labels), ours[seed][0] - theirs[seed][0], ours[seed][1] / theirs[seed][1])
        for data, labels, name in trials()
        if name == approach and (data, labels, other) in trials()
        for ours, theirs in [(f1_and_cost(data, labels, one) for one in (approach, other))]
        for seed in sorted(ours.keys() & theirs.keys())
    ]


def say(approach: str, other: str) -> str:
    found = pairs_with(approach, other)
    gaps = [gap for _, gap, _ in found]
    error = stdev(gaps) / len(gaps) ** 0.5
    share = mean(share for *_, share in found)
    return (
        f"{mean(gaps):+.1f} ± {error:.1f} F1 for {share:.2f} times the tokens, {min(gaps):+.1f} at "
        f"worst and {max(gaps):+.1f} at best ({len(gaps)} pairs)"
    )


def test_page_says_what_updates_at_least_came_to() -> None:
    text = " ".join(PAGE)
    assert f"loss alone {say('updates-200', 'least-8')}" in text
    assert f"beside 200 {say('updates-400', 'updates-200')}" in text


def test_page_says_what_a_standard_error_for_f1_came_to() -> None:
    assert f"(*either-gate*): {say('either-gate', 'least-8')}" in " ".join(PAGE)
