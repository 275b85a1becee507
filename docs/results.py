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
from adaptive_spacy.report.budget import Budget, Cell, answer_budget, cost_of
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
    beside_once,
    whole_samples,
)
from docs.results_tables import (
    best_fixed,
    by_size_table,
    cost_table,
    difference_table,
    expected_table,
    f1_table,
    hindsight_table,
)

ROOT = Path(__file__).parents[1]
RECORDS = ROOT / "benchmarks" / "results" / "budget"
ONCE_RECORDS = ROOT / "benchmarks" / "results" / "once"
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


def list_sections(
    records: Sequence[Record], budget: Budget, once: Iterable[Record]
) -> Iterator[tuple[str, str]]:
    """YIELDS (tuple[str, str]): What docs/results.md has between its markers: name and text.

    records (Sequence[dict]): Of whole samples. budget (Budget): What they answer. once
        (Iterable[dict]): Of *crossfit* whose last training was as long as its folds took.
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
    lengths = answer_budget(beside_once(records, once), reference=REFERENCE)
    yield "length", f"{by_size_table(lengths)}\n"
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
        f"{cost_of(budget, best):.1f} times the tokens. Beside fixed lengths that are "
        f"kept for all budgets it is {first.difference.mean:+.1f} (*{first.approach}*), "
        f"{second.difference.mean:+.1f} (*{second.approach}*) and more. Beside *adaptive*, with an "
        f"epoch a round and a dev set, it is {adaptive} from the fewest labels to the most."
    )


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
    page = [*list_sections(records, budget, read_records(ONCE_RECORDS)), *list_bert_sections(bert)]
    for path, sections in ((PAGE, page), (README, [("results", make_rows(budget))])):
        path.write_text(fill(path.read_text(encoding="utf8"), sections), encoding="utf8")
    FIGURE.write_bytes(draw(budget, FIXED))
    for path in (PAGE, README, FIGURE):
        print(f"Wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    typer.run(main)
