"""Tables of what approaches come to at numbers of labelled sentences, for docs/results.md."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import mean

from adaptive_spacy.experiments.records import Record
from adaptive_spacy.report.budget import Budget, Cell, CellContrast, best_in_hindsight
from adaptive_spacy.report.budget_text import (
    HINDSIGHT_HEADER,
    LINE_HEADER,
    hindsight_cells,
    line_cells,
    thousands,
)
from adaptive_spacy.report.comparison_text import spread
from adaptive_spacy.report.markdown import table
from docs.results_samples import APPROACHES, DIVIDED, FIXED, REFERENCE


def f1_table(
    budget: Budget, dataset: str, model: str, approaches: Sequence[str] = APPROACHES
) -> str:
    """RETURNS (str): F1 of each approach by labels, with the number of samples."""
    own = [row for row in budget.rows if row.cell[:2] == (dataset, model)]
    sizes = {row.cell.labels: row.f1.seeds for row in own}
    found = {(row.approach, row.cell.labels): row.f1 for row in own}
    header = [f"{size} labels ({_samples(count)})" for size, count in sorted(sizes.items())]
    rows = [[one, *(spread(found[one, size]) for size in sorted(sizes))] for one in approaches]
    return table(["approach", *header], rows)


def _samples(count: int) -> str:
    return f"{count} sample{'s' if count != 1 else ''}"


def cost_table(budget: Budget, approaches: Sequence[str] = APPROACHES) -> str:
    """RETURNS (str): Token updates of each approach by labels, the mean over data sets."""
    found: dict[tuple[str, int], list[float]] = defaultdict(list)
    for row in budget.rows:
        found[row.approach, row.cell.labels].append(row.updates.mean)
    sizes = sorted({size for _, size in found})
    rows = [[one, *(thousands(mean(found[one, size])) for size in sizes)] for one in approaches]
    return table(["approach", *(f"{size} labels" for size in sizes)], rows)


def count_gains(budget: Budget, beside: str = DIVIDED[0]) -> dict[int, float]:
    """RETURNS (dict[int, float]): What the reference gains over another approach, by labels; the
    mean over data sets. By default over one adaptive training that keeps a fifth for dev."""
    found: dict[int, list[float]] = defaultdict(list)
    for line in budget.lines:
        if line.cell is not None and line.approach == beside:
            found[line.cell.labels].append(line.difference.mean)
    return {labels: round(mean(gaps), 1) for labels, gaps in sorted(found.items())}


def best_fixed(budget: Budget, fixed: Sequence[str] = FIXED) -> list[CellContrast]:
    """RETURNS (list[CellContrast]): The reference beside the fixed length that is best in a cell,
    cell by cell."""
    return best_in_hindsight(line for line in budget.lines if line.approach in fixed)


def hindsight_table(budget: Budget, fixed: Sequence[str] = FIXED) -> str:
    """RETURNS (str): The reference beside the best fixed length of each cell, in hindsight."""
    cells = hindsight_cells(budget._replace(hindsight=best_fixed(budget, fixed)))
    names = ["data set", "labels", "best other", "samples", "difference", "cost"]
    return choose(names, HINDSIGHT_HEADER, cells)


def difference_table(budget: Budget) -> str:
    """RETURNS (str): The reference minus each other approach over all cells."""
    lines = {line.approach: line for line in budget.lines if line.dataset is None}
    cells = line_cells(budget._replace(lines=[lines[one] for one in APPROACHES if one in lines]))
    names = ["approach", "samples", "difference", "p", "alike", "verdict", "cost"]
    return choose(names, LINE_HEADER, cells)


def by_size_table(budget: Budget) -> str:
    """RETURNS (str): The reference minus the one other approach, cell by cell and over all."""
    names = ["data set", "labels", "samples", "difference", "verdict", "cost"]
    return choose(names, LINE_HEADER, line_cells(budget))


def choose(names: Sequence[str], header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """RETURNS (str): Some columns of a table, in Markdown."""
    places = [header.index(name) for name in names]
    return table(names, [[row[i] for i in places] for row in rows])


def expected_table(records: Iterable[Record]) -> str:
    """RETURNS (str): What the folds let expect beside what the test set says, in percent."""
    cells: dict[Cell, list[tuple[float, float, bool]]] = defaultdict(list)
    for record in records:
        job = record["job"]
        if job["approach"] == REFERENCE:
            expected, test = record["expected"], record["results"]["last"]["test"]["f1"]
            low, high = expected["interval"]
            cell = Cell(job["dataset"], job["model"], job["labels"])
            cells[cell].append((100 * expected["f1"], 100 * test, low <= test <= high))
    rows = []
    for cell, found in sorted(cells.items()):
        expectations, tests, inside = zip(*found, strict=True)
        rows.append(
            [
                cell.dataset,
                str(cell.labels),
                f"{mean(expectations):.1f}",
                f"{mean(tests):.1f}",
                f"{mean(abs(a - b) for a, b, _ in found):.1f}",
                f"{sum(inside)} of {len(inside)}",
            ]
        )
    header = ["data set", "labels", "expected F1", "test F1", "apart", "test F1 in the interval"]
    return table(header, rows)
