"""What the pages say of a transformer of the size of BERT is what its records hold."""

from statistics import mean

from adaptive_spacy.experiments.records import read_records
from docs.results import BERT_RECORDS, PAGE
from docs.results_samples import BERT_APPROACHES, whole_samples
from tests.conftest import ROOT


def test_pages_say_what_a_larger_transformer_came_to() -> None:
    found = whole_samples(read_records(BERT_RECORDS), BERT_APPROACHES)
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
    page, method = (
        " ".join(path.read_text(encoding="utf8").split())
        for path in (PAGE, ROOT / "docs" / "method.md")
    )
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
