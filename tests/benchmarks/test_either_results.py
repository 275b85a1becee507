"""docs/method.md says what going by loss or F1 came to on the sweep over labels."""

from statistics import mean

from adaptive_spacy.experiments.records import Record, read_records
from tests.conftest import ROOT

RESULTS = ROOT / "benchmarks" / "results"
PAGE = " ".join((ROOT / "docs" / "method.md").read_text(encoding="utf8").split())


def read(name: str) -> dict[tuple[str, str, int, int], Record]:
    """RETURNS (dict): The records of a set by approach, data set, labels and seed."""
    return {
        (job["approach"], job["dataset"], job["labels"], job["seed"]): one
        for one in read_records(RESULTS / name)
        for job in [one["job"]]
    }


def f1(record: Record) -> float:
    return 100 * record["results"]["last"]["test"]["f1"]


def describe(approach: str) -> str:
    either, loss = read("either"), read("budget")
    pairs = [(one, loss[key]) for key, one in either.items() if key[0] == approach]
    gain = mean(f1(one) - f1(other) for one, other in pairs)
    cost = mean(one["token_updates"] / other["token_updates"] for one, other in pairs)
    return f"{gain:+.1f} F1 for {cost:.2f} times the tokens ({len(pairs)} pairs)"


def test_records_are_of_trainings_that_go_by_both() -> None:
    both = 'monitor = [{"ents_loss": -1.0}, {"ents_f": 1.0}]'
    assert all(both in one["definition"]["config"] for one in read_records(RESULTS / "either"))


def test_page_says_what_it_came_to() -> None:
    said = f"*bounded* {describe('bounded')}, *crossfit* {describe('crossfit')}"
    assert said in PAGE
