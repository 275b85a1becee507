"""Rows of docs/results.md and README.md as they are made from records."""

from functools import cache
from statistics import mean

from adaptive_spacy.experiments.crossfit_cost import BESIDE_FIXED, GAINS, describe_gains
from adaptive_spacy.experiments.records import Record, read_records
from adaptive_spacy.report.budget import Budget, answer_budget
from docs.results import (
    BERT_RECORDS,
    END,
    ONCE_RECORDS,
    PAGE,
    README,
    RECORDS,
    describe_outcome,
    fill,
    list_bert_sections,
    list_sections,
    make_rows,
)
from docs.results_figure import draw
from docs.results_samples import (
    APPROACHES,
    BERT_APPROACHES,
    FIXED,
    add_same,
    beside_once,
    whole_samples,
)
from docs.results_tables import best_fixed, cost_table, count_gains, expected_table, f1_table
from tests.conftest import ROOT
from tests.report.records import make_labelled

#: Right entities of 100 with 25 labels, by approach; with 50 ten more
RIGHT = {"crossfit": 60, "bounded": 50, "linear-40-1e-4": 66, "huggingface": 2}


def records() -> list[dict]:
    found = [
        make_labelled(name, seed, labels, RIGHT.get(name, 40) + (labels == 50) * 10)
        for name in APPROACHES
        if name != "paper"
        for labels, seeds in ((25, (1, 2)), (50, (1,)))
        for seed in seeds
    ]
    for one in found:
        if one["job"]["approach"] == "crossfit":
            one["expected"] = {"f1": 0.5, "interval": [0.4, 0.65]}
    return found


@cache
def published() -> tuple[list[Record], Budget]:
    """RETURNS (tuple): The records of whole samples, and what they answer: it takes a while."""
    found = whole_samples(read_records(RECORDS))
    return found, answer_budget(found, reference="crossfit")


def test_only_samples_of_all_approaches_stand_side_by_side() -> None:
    found = records()
    more = [make_labelled(name, 3, 25, 90) for name in APPROACHES[:-1]]
    others = [make_labelled("mine", 1, 25, 90)]
    assert whole_samples([*found, *more, *others]) == whole_samples(found)
    assert len(whole_samples(found)) == 3 * len(APPROACHES) == len(found) + 3


def test_tables_are_of_the_records() -> None:
    budget = answer_budget(whole_samples(records()), reference="crossfit")
    lines = f1_table(budget, "news", "tiny").splitlines()
    assert lines[0] == "| approach | 25 labels (2 samples) | 50 labels (1 sample) |"
    assert "| linear-40-1e-4 | 66.0 ± 0.0 | 76.0 |" in lines
    assert len(lines) == 2 + len(APPROACHES)
    assert "| huggingface | 1 k | 1 k |" in cost_table(budget).splitlines()
    found = [(one.cell, one.approach, round(one.difference.mean)) for one in best_fixed(budget)]
    assert [(cell.labels, name, gap) for cell, name, gap in found if cell] == [
        (25, "linear-40-1e-4", -6),
        (50, "linear-40-1e-4", -6),
    ]
    assert "| news | 25 | 50.0 | 60.0 | 10.0 | 2 of 2 |" in expected_table(records()).splitlines()
    assert "| news | 50 | 50.0 | 70.0 | 20.0 | 0 of 1 |" in expected_table(records()).splitlines()
    assert "| 25 | 2 | 60.0 | 50.0 | 66.0 | 40.0 |" in make_rows(budget).splitlines()


def test_outcome_is_told_in_words() -> None:
    budget = answer_budget(whole_samples(records()), reference="crossfit")
    assert describe_outcome(budget) == (
        "Beside the best fixed length of each budget, chosen in hindsight, *crossfit* is at worst "
        "-6.0 F1 and on average -6.0, for 1.0 times the tokens. Beside fixed lengths that are kept "
        "for all budgets it is -6.0 (*linear-40-1e-4*), +20.0 (*linear-20-1e-4*) and more. Beside "
        "*adaptive*, with an epoch a round and a dev set, it is +20.0, +20.0 from the fewest "
        "labels to the most."
    )


