"""docs/method.md says what the default comes to at other rates than "auto" gives."""

import math
from statistics import mean

from adaptive_spacy.experiments.records import Record
from tests.benchmarks.sweeps import UNER, Records, f1, read, read_page
from tests.conftest import ROOT

PAGE = read_page("method.md")
LINES = (ROOT / "docs" / "method.md").read_text(encoding="utf8").splitlines()
HEADER = "| data set | labels | 3e-5 | 1e-4 | 3e-4 |"
FOLDS_HEADER = "| data set | labels | expected, 1e-4 | 3e-4 | test, 1e-4 | 3e-4 |"


def by_rate(*, folds: bool) -> list[Records]:
    """RETURNS (list[dict]): The records at rising rates, of the samples that were trained at each
    of them. folds (bool): Of crossfit, at 1e-4 and 3e-4; or of bounded, at 3e-5 too."""
    approach = "crossfit" if folds else "bounded"
    found = [read("once" if folds else "budget", approach), read("rates", f"{approach}-3e-4")]
    if not folds:
        found.insert(0, read("rates", "bounded-3e-5"))
    samples = sorted(set.intersection(*({*records} for records in found)))
    return [{key: records[key] for key in samples} for records in found]


def tables(header: str) -> list[str]:
    """RETURNS (list[str]): The rows of the page's table."""
    start = LINES.index(header)
    return LINES[start + 2 : LINES.index("", start)]


def expected(record: Record) -> float:
    return 100 * float(record["expected"]["f1"])


def row(*cells: str | int | float) -> str:
    """RETURNS (str): A row of a table."""
    shown = (f"{one:.1f}" if isinstance(one, float) else str(one) for one in cells)
    return f"| {' | '.join(shown)} |"


def test_samples_are_the_first_ones_and_differ_in_the_rate() -> None:
    for folds, count in ((False, 9), (True, 6)):
        found = by_rate(folds=folds)
        assert {seed for _, _, seed in found[0]} == {1}
        assert len(found[0]) == count
        for key in found[0]:
            same = [records[key] for records in found]
            settings = [dict(one["job"]["settings"]) for one in same]
            rates = [one.pop("variables.rate") for one in settings]
            assert rates == [3e-5, 1e-4, 3e-4][-len(same) :]
            assert all(one == settings[0] for one in settings)
            assert all(one["definition"]["data"] == same[0]["definition"]["data"] for one in same)


def test_page_shows_the_default_at_three_rates() -> None:
    found = by_rate(folds=False)
    rows = [row(*key[:2], *(f1(records[key]) for records in found)) for key in found[0]]
    assert tables(HEADER) == rows
    low, rule, high = (mean(f1(one) for one in records.values()) for records in found)
    assert f"on average {low:.1f}, {rule:.1f} and {high:.1f}" in PAGE
    best = mean(max(f1(records[key]) for records in found) for key in found[0])
    assert f"the best of the three in each row is {best - rule:.1f} above 1e-4, all of it" in PAGE
    better = [key for key in found[0] if f1(found[1][key]) < max(f1(one[key]) for one in found)]
    assert better == [(UNER, 25, 1), (UNER, 50, 1)]
    assert "in two rows of UNER English-EWT, where 8 and 16 entities are labelled" in PAGE
    assert "in the other seven 1e-4 is the best. None diverged." in PAGE
    assert len(found[0]) - len(better) == 7
    assert not any(diverged(one) for records in found for one in records.values())
    updates = [[one["updates"] for one in records.values()] for records in found]
    assert min(map(min, updates)) >= 200
    more = sum(slow > usual for slow, usual in zip(*updates[:2], strict=True))
    assert f"in {more} of {len(rows)} 3e-5 made more updates than 1e-4" in PAGE


def diverged(record: Record) -> bool:
    """RETURNS (bool): Whether a loss was not finite, or that of training rose on the whole."""
    rounds = [row for row in record["history"] if row["step"] > 0]
    losses = [row[loss] for row in rounds for loss in ("train_loss", "dev_loss")]
    rose = rounds[-1]["train_loss"] >= rounds[0]["train_loss"]
    return rose or not all(map(math.isfinite, losses))


def test_page_shows_that_folds_cannot_tell_the_rate() -> None:
    low, high = by_rate(folds=True)
    rows = [
        row(*key[:2], expected(low[key]), expected(high[key]), f1(low[key]), f1(high[key]))
        for key in low
    ]
    assert tables(FOLDS_HEADER) == rows
    chosen = {key: max((low[key], high[key]), key=expected) for key in low}
    rule, other, choice = (
        mean(f1(one) for one in records.values()) for records in (low, high, chosen)
    )
    cost = mean(1 + high[key]["token_updates"] / low[key]["token_updates"] for key in low)
    assert (
        f"{choice:.1f} on average, where 1e-4 for all has {rule:.1f} and 3e-4 for all {other:.1f}, "
        f"for {cost:.2f} times the tokens."
    ) in PAGE
    best = mean(max(f1(low[key]), f1(high[key])) for key in low)
    assert f"The best of both rates in each row is {best - rule:.1f} above 1e-4." in PAGE
    labelled = {key: one["expected"]["entities"] for key, one in low.items()}
    assert (
        f"with {min(labelled.values())} to {max(labelled.values())} entities: too few to show"
        in PAGE
    )
    assert [labelled[UNER, labels, 1] for labels in (25, 50)] == [8, 16]
    higher = [key for key in low if chosen[key] is high[key]]
    right = sum(f1(high[key]) > f1(low[key]) for key in higher)
    rest = sum(f1(low[key]) > f1(high[key]) for key in low if key not in higher)
    assert (
        f"It would take 3e-4 in {len(higher)} of {len(low)}, rightly in {right}, and 1e-4 rightly "
        f"in {rest}:"
    ) in PAGE
