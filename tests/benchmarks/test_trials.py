"""docs/method.md says of each default what it was chosen by: the trials that are kept."""

from collections import defaultdict
from collections.abc import Container
from functools import cache
from statistics import mean, stdev
from typing import NamedTuple

from adaptive_spacy.experiments.records import Record, read_records
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "method.md").read_text(encoding="utf8").splitlines()
COLUMNS = 8


@cache
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


class Pair(NamedTuple):
    """Two trainings of a sample. labels (int): Its sentences. gain (float): F1 of the first minus
    that of the second. share (float): Its tokens by those of the second."""

    labels: int
    gain: float
    share: float


def pairs_of(
    first: str, second: str, cells: Container[tuple[str, int]] | None = None
) -> list[Pair]:
    """RETURNS (list[Pair]): Of each sample that both were trained on, in these cells or in all."""
    return [
        Pair(labels, ours[seed][0] - theirs[seed][0], ours[seed][1] / theirs[seed][1])
        for data, labels, name in trials()
        if name == first and (data, labels, second) in trials()
        if cells is None or (data, labels) in cells
        for ours, theirs in [(f1_and_cost(data, labels, one) for one in (first, second))]
        for seed in sorted(ours.keys() & theirs.keys())
    ]


def describe_gain(found: list[Pair]) -> str:
    gains = [one.gain for one in found]
    return f"{mean(gains):+.1f} ± {stdev(gains) / len(gains) ** 0.5:.1f}"


def difference(cells: list[tuple[str, int]], first: str, second: str) -> tuple[str, int]:
    """RETURNS (tuple): F1 of the first minus the second with its standard error, and its share of
    the tokens in percent."""
    found = pairs_of(first, second, cells)
    return describe_gain(found), round(100 * mean(one.share for one in found))


def say(first: str, second: str) -> str:
    found = pairs_of(first, second)
    gains = [one.gain for one in found]
    return (
        f"{describe_gain(found)} F1 for {mean(one.share for one in found):.2f} times the tokens, "
        f"{min(gains):+.1f} at worst and {max(gains):+.1f} at best ({len(found)} pairs)"
    )


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
    found = pairs_of("either", "least-8")
    gains = [one.gain for one in found]
    means = [
        f"{mean(one.gain for one in found if one.labels == labels):+.1f}"
        for labels in (25, 50, 100)
    ]
    assert (
        f"in {len(found)} pairs it gave {describe_gain(found)} F1 for "
        f"{mean(one.share for one in found):.2f} times the tokens: {means[0]} with 25 labels, "
        f"{means[1]} with 50, {means[2]} with 100, {min(gains):+.1f} at worst and "
        f"{max(gains):+.1f} at best"
    ).replace("+0.0", "0.0") in text
    few = ("uner_english_ewt", 50)
    assert f1_and_cost(*few, "refined")[1] == f1_and_cost(*few, "least-8")[1]


def test_page_says_what_updates_at_least_came_to() -> None:
    text = " ".join(PAGE)
    assert f"loss alone {say('updates-200', 'least-8')}" in text
    assert f"beside 200 {say('updates-400', 'updates-200')}" in text
    assert f"configs/ner.cfg), {say('ner-200', 'ner')}, nearly all of it in one" in text
    gains = sorted(one.gain for one in pairs_of("ner-200", "ner"))
    assert gains[-1] > 3 * abs(sum(gains[:-1]))


def test_page_says_what_a_standard_error_for_f1_came_to() -> None:
    assert f"(*either-gate*): {say('either-gate', 'least-8')}" in " ".join(PAGE)


def test_page_says_what_the_noise_of_the_loss_came_to() -> None:
    text = " ".join(PAGE)
    default, trigger, resume = (
        {
            data: f1_and_cost(data, 400, name)
            for data in ("uner_english_ewt", "wikigold-b", "wnut17-b")
        }
        for name in ("updates-200", "noise-trigger", "noise-resume")
    )
    assert f"(*noise-trigger*), {say('noise-trigger', 'updates-200')}; only the" in text
    assert [data for data, found in trigger.items() if found != default[data]] == ["wikigold-b"]
    assert resume == default


def test_page_says_what_averaged_weights_came_to() -> None:
    assert f"is not kept): {say('average', 'updates-200')}." in " ".join(PAGE)
