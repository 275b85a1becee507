"""Writes what docs/results.md and README.md show of the records.

    python -m docs.results

The tables and the figure of approaches at numbers of labelled sentences are made from the records
in benchmarks/results/budget, as `adaptive-spacy report` makes them; the README has rows of the
page. Tests compare page, README and records.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from statistics import mean, median

import typer

from adaptive_spacy.experiments.records import Record, read_records
from adaptive_spacy.report.budget import (
    Budget,
    Cell,
    CellContrast,
    answer_budget,
    best_in_hindsight,
)
from adaptive_spacy.report.budget_text import (
    HINDSIGHT_HEADER,
    LINE_HEADER,
    hindsight_cells,
    line_cells,
    thousands,
)
from adaptive_spacy.report.comparison_text import spread
from adaptive_spacy.report.markdown import table
from docs.reference import wrap
from docs.results_figure import draw
from docs.results_samples import (
    APPROACHES,
    BERT_APPROACHES,
    BERT_FIXED,
    DIVIDED,
    FIXED,
    REFERENCE,
    whole_samples,
)

ROOT = Path(__file__).parents[1]
RECORDS = ROOT / "benchmarks" / "results" / "budget"
BERT_RECORDS = ROOT / "benchmarks" / "results" / "budget-bert"
PAGE = ROOT / "docs" / "results.md"
README = ROOT / "README.md"
FIGURE = ROOT / "docs" / "labels.svg"
BEGIN = "<!-- {}: made by `python -m docs.results` -->\n"
END = "<!-- end of {} -->"


def read_table(text: str, section: str, first: str = "") -> list[dict[str, str]]:
    """Read a table of a section.

    text (str): A page in Markdown.
    section (str): Heading of the section, without marks.
    first (str): How the table's first column begins; by default any does.
    RETURNS (list[dict[str, str]]): A dict per row, by column.
    """
    lines = text.split(f"## {section}\n", 1)[1].split("\n## ")[0].splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith(f"| {first}"))
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in takewhile(lambda line: line.startswith("|"), lines[begin:])
    ]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


def list_sections(records: Sequence[Record], budget: Budget) -> Iterator[tuple[str, str]]:
    """YIELDS (tuple[str, str]): What docs/results.md has between its markers: name and text.

    records (Sequence[dict]): Of whole samples. budget (Budget): What they answer.
    """
    yield "coverage", f"{wrap(describe_coverage(budget))}\n"
    yield "outcome", f"{wrap(describe_outcome(budget))}\n"
    places = list(dict.fromkeys(row.cell[:2] for row in budget.rows))
    blocks = [f"**{dataset}**\n\n{f1_table(budget, dataset, model)}" for dataset, model in places]
    yield "test F1", "\n\n".join(blocks) + "\n"
    yield "cost", f"{cost_table(budget)}\n"
    yield "hindsight", f"{hindsight_table(budget)}\n"
    yield "differences", f"{difference_table(budget)}\n"
    divided = answer_budget(
        [one for one in records if one["job"]["approach"] in DIVIDED], reference=DIVIDED[0]
    )
    yield "rounds", f"{by_size_table(divided)}\n"
    yield "expected", f"{expected_table(records)}\n"


def list_bert_sections(records: Sequence[Record]) -> Iterator[tuple[str, str]]:
    """YIELDS (tuple[str, str]): What docs/results.md has of a transformer of the size of BERT: name
    and text.

    records (Sequence[dict]): Of whole samples.
    """
    budget = answer_budget(records, reference=REFERENCE)
    dataset, model, _ = budget.rows[0].cell
    yield "BERT F1", f"{f1_table(budget, dataset, model, BERT_APPROACHES)}\n"
    yield "BERT cost", f"{cost_table(budget, BERT_APPROACHES)}\n"
    yield "BERT hindsight", f"{hindsight_table(budget, BERT_FIXED)}\n"


def describe_coverage(budget: Budget) -> str:
    """RETURNS (str): How many samples there are of what."""
    cells = {row.cell: row.f1.seeds for row in budget.rows}
    samples = sum(cells.values())
    sets = len({cell.dataset for cell in cells})
    return (
        f"{len(APPROACHES)} approaches on {samples} samples of labels of {sets} "
        f"data set{'s' if sets != 1 else ''}."
    )


def describe_outcome(budget: Budget) -> str:
    """RETURNS (str): How the reference stands beside fixed lengths, and *adaptive*."""
    best = best_fixed(budget)
    gaps = [line.difference.mean for line in best]
    over_all = {line.approach: line for line in budget.lines if line.dataset is None}
    first, second, *_ = sorted(
        (over_all[name] for name in FIXED), key=lambda line: line.difference.mean
    )
    by_rounds: dict[int, list[float]] = defaultdict(list)
    for line in budget.lines:
        if line.cell is not None and line.approach == "adaptive":
            by_rounds[line.cell.labels].append(line.difference.mean)
    adaptive = ", ".join(f"{mean(gaps):+.1f}" for _, gaps in sorted(by_rounds.items()))
    return (
        f"Beside the best fixed length of each budget, chosen in hindsight, *{REFERENCE}* is at "
        f"worst {min(gaps):+.1f} F1 and on average {mean(gaps):+.1f}, for "
        f"{mean(line.cost for line in best):.1f} times the tokens. Beside fixed lengths that are "
        f"kept for all budgets it is {first.difference.mean:+.1f} (*{first.approach}*), "
        f"{second.difference.mean:+.1f} (*{second.approach}*) and more. Beside *adaptive*, with an "
        f"epoch a round and a dev set, it is {adaptive} from the fewest labels to the most."
    )


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


def make_rows(budget: Budget) -> str:
    """RETURNS (str): The README's table: a row per number of labels, means over data sets."""
    cells: dict[int, list[Cell]] = defaultdict(list)
    for cell in dict.fromkeys(row.cell for row in budget.rows):
        cells[cell.labels].append(cell)
    found = {(row.cell, row.approach): row for row in budget.rows}
    best = {line.cell: line.approach for line in best_fixed(budget)}
    rows = []
    for labels, own in sorted(cells.items()):
        ours = [found[cell, REFERENCE] for cell in own]
        split = [found[cell, DIVIDED[0]] for cell in own]
        fixed = [[found[cell, name].f1.mean for name in FIXED] for cell in own]
        rows.append(
            [
                str(labels),
                str(sum(row.f1.seeds for row in ours)),
                f"{mean(row.f1.mean for row in ours):.1f}",
                f"{mean(row.f1.mean for row in split):.1f}",
                f"{mean(found[cell, best[cell]].f1.mean for cell in own):.1f}",
                f"{mean(median(one) for one in fixed):.1f}",
            ]
        )
    header = [
        "labelled sentences",
        "samples",
        "crossfit",
        "one training, a fifth for dev",
        "best of seven fixed lengths, in hindsight",
        "their median",
    ]
    return f"{table(header, rows)}\n"


def fill(text: str, sections: Iterable[tuple[str, str]]) -> str:
    """RETURNS (str): A page with the sections between their markers."""
    for name, content in sections:
        begin, end = BEGIN.format(name), END.format(name)
        before, rest = text.split(begin)
        text = f"{before}{begin}{content}{end}{rest.split(end)[1]}"
    return text


def main() -> None:
    """Write page and README."""
    records = whole_samples(read_records(RECORDS))
    budget = answer_budget(records, reference=REFERENCE)
    bert = whole_samples(read_records(BERT_RECORDS), BERT_APPROACHES)
    for path, sections in (
        (PAGE, (*list_sections(records, budget), *list_bert_sections(bert))),
        (README, [("results", make_rows(budget))]),
    ):
        path.write_text(fill(path.read_text(encoding="utf8"), sections), encoding="utf8")
    FIGURE.write_bytes(draw(budget, FIXED))
    for path in (PAGE, README, FIGURE):
        print(f"Wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    typer.run(main)