def test_page_keeps_what_is_around_the_tables() -> None:
    found = whole_samples(records())
    once = [
        make_labelled("crossfit", seed, labels, 58)
        for labels, seeds in ((25, (1, 2, 3)), (50, (1,)))
        for seed in seeds
    ]
    sections = list(list_sections(found, answer_budget(found, reference="crossfit"), once))
    page = "a\n"
    for name, _ in sections:
        page += f"<!-- {name}: made by `python -m docs.results` -->\nold\n{END.format(name)}\nb\n"
    filled = fill(page, sections)
    assert "old" not in filled
    assert filled.count("\nb\n") == len(sections)
    assert fill(filled, sections) == filled
    assert "11 approaches on 3 samples of labels of 1 data set." in filled
    # of the same samples: the third one has no longer training
    assert "| news | 25 | 2 | +2.0" in filled
    assert "| news | 50 | 1 | +12.0" in filled


def test_tables_of_another_transformer_are_of_its_approaches() -> None:
    found = [
        make_labelled(name, seed, 50, {"crossfit": 60, "linear-400-5e-5": 66}.get(name, 40))
        for name in BERT_APPROACHES
        for seed in (1, 2)
    ]
    unfinished = [make_labelled(name, 3, 50, 90) for name in BERT_APPROACHES[1:]]
    whole = whole_samples([*found, *unfinished], BERT_APPROACHES)
    tables = {name: text.splitlines() for name, text in list_bert_sections(whole)}
    assert "| linear-400-5e-5 | 66.0 ± 0.0 |" in tables["BERT F1"]
    assert len(tables["BERT F1"]) == len(tables["BERT cost"]) == 2 + len(BERT_APPROACHES)
    (row,) = tables["BERT hindsight"][2:]
    assert row.startswith("| news | 50 | linear-400-5e-5 | 2 | -6.0")


def test_page_and_readme_are_those_of_the_records() -> None:
    found, budget = published()
    page, readme = (path.read_text(encoding="utf8") for path in (PAGE, README))
    bert = whole_samples(read_records(BERT_RECORDS), BERT_APPROACHES)
    once = read_records(ONCE_RECORDS)
    sections = [*list_sections(found, budget, once), *list_bert_sections(bert)]
    assert page == fill(page, sections), "run python -m docs.results"
    assert count_gains(budget) == GAINS
    assert count_gains(budget, "linear-40-1e-4") == BESIDE_FIXED
    rows = make_rows(budget)
    assert readme == fill(readme, [("results", rows)]), "run python -m docs.results"
    assert len(rows.splitlines()) >= 5
    learnt: dict[tuple[str, int], list[float]] = {}
    for row in budget.rows:
        learnt.setdefault((row.approach, row.cell.labels), []).append(row.updates.mean)
    shares = [
        100 * mean(learnt["linear-40-1e-4", labels]) / mean(learnt["crossfit", labels])
        for labels in BESIDE_FIXED
    ]
    said = f"which learn from {min(shares):.0f} to {max(shares):.0f} % of the tokens"
    assert said in describe_gains(100, 5)


def test_pages_say_how_far_from_the_best_length_200_labels_are() -> None:
    found, budget = published()
    gaps = {
        line.cell.dataset: (line.approach, -line.difference.mean)
        for line in best_fixed(budget)
        if line.cell is not None and line.cell.labels == 200
    }
    assert {approach for approach, _ in gaps.values()} == {"linear-40-1e-4"}
    uner, wikigold, wnut17 = (gaps[one][1] for one in ("uner_english_ewt", "wikigold", "wnut17"))
    readme, page = (" ".join(path.read_text(encoding="utf8").split()) for path in (README, PAGE))
    # which is below, where the others are above
    assert wikigold < 0 < min(uner, wnut17)
    few = [
        line.difference.mean
        for line in best_fixed(budget)
        if line.cell is not None and line.cell.labels <= 200
    ]
    more = [
        line.difference.mean
        for line in best_fixed(budget)
        if line.cell is not None and line.cell.labels == 400
    ]
    below = f"Up to 200 sentences crossfit is at most {-min(few):.1f} F1 below the best"
    most = [
        line.difference.mean
        for line in best_fixed(budget)
        if line.cell is not None and line.cell.labels == 1000
    ]
    assert f"{below}; at 400, {-min(more):.1f}; at 1,000, {-min(most):.1f}. One kept" in readme
    assert f"and it is within {-min(most):.1f} F1 of the best." in page
    assert f"*crossfit* came out within {-min(few):.1f} F1 of the best of seven lengths" in page
    gaps_of_all = [*few, *more, *most]
    behind = sum(gap < 0 for gap in gaps_of_all)
    assert f"in {behind} of the {len(gaps_of_all)} rows of the table in hindsight" in page
    highs = [
        line.difference.interval[1]
        for line in best_fixed(budget)
        if line.cell is not None and line.difference.interval is not None
    ]
    assert min(highs) > 0, "no row shows it"
    above = [-BESIDE_FIXED[labels] for labels in (200, 400)]
    assert f"are better, by {above[0]} and {above[1]}." in readme
    costs = " ".join((ROOT / "docs" / "crossfit.md").read_text(encoding="utf8").split())
    assert f"did better (by {above[0]} F1 with 200, {above[1]} with 400)" in costs
    assert (
        f"With 200 labels, 40 epochs at 1e-4 are {above[0]} F1 above folds, and with 400, "
        f"{above[1]}; with 1,000 they are {BESIDE_FIXED[1000]} below."
    ) in page
    assert (
        f"40 at 1e-4 are {uner:.1f} F1 above it on UNER English-EWT, {wnut17:.1f} on WNUT-17 and "
        f"{-wikigold:.1f} below it on wikigold."
    ) in page
    lengths = answer_budget(
        beside_once(found, read_records(ONCE_RECORDS)),
        reference="crossfit",
    )
    (line,) = [line for line in lengths.lines if line.dataset is None]
    assert line.difference.interval is not None
    low, high = line.difference.interval
    said = (
        f"{line.difference.mean:+.1f} F1 on average ({low:+.1f} to {high:+.1f}), most of it on UNER"
    )
    assert said in page


