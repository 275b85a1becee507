"""docs/method.md says what choices of the method came to on the sweep over labels."""

from collections.abc import Iterable
from statistics import mean, median, stdev

import pytest

from tests.benchmarks.sweeps import UNER, Records, f1, read, read_page

PAGE, RESULTS_PAGE = read_page("method.md"), read_page("results.md")
#: A line of adaptive.cfg by the set whose trainings have it
LINES = {"either": 'monitor = [{"ents_loss": -1.0}, {"ents_f": 1.0}]', "budget": "least = 200"}


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
    held, free = read("once", "crossfit"), read("without-least", "crossfit")
    # what it was chosen by
    keys = sorted(key for key in held.keys() & free.keys() if key[1] <= 100)
    gains = gains_in_expectation(held, free, keys)
    error = stdev(gains) / len(gains) ** 0.5
    assert f"with 25 to 100 labels ({len(keys)} samples, " in PAGE
    assert f"was better by {mean(gains):+.1f} ± {error:.1f} F1" in PAGE
    rise = sorted(gains)
    found = f"two samples of UNER, {rise[-2]:+.1f} and {rise[-1]:+.1f}, and the median is"
    assert f"{found} {median(gains):.1f}." in PAGE
    assert {key[0] for key, gain in zip(keys, gains, strict=True) if gain >= rise[-2]} == {UNER}
    # what was known when it was chosen
    first = {key: held[key] for key in keys if key[2] == 1}
    seen = describe(first, free).partition(" F1")[0]
    assert f"of which that of nine samples was seen before ({seen})" in PAGE
    assert len(first) == 9
    found = f"{apart(held, keys)} points from the test F1 instead of {apart(free, keys)}"
    few = {key: held[key] for key in keys}
    assert f"*crossfit* {describe(few, free)}, and what it let expect was {found}" in PAGE


def test_page_says_what_they_came_to_with_more_labels() -> None:
    held, free = read("once", "crossfit"), read("without-least", "crossfit")
    more = {key: held[key] for key in held.keys() & free.keys() if key[1] == 200}
    found = f"better by {mean(gains_in_expectation(held, free, more)):+.1f} F1, test F1 by"
    assert "With 200 labels, measured after the choice, they decide little: predictions" in PAGE
    assert f"{found} {describe(more, free)}." in PAGE


def gains_in_expectation(
    ours: Records, theirs: Records, keys: Iterable[tuple[str, int, int]]
) -> list[float]:
    """RETURNS (list[float]): F1 of what folds predict for the labels of each sample, ours minus
    theirs."""
    return [100 * (ours[key]["expected"]["f1"] - theirs[key]["expected"]["f1"]) for key in keys]


def test_results_say_what_bounded_rounds_alone_came_to() -> None:
    rounds = {key: one for key, one in read("without-least", "bounded").items() if key[1] <= 100}
    assert f"up to 100 labels) gave {describe(rounds, read('budget', 'adaptive'))}" in RESULTS_PAGE


def test_pages_say_how_many_folds_end_as_soon_as_they_may() -> None:
    folds = [
        fold["updates"]
        for (_, labels, _), one in read("once", "crossfit").items()
        if labels <= 100
        for fold in one["folds"]
    ]
    # the schedule is finished one update late, and another batch is drawn by then
    soon = sum(updates <= 202 for updates in folds)
    assert f"{soon} of {len(folds)} folds ended as soon as they might" in PAGE
    assert f"{soon} of its {len(folds)} folds ended as soon as 200 updates let them" in RESULTS_PAGE
