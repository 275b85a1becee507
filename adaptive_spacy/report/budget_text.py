"""What a label is worth, in words: the outcome as lines, table cells and Markdown."""

from collections.abc import Mapping
from statistics import mean

from adaptive_spacy.experiments.resampling import MARGIN, Difference
from adaptive_spacy.report.budget import Budget, Cell, CellContrast, CellResult, cost_of
from adaptive_spacy.report.comparison_text import p_value, spread
from adaptive_spacy.report.markdown import plain, table

TITLE = "What a label is worth"
HINDSIGHT = "Beside the best in hindsight"

NOTES = """\
F1 is the micro average on the whole test set, in percent, of the checkpoint that an approach ships:
the last, for paper the one with the lowest validation loss. Each sample of labelled sentences is
another one, and so are its weights; approaches are paired within a sample. ± is the standard error
over samples. Token updates are the tokens that all trainings of an approach learn from, over all
epochs."""

LINE_NOTES = f"""\
Square brackets hold intervals at 95 % that know of the chance in samples (Student's t, those of a
seed being one unit) and in test sentences (bootstrap). Rows over several budgets leave out those
with a single sample. p is that of no difference, "alike" that of a difference of {MARGIN:g} F1 or
more (two one-sided tests); both are adjusted (Holm 1979) for the rows over all, and for the other
rows. A difference that is not shown is not shown to be absent; of one that never varied, neither in
samples nor in resamples, chance cannot be told. Cost is the tokens that the first learns from,
divided by those of the other; over several budgets, those of a sample of each, added up."""

HINDSIGHT_NOTES = """\
Which of many approaches is best at a budget is known when all have been tried and scored on the
test set, and the best of many is best in part by luck."""


def describe_budget(budget: Budget) -> list[str]:
    """RETURNS (list[str]): The outcome in sentences."""
    sentences = []
    if budget.hindsight:
        worst = min(budget.hindsight, key=lambda one: one.difference.mean)
        assert worst.cell is not None
        sentences.append(
            f"{budget.reference} is at worst {worst.difference.mean:+.1f} F1 beside the best other "
            f"approach of a budget, chosen in hindsight: {worst.approach} on {worst.cell.dataset} "
            f"with {worst.cell.labels} labels; on average over {len(budget.hindsight)} budgets and "
            f"data sets {mean(one.difference.mean for one in budget.hindsight):+.1f}, at "
            f"{cost_of(budget, budget.hindsight):.1f} times the cost."
        )
    if fewer := [line for line in budget.lines if lacks_samples(line, budget)]:
        names = ", ".join(
            f"{line.approach} ({line.cell.dataset}, {line.cell.labels} labels, "
            f"{line.difference.samples} samples)"
            for line in fewer
            if line.cell is not None
        )
        sentences.append(f"Left out of that, of fewer samples and better in these: {names}.")
    for line in budget.lines:
        if line.dataset is None:
            sentences.append(
                f"Beside {line.approach} over {_cells(line.difference)}: "
                f"{describe_difference(line.difference)} ({line.verdict}), at {line.cost:.1f} "
                "times the cost."
            )
    return sentences


def lacks_samples(line: CellContrast, budget: Budget) -> bool:
    """RETURNS (bool): Whether an approach would be the best of a cell in hindsight, had it as many
    samples as others."""
    return any(
        line.cell == best.cell
        and line.difference.samples < best.difference.samples
        and line.difference.mean < best.difference.mean
        for best in budget.hindsight
    )


def _cells(found: Difference) -> str:
    return "one budget" if found.cells == 1 else f"{found.cells} budgets and data sets"


def describe_difference(found: Difference) -> str:
    """RETURNS (str): The mean with its interval, in points of F1."""
    if found.interval is None:
        return f"{found.mean:+.1f}"
    return f"{found.mean:+.1f} [{found.interval[0]:+.1f}, {found.interval[1]:+.1f}]"


ROW_HEADER = ("data set", "model", "labels", "approach", "samples", "test F1", "token updates")
LINE_HEADER = (
    "data set",
    "model",
    "labels",
    "approach",
    "samples",
    "difference",
    "p",
    "alike",
    "verdict",
    "cost",
)
HINDSIGHT_HEADER = (
    "data set",
    "model",
    "labels",
    "test F1",
    "best other",
    "its test F1",
    "samples",
    "difference",
    "cost",
)


def row_cells(budget: Budget) -> list[list[str]]:
    """RETURNS (list[list[str]]): A text per column of `ROW_HEADER`."""
    return [
        [
            row.cell.dataset,
            row.cell.model,
            str(row.cell.labels),
            row.approach,
            str(row.f1.seeds),
            spread(row.f1),
            thousands(row.updates.mean),
        ]
        for row in budget.rows
    ]


def thousands(updates: float) -> str:
    """RETURNS (str): Tokens, in thousands."""
    return f"{updates / 1000:,.0f} k"


def line_cells(budget: Budget) -> list[list[str]]:
    """RETURNS (list[list[str]]): A text per column of `LINE_HEADER`."""
    models = {row.cell.model for row in budget.rows}
    over = "all" if len(models) > 1 else next(iter(models), "all")
    return [
        [
            line.dataset or "all",
            line.cell.model if line.cell else over,
            str(line.cell.labels) if line.cell else "all",
            line.approach,
            str(line.difference.samples),
            describe_difference(line.difference),
            p_value(line.p),
            p_value(line.p_alike),
            line.verdict,
            f"{line.cost:.1f}",
        ]
        for line in budget.lines
    ]


def hindsight_cells(budget: Budget) -> list[list[str]]:
    """RETURNS (list[list[str]]): A text per column of `HINDSIGHT_HEADER`."""
    rows = {(row.cell, row.approach): row for row in budget.rows}
    return [_hindsight_cells(line, budget.reference, rows) for line in budget.hindsight]


def _hindsight_cells(
    line: CellContrast, reference: str, rows: Mapping[tuple[Cell, str], CellResult]
) -> list[str]:
    cell = line.cell
    assert cell is not None
    return [
        cell.dataset,
        cell.model,
        str(cell.labels),
        spread(rows[cell, reference].f1),
        line.approach,
        spread(rows[cell, line.approach].f1),
        str(line.difference.samples),
        describe_difference(line.difference),
        f"{line.cost:.1f}",
    ]


def budget_markdown(budget: Budget) -> str:
    """RETURNS (str): The answer as a section in Markdown."""
    return "\n\n".join(
        [
            f"## {TITLE}",
            "\n".join([*map(plain, describe_budget(budget)), "", NOTES]),
            table(ROW_HEADER, row_cells(budget)),
            f"### {HINDSIGHT}",
            HINDSIGHT_NOTES,
            table(HINDSIGHT_HEADER, hindsight_cells(budget)),
            f"### {plain(budget.reference)} minus the others",
            LINE_NOTES,
            table(LINE_HEADER, line_cells(budget)),
        ]
    )
