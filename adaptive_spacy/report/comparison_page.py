"""The comparison as one HTML page that opens from disk, without network."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adaptive_spacy.experiments.records import RULES
from adaptive_spacy.report.budget import LINE_HEADER, Budget, describe_budget, line_cells
from adaptive_spacy.report.budget import NOTES as BUDGET_NOTES
from adaptive_spacy.report.budget import ROW_HEADER as BUDGET_ROW_HEADER
from adaptive_spacy.report.budget import TITLE as TITLE_OF_BUDGET
from adaptive_spacy.report.budget import row_cells as budget_row_cells
from adaptive_spacy.report.comparison import RULE_NAMES, Comparison
from adaptive_spacy.report.comparison_figures import Picture
from adaptive_spacy.report.comparison_text import (
    CONTRAST_HEADER,
    CONTRAST_NOTES,
    NOTES,
    ROW_HEADER,
    contrast_cells,
    describe_sources,
    row_cells,
)
from adaptive_spacy.report.epoch_search import Answer, answer_header, answer_rows, describe_answer

TEMPLATES = Path(__file__).parent / "templates"
TITLE = "Comparison of approaches"


def to_page(
    comparison: Comparison,
    pictures: Sequence[Picture],
    answer: Answer | Budget | None = None,
) -> str:
    """Write the comparison as a page. Texts are escaped; figures are part of the page.

    comparison (Comparison): The comparison.
    pictures (Sequence[Picture]): Its figures.
    answer (Answer | Budget | None): To the question of the search over epochs, or of what a label
        is worth.
    RETURNS (str): HTML.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("comparison.html").render(
        title=TITLE,
        sources=describe_sources(comparison),
        filters=list(_filters(comparison)),
        questions=list(_answer_parts(answer)),
        pictures=[
            {**one._asdict(), "data": b64encode(one.images["svg"]).decode("ascii")}
            for one in pictures
        ],
        parts=[_rows_part(comparison), _contrasts_part(comparison)],
    )


def _filters(comparison: Comparison) -> list[dict[str, Any]]:
    axes = {
        "dataset": ("Data set", [row.dataset for row in comparison.rows]),
        "model": ("Model", [row.model for row in comparison.rows]),
        "fraction": ("Share", [f"{row.fraction:g}" for row in comparison.rows]),
        "approach": ("Approach", comparison.approaches),
    }
    filters = [
        {
            "key": key,
            "label": label,
            "all": True,
            "chosen": "",
            "options": [(value, value) for value in dict.fromkeys(values)],
        }
        for key, (label, values) in axes.items()
    ]
    rules = [(rule, RULE_NAMES[rule]) for rule in RULES]
    filters.append(
        {"key": "rule", "label": "Selection", "all": True, "chosen": "last", "options": rules}
    )
    return filters


def _rows_part(comparison: Comparison) -> dict[str, Any]:
    rows = [
        {
            "kind": "",
            "data": {
                "dataset": row.dataset,
                "model": row.model,
                "fraction": f"{row.fraction:g}",
                "approach": row.approach,
            },
            "cells": row_cells(row),
        }
        for row in comparison.rows
    ]
    return {"title": "Test F1", "notes": NOTES, "header": ROW_HEADER, "texts": 2, "rows": rows}


def _contrasts_part(comparison: Comparison) -> dict[str, Any]:
    rows = [
        {
            "kind": "real" if one.verdict in ("higher", "lower") else "not-real",
            "data": {
                "dataset": one.dataset,
                "model": one.model,
                "fraction": "" if one.fraction is None else f"{one.fraction:g}",
                "approach": f"{one.reference} {one.approach}",
                "rule": one.rule,
            },
            "cells": contrast_cells(one),
        }
        for one in comparison.contrasts
    ]
    header = CONTRAST_HEADER
    return {"title": "Tests", "notes": CONTRAST_NOTES, "header": header, "texts": 3, "rows": rows}


def _answer_parts(answer: Answer | Budget | None) -> Iterator[dict[str, Any]]:
    if isinstance(answer, Budget):
        yield from _budget_parts(answer)
    elif answer is not None:
        yield _epochs_part(answer)


def _budget_parts(budget: Budget) -> Iterator[dict[str, Any]]:
    yield {
        "title": TITLE_OF_BUDGET,
        "notes": "\n".join([*describe_budget(budget), "", BUDGET_NOTES]),
        "header": BUDGET_ROW_HEADER,
        "texts": 2,
        "rows": [
            {
                "kind": "",
                "data": {
                    "dataset": row.cell.dataset,
                    "model": row.cell.model,
                    "fraction": f"{row.cell.labels:g}",
                    "approach": row.approach,
                },
                "cells": cells,
            }
            for row, cells in zip(budget.rows, budget_row_cells(budget), strict=True)
        ],
    }
    yield {
        "title": f"{budget.reference} minus the others",
        "notes": "",
        "header": LINE_HEADER,
        "texts": 1,
        "rows": [
            {
                "kind": "real" if line.verdict in ("higher", "lower") else "not-real",
                "data": {
                    "dataset": line.dataset or "",
                    "fraction": f"{line.cell.labels:g}" if line.cell else "",
                    "approach": f"{budget.reference} {line.approach}",
                },
                "cells": cells,
            }
            for line, cells in zip(budget.lines, line_cells(budget), strict=True)
        ],
    }


def _epochs_part(answer: Answer) -> dict[str, Any]:
    rows = [
        {
            "kind": "",
            "data": {
                "dataset": line.dataset,
                "model": line.model,
                "fraction": "" if line.fraction is None else f"{line.fraction:g}",
                "rule": line.rule,
            },
            "cells": cells,
        }
        for line, cells in zip(answer.lines, answer_rows(answer), strict=True)
    ]
    return {
        "title": "One adaptive run against a search over epochs",
        "notes": "\n".join(describe_answer(answer)),
        "header": answer_header(),
        "texts": 2,
        "rows": rows,
    }