def test_pages_say_which_lengths_folds_beat_and_what_200_updates_cost() -> None:
    table = PAGE.read_text(encoding="utf8").partition("<!-- differences: made")[2]
    lines = table.partition("<!-- end")[0].splitlines()
    rows = [[one.strip() for one in line.strip("|").split("|")] for line in lines]
    of_fixed = {row[0]: row for row in rows if row[0] in FIXED}
    assert set(of_fixed) == set(FIXED)
    assert {row[5] for row in of_fixed.values()} == {"higher"}
    gaps = {name: row[2].partition(" ")[0].lstrip("+") for name, row in of_fixed.items()}
    longer = [name for name in FIXED if name.startswith(("linear-40", "linear-200"))]
    assert max(float(gaps[name]) for name in longer) < min(
        float(gaps[name]) for name in FIXED if name not in longer
    )
    assert {round(float(of_fixed[name][6])) for name in longer} == {3, 5}
    updates, epochs = (
        " or ".join(sorted({gaps[name] for name in longer if name.startswith(kind)}, key=float))
        for kind in ("linear-200", "linear-40")
    )
    readme, page = (" ".join(path.read_text(encoding="utf8").split()) for path in (README, PAGE))
    assert (
        "each of the seven fixed lengths where one is kept for all budgets. The closest "
        f"are 200 updates, by {updates} F1, for five times their tokens, and 40 epochs, by "
        f"{epochs}, for three times; in single rows"
    ) in page
    assert (
        f"One kept for all is worse on average: 200 updates by {updates}, 40 epochs by "
        f"{epochs}, for a fifth and a third of the tokens;"
    ) in readme


def test_approach_that_is_another_ones_training_is_not_trained_again() -> None:
    found = {name: make_labelled(name, 1, 200, 40) for name in ("adaptive", "linear-20-3e-4")}
    found["linear-20-3e-4"]["updates"] = 200
    assert [*add_same(found)] == ["paper", "adaptive", "linear-20-3e-4"]
    found["linear-20-3e-4"]["updates"] = 201
    known = add_same(found)["linear-200-3e-4"]
    assert known["job"]["approach"] == "linear-200-3e-4"
    assert known["results"] is found["linear-20-3e-4"]["results"]
    # what was trained counts
    found["linear-200-3e-4"] = make_labelled("linear-200-3e-4", 1, 200, 70)
    assert add_same(found)["linear-200-3e-4"] == found["linear-200-3e-4"]


def test_paper_ships_another_checkpoint_of_the_same_training() -> None:
    """Where the grid has trained it as well, it came out the same."""
    found = {
        (one["job"]["approach"], one["job"]["dataset"], one["job"]["labels"], one["job"]["seed"]): (
            one["results"]["best_loss"]["test"]["f1"],
            [row["dev_loss"] for row in one["history"]],
        )
        for one in read_records(RECORDS)
    }
    papers = {key[1:]: value for key, value in found.items() if key[0] == "paper"}
    assert papers
    for key, (f1, losses) in papers.items():
        score, others = found["adaptive", *key]
        assert f1 == score
        assert losses == others[: len(losses)]


def test_figure_names_what_it_shows() -> None:
    image = draw(answer_budget(whole_samples(records()), reference="crossfit"), FIXED).decode()
    for text in ("crossfit", "bounded", *FIXED, "news", ">25<", ">50<", "labelled sentences"):
        assert text in image
