"""docs/method.md says what choices of the method came to on the sweep over labels."""

from collections.abc import Iterable
from statistics import mean, median, stdev

import pytest

from adaptive_spacy.experiments.records import Record, read_records
from tests.conftest import ROOT

#: By data set, labels and seed
Records = dict[tuple[str, int, int], Record]
UNER = "uner_english_ewt"
RESULTS = ROOT / "benchmarks" / "results"
PAGE = " ".join((ROOT / "docs" / "method.md").read_text(encoding="utf8").split())
#: A line of adaptive.cfg by the set whose trainings have it
LINES = {"either": 'monitor = [{"ents_loss": -1.0}, {"ents_f": 1.0}]', "budget": "least = 200"}


def read(name: str, approach: str) -> Records:
    """RETURNS (dict): The records of an approach in a set by data set, labels and seed."""
    return {
        (job["dataset"], job["labels"], job["seed"]): one
        for one in read_records(RESULTS / name)
        for job in [one["job"]]
        if job["approach"] == approach
    }


def f1(record: Record) -> float:
    return 100 * float(record["results"]["last"]["test"]["f1"])


def describe(ours: Records, theirs: Records) -> str:
    pairs = [(ours[key], theirs[key]) for key in ours.keys() & theirs.keys()]
    gain = mean(f1(one) - f1(other) for one, other in pairs)
    cost = mean(one["token_updates"] / other["token_updates"] for one, other in pairs)
    return f"{gain:+.1f} F1 for {cost:.2f} times the tokens ({len(pairs)} pairs)"


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("approach", ["bounded", "crossfit"])
def test_sets_differ_in_the_line_that_is_tried(name: str, approach: str) -> None:
    tried, before = read(name, approach), read("without-least", approach)
    pairs = [(tried[key], before[key]) for key in tried.keys() & before.keys()]
    assert pairs
    for pair in pairs:
        line = LINES[name]
        assert [line in one["definition"]["config"] for one in pair] == [True, False]


def test_page_says_what_going_by_loss_or_f1_came_to() -> None:
    bounded = describe(read("either", "bounded"), read("without-least", "bounded"))
    crossfit = describe(read("either", "crossfit"), read("without-least", "crossfit"))
    assert f"*bounded* {bounded}, *crossfit* {crossfit}" in PAGE


def test_page_says_what_updates_at_least_came_to() -> None:
    gain = describe(read("budget", "bounded"), read("without-least", "bounded"))
    assert f"it gives *bounded* {gain}" in PAGE


def apart(records: Records, keys: Iterable[tuple[str, int, int]]) -> str:
    """RETURNS (str): Points between the F1 that crossfit let expect and that on the test set."""
    gaps = [abs(100 * records[key]["expected"]["f1"] - f1(records[key])) for key in keys]
    return f"{mean(gaps):.1f}"


def test_page_says_what_folds_that_make_as_many_updates_came_to() -> None:
    held, free = read("budget", "crossfit"), read("without-least", "crossfit")
    keys = sorted(held.keys() & free.keys())
    gains = [100 * (held[key]["expected"]["f1"] - free[key]["expected"]["f1"]) for key in keys]
    error = stdev(gains) / len(gains) ** 0.5
    sizes = {labels for _, labels, _ in keys}
    assert f"with {min(sizes)} to {max(sizes)} labels ({len(keys)} samples, " in PAGE
    assert f"was better by {mean(gains):+.1f} ± {error:.1f} F1" in PAGE
    rise = sorted(gains)
    found = f"two samples of UNER, {rise[-2]:+.1f} and {rise[-1]:+.1f}, and the median is"
    assert f"{found} {median(gains):.1f}." in PAGE
    assert {key[0] for key, gain in zip(keys, gains, strict=True) if gain >= rise[-2]} == {UNER}
    # what was known when it was chosen
    first = {key: held[key] for key in keys if key[2] == 1 and key[1] <= 100}
    seen = describe(first, free).partition(" F1")[0]
    assert f"of which that of nine samples was seen before ({seen})" in PAGE
    assert len(first) == 9
    found = f"{apart(held, keys)} points from the test F1 instead of {apart(free, keys)}"
    assert f"*crossfit* {describe(held, free)}, and what it let expect was {found}" in PAGE


def test_results_say_what_bounded_rounds_alone_came_to() -> None:
    rounds = {key: one for key, one in read("without-least", "bounded").items() if key[1] <= 100}
    page = " ".join((ROOT / "docs" / "results.md").read_text(encoding="utf8").split())
    assert f"up to 100 labels) gave {describe(rounds, read('budget', 'adaptive'))}" in page


def test_pages_say_how_many_folds_end_as_soon_as_they_may() -> None:
    folds = [
        fold["updates"]
        for (_, labels, _), one in read("budget", "crossfit").items()
        if labels <= 100
        for fold in one["folds"]
    ]
    # the schedule is finished one update late, and another batch is drawn by then
    soon = sum(updates <= 202 for updates in folds)
    results = " ".join((ROOT / "docs" / "results.md").read_text(encoding="utf8").split())
    assert f"{soon} of {len(folds)} folds ended as soon as they might" in PAGE
    assert f"{soon} of its {len(folds)} folds ended as soon as 200 updates let them" in results


def test_results_say_how_long_a_larger_transformer_was_trained() -> None:
    key = ("wikigold", 50, 1)
    bounded, crossfit, short = (
        read("budget-bert", name)[key] for name in ("bounded", "crossfit", "linear-200-5e-5")
    )
    page = " ".join((ROOT / "docs" / "results.md").read_text(encoding="utf8").split())
    updates = [fold["updates"] for fold in crossfit["folds"]]
    assert (
        f"*bounded* made {bounded['updates']} updates, the folds of *crossfit* {min(updates)} to "
        f"{max(updates)}, its last training {crossfit['history'][-1]['step']}, for "
        f"{f1(crossfit):.1f} where it let expect {100 * crossfit['expected']['f1']:.1f}."
    ) in page
    assert f"larger transformer: {f1(short):.1f}." in page
    assert f"when the {f1(short):.1f} was known" in page
