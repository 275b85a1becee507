"""F1 by entity type, of each approach: where records have it."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from adaptive_spacy.experiments.records import RULES
from adaptive_spacy.experiments.statistics import Summary, summarize
from adaptive_spacy.printable import one_line
from adaptive_spacy.report.comparison import RULE_NAMES
from adaptive_spacy.report.comparison_runs import Run
from adaptive_spacy.report.comparison_text import SIZE, interval_cell, spread

TYPE_HEADER = (
    "data set",
    "model",
    SIZE,
    "sentences",
    "approach",
    "type",
    "annotated",
    *RULE_NAMES.values(),
    "interval (last)",
)


class TypeRow(NamedTuple):
    """An entity type of an approach in a cell.

    name (str): The type, fit to be shown. annotated (int): Entities in the test set.
    f1 (dict[str, Summary | None]): By selection rule, in percent, over the seeds in which it could
        be measured; None: in none.
    """

    dataset: str
    model: str
    fraction: float
    approach: str
    sentences: int
    name: str
    annotated: int
    f1: dict[str, Summary | None]


def make_type_rows(runs: Sequence[Run]) -> Iterator[TypeRow]:
    """YIELDS (TypeRow): One per cell, approach and type. runs (Sequence[Run]): Sorted by these."""
    for place, found in groupby(runs, key=_place):
        group = list(found)
        names = sorted({name for run in group for types in run.types.values() for name in types})
        for name in names:
            scores = {rule: _scores(group, rule, name) for rule in RULES}
            annotated = max(
                types[name]["support"]
                for run in group
                for types in run.types.values()
                if name in types
            )
            yield TypeRow(
                *place,
                group[0].sentences,
                one_line(name),
                annotated,
                {rule: summarize(one) if one else None for rule, one in scores.items()},
            )


def _place(run: Run) -> tuple[str, str, float, str]:
    return run.job.dataset, run.job.model, run.job.size, run.job.approach


def _scores(runs: Sequence[Run], rule: str, name: str) -> list[float]:
    found = [run.types[rule].get(name, {}).get("f1") for run in runs]
    return [100 * one for one in found if one is not None]


def type_cells(row: TypeRow) -> list[str]:
    """RETURNS (list[str]): A text per column of `TYPE_HEADER`."""
    last = row.f1["last"]
    return [
        row.dataset,
        row.model,
        f"{row.fraction:g}",
        str(row.sentences),
        row.approach,
        row.name,
        str(row.annotated),
        *(spread(one) if one else "-" for one in (row.f1[rule] for rule in RULES)),
        interval_cell(last.interval if last else None),
    ]
