"""What the pages say of a transformer of the size of BERT is what its records hold."""

import re
from statistics import mean

import pytest

from adaptive_spacy.experiments.records import Record, read_records
from docs.results import BERT_RECORDS, PAGE
from docs.results_samples import BERT_APPROACHES, whole_samples
from tests.conftest import ROOT

#: What the page calls the fixed lengths
LENGTHS = {
    f"linear-{updates}-{rate}": f"{updates} updates at {rate}"
    for updates in (200, 400)
    for rate in ("5e-5", "1e-4")
}

#: By labels, of those that make 200 at least, or 20 epochs
UPDATES = {100: 200, 200: 260}


def read_samples(labels: int) -> list[Record]:
    """RETURNS (list[dict]): The records of the whole samples of so many labels."""
    found = whole_samples(read_records(BERT_RECORDS), BERT_APPROACHES)
    return [one for one in found if one["job"]["labels"] == labels]


def read_page() -> str:
    return " ".join(PAGE.read_text(encoding="utf8").split())


@pytest.mark.parametrize("labels", [100, 200])
def test_page_says_what_a_single_sample_came_to(labels: int) -> None:
    found = {one["job"]["approach"]: one for one in read_samples(labels)}
    assert len(read_samples(labels)) == len(found)
    assert set(found) == set(BERT_APPROACHES)
    f1 = {name: 100 * one["results"]["last"]["test"]["f1"] for name, one in found.items()}
    fixed = {name: f1[name] for name in LENGTHS}
    best = max(fixed, key=fixed.__getitem__)
    page = read_page()
    assert (
        f"*crossfit* has {f1['crossfit']:.1f} and *bounded* {f1['bounded']:.1f}, where the best of "
        f"the four lengths, {LENGTHS[best]}, has {f1[best]:.1f}."
    ) in page
    assert f"{f1['linear-200-5e-5']:.1f} (5e-5) and {f1['linear-200-1e-4']:.1f} (1e-4)" in page
    # spaCy's loop makes one more than `max_steps`
    made = {name: found[name]["updates"] - 1 for name in LENGTHS}
    assert made == {name: UPDATES[labels] if "-200-" in name else 400 for name in LENGTHS}
    if UPDATES[labels] != 200:
        assert f"`linear-200-*`, whose 20 epochs are {UPDATES[labels]} updates here" in page
    folds = [one["updates"] for one in found["crossfit"]["folds"]]
    assert (
        f"*bounded* made {found['bounded']['updates']} updates, the folds {min(folds)} to "
        f"{max(folds)}, the last training {found['crossfit']['updates'] - sum(folds):,}."
    ) in page
    expected = found["crossfit"]["expected"]
    low, high = (100 * one for one in expected["interval"])
    assert f"let expect {100 * expected['f1']:.1f} ({low:.1f} to {high:.1f})." in page
    assert low < f1["crossfit"] < high


def test_page_says_which_rate_was_better() -> None:
    gaps = []
    for labels in (50, 100, 200):
        low, high = (
            mean(
                100 * one["results"]["last"]["test"]["f1"]
                for one in read_samples(labels)
                if one["job"]["approach"] == f"linear-400-{rate}"
            )
            for rate in ("5e-5", "1e-4")
        )
        gaps.append(low - high)
    assert [gap > 0 for gap in gaps] == [True, True, False]
    assert (
        'At the 5e-5 of "auto", which was the better rate of 400 updates with 50 and 100 labels, '
        f"they have {low:.1f}."
    ) in read_page()


def test_page_says_where_two_hundred_updates_are_worst() -> None:
    for labels in (100, 200):
        f1 = {
            one["job"]["approach"]: one["results"]["last"]["test"] for one in read_samples(labels)
        }
        worst = sorted(f1, key=lambda name: f1[name]["f1"])[:2]
        assert worst == ["linear-200-5e-5", "linear-200-1e-4"]
    # with MiniLM the least difference is named first
    assert re.search(r"kept for all budgets it is \+[\d.]+ \(\*linear-200-1e-4\*\)", read_page())


def test_pages_say_what_a_larger_transformer_came_to() -> None:
    found = read_samples(50)
    f1 = {
        (one["job"]["approach"], one["job"]["seed"]): 100 * one["results"]["last"]["test"]["f1"]
        for one in found
    }
    means = {
        name: mean(value for (approach, _), value in f1.items() if approach == name)
        for name in BERT_APPROACHES
    }
    above = [name for name in BERT_APPROACHES if means[name] > means["crossfit"]]
    assert above == ["linear-400-5e-5"]
    page = read_page()
    method = " ".join((ROOT / "docs" / "method.md").read_text(encoding="utf8").split())
    tokens = {
        name: sum(one["token_updates"] for one in found if one["job"]["approach"] == name)
        for name in BERT_APPROACHES
    }
    assert round(tokens["crossfit"] / tokens["linear-400-5e-5"]) == 7
    gap = means["linear-400-5e-5"] - means["crossfit"]
    assert (
        f"Only 400 updates at 5e-5 are above *crossfit*, by {gap:.1f}, for a seventh of its "
        f"tokens; it is {means['crossfit'] - means['bounded']:.1f} above *bounded*. At the 5e-5 of "
        f'`rate = "auto"`, 200 updates are too few, {means["linear-200-5e-5"]:.1f}; at 1e-4 they '
        f"reach {means['linear-200-1e-4']:.1f}."
    ) in page
    crossfits = {one["job"]["seed"]: one for one in found if "folds" in one}
    assert sorted(crossfits) == [1, 2, 3]
    tests = [f1["crossfit", seed] for seed in (1, 2, 3)]
    expected = [100 * crossfits[seed]["expected"]["f1"] for seed in (1, 2, 3)]
    assert (
        "It let expect {:.1f}, {:.1f} and {:.1f}; the test F1, {:.1f}, {:.1f} and {:.1f}, is in "
        "the stated interval of two of the three."
    ).format(*expected, *tests) in page
    inside = [
        crossfits[seed]["expected"]["interval"][0]
        <= f1["crossfit", seed] / 100
        <= crossfits[seed]["expected"]["interval"][1]
        for seed in (1, 2, 3)
    ]
    assert sum(inside) == 2
    bounded = [one["updates"] for one in found if one["job"]["approach"] == "bounded"]
    folds = [[fold["updates"] for fold in one["folds"]] for one in crossfits.values()]
    all_folds = [count for of_one in folds for count in of_one]
    last = [
        one["updates"] - sum(of_one) for one, of_one in zip(crossfits.values(), folds, strict=True)
    ]
    assert (
        f"*bounded* made {min(bounded)} to {max(bounded)} updates, the folds of *crossfit* "
        f"{min(all_folds)} to {max(all_folds)}, its last trainings {min(last)} to {max(last):,}."
    ) in page
    assert f"when the {f1['linear-200-5e-5', 1]:.1f} of 200 on the first sample" in page
    assert (
        f"{means['linear-200-5e-5']:.1f} at 5e-5 and {means['linear-200-1e-4']:.1f} at 1e-4, and "
        f"with 400 it is not, {means['linear-400-5e-5']:.1f} and {means['linear-400-1e-4']:.1f}"
    ) in method
