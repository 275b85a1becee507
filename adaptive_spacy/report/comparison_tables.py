"""The tables of a comparison's page: cells, and what the filters ask a row for."""

from collections.abc import Sequence
from typing import Any

from adaptive_spacy.experiments.statistics import Summary
from adaptive_spacy.report import budget_text
from adaptive_spacy.report.budget import Budget, Cell
from adaptive_spacy.report.comparison import Comparison
from adaptive_spacy.report.comparison_text import (
    CONTRAST_HEADER,
    CONTRAST_NOTES,
    NOTES,
    ROW_HEADER,
    contrast_cells,
    interval_cell,
    row_cells,
)
from adaptive_spacy.report.comparison_types import TYPE_HEADER, TypeRow, type_cells
from adaptive_spacy.report.epoch_search import (
    Answer,
    answer_header,
    answer_rows,
    answer_title,
    describe_columns,
    describe_search,
)

#: Verdicts that a difference is there
REAL = ("higher", "lower")
MODEL, INTERVAL = "model", "interval (last)"
#: Columns of texts; others are of numbers
TEXTS = {
    "data set",
    "model",
    "approach",
    "best other",
    "comparison",
    "selection",
    "type",
    "verdict",
}
TYPE_NOTES = """\
F1 of each entity type on the whole test set, in percent, mean and standard error over the seeds in
which it could be measured."""


def list_tables(
    comparison: Comparison, types: Sequence[TypeRow], answer: Answer | Budget | None
) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): The tables in the order of the page: "id", "title", "notes", "header"
    as [name, whether of texts, whether it sorts], "rows", each with "of", what the filters ask for,
    "kind", "cells" and "f1", what the bar is drawn from."""
    if isinstance(answer, Budget):
        answers = [make(answer) for make in (_budget_table, _hindsight_table, _differences_table)]
    else:
        answers = [] if answer is None else [_search_table(answer)]
    tables = [*answers, _rows_table(comparison)]
    if comparison.contrasts:
        tables.append(_contrasts_table(comparison))
    return [*tables, _types_table(types)] if types else tables


def _table(
    name: str, title: str, notes: str, header: Sequence[str], rows: list[dict[str, Any]]
) -> dict[str, Any]:
    columns = [(one, one in TEXTS, one != INTERVAL) for one in header]
    table = {"id": name, "title": title, "notes": notes, "header": columns, "rows": rows}
    if MODEL in header and len({row["cells"][header.index(MODEL)] for row in rows}) == 1:
        # the head of the page names it
        at = header.index(MODEL)
        columns.pop(at)
        for row in rows:
            row["cells"] = [*row["cells"][:at], *row["cells"][at + 1 :]]
    return table


def _row(
    cells: Sequence[str], *, verdict: str | None = None, f1: Summary | None = None, **of: Any
) -> dict[str, Any]:
    kind = "" if verdict is None else "real" if verdict in REAL else "not-real"
    kept = {key: value for key, value in of.items() if value}
    bar = None if f1 is None else {"f1": f1.mean, "interval": f1.interval}
    return {"of": kept, "kind": kind, "cells": cells, "bar": bar}


def _share(fraction: float | None) -> list[str]:
    return [] if fraction is None else [f"{fraction:g}"]


def _rows_table(comparison: Comparison) -> dict[str, Any]:
    at = ROW_HEADER.index("seeds")
    rows = [
        _row(
            # how many there are is enough beside so much
            [*(cells := row_cells(row))[:at], str(len(row.seeds)), *cells[at + 1 :]],
            f1=row.f1["last"],
            dataset=[row.dataset],
            model=[row.model],
            fraction=_share(row.fraction),
            approach=[row.approach],
        )
        for row in comparison.rows
    ]
    return _table("scores", "Test F1", NOTES, ROW_HEADER, rows)


def _contrasts_table(comparison: Comparison) -> dict[str, Any]:
    at = CONTRAST_HEADER.index("difference") + 1
    rows = []
    for one in comparison.contrasts:
        cells = contrast_cells(one)
        cells.insert(at, interval_cell(one.interval, "+.1f"))
        rows.append(
            _row(
                cells,
                verdict=one.verdict,
                dataset=[one.dataset],
                model=[one.model],
                fraction=_share(one.fraction),
                approach=[one.reference, one.approach],
                rule=[one.rule],
            )
        )
    notes = f"{CONTRAST_NOTES} The interval is of Student's t, and not adjusted as p is."
    header = [*CONTRAST_HEADER[:at], "95 %", *CONTRAST_HEADER[at:]]
    return _table("tests", "Tests", notes, header, rows)


def _types_table(types: Sequence[TypeRow]) -> dict[str, Any]:
    rows = [
        _row(
            type_cells(row),
            f1=row.f1["last"],
            dataset=[row.dataset],
            model=[row.model],
            fraction=_share(row.fraction),
            approach=[row.approach],
            type=[row.name],
        )
        for row in types
    ]
    return _table("types", "F1 by type", TYPE_NOTES, TYPE_HEADER, rows)


def _of(cell: Cell, *approaches: str) -> dict[str, Any]:
    return {
        "dataset": [cell.dataset],
        "model": [cell.model],
        "fraction": _share(cell.labels),
        "approach": [*approaches],
    }


def _budget_table(budget: Budget) -> dict[str, Any]:
    rows = [
        _row(cells, **_of(row.cell, row.approach))
        for row, cells in zip(budget.rows, budget_text.row_cells(budget), strict=True)
    ]
    title, notes = budget_text.TITLE, budget_text.NOTES
    return _table("budget", title, notes, budget_text.ROW_HEADER, rows)


def _hindsight_table(budget: Budget) -> dict[str, Any]:
    rows = [
        _row(cells, **_of(line.cell, budget.reference, line.approach))
        for line, cells in zip(budget.hindsight, budget_text.hindsight_cells(budget), strict=True)
        if line.cell
    ]
    title, notes = budget_text.HINDSIGHT, budget_text.HINDSIGHT_NOTES
    return _table("hindsight", title, notes, budget_text.HINDSIGHT_HEADER, rows)


def _differences_table(budget: Budget) -> dict[str, Any]:
    rows = [
        _row(
            cells,
            verdict=line.verdict,
            dataset=[line.dataset] if line.dataset else [],
            model=[line.cell.model] if line.cell else [],
            fraction=_share(line.cell.labels if line.cell else None),
            approach=[budget.reference, line.approach],
        )
        for line, cells in zip(budget.lines, budget_text.line_cells(budget), strict=True)
    ]
    title, notes = f"{budget.reference} minus the others", budget_text.LINE_NOTES
    return _table("budget-tests", title, notes, budget_text.LINE_HEADER, rows)


def _search_table(answer: Answer) -> dict[str, Any]:
    rows = [
        _row(
            cells,
            dataset=[line.dataset],
            model=[line.model],
            fraction=_share(line.fraction),
            rule=[line.rule],
        )
        for line, cells in zip(answer.lines, answer_rows(answer), strict=True)
    ]
    notes = f"{describe_search(answer)} {describe_columns(answer)}"
    return _table("search", answer_title(answer), notes, answer_header(answer), rows)
