"""The question: what is a label worth to each approach?

Approaches are compared at the number of labelled sentences that a user has, train and dev together,
on fresh samples of them. Which is best at a budget is known in hindsight only, so one that is to be
the default is held against the best of the others at each budget, and against each over all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import mean
from typing import NamedTuple

import numpy

from adaptive_spacy.experiments.records import Record
from adaptive_spacy.experiments.resampling import MARGIN, Counts, Difference, Pair, difference, f1
from adaptive_spacy.experiments.statistics import ALPHA, Summary, holm, summarize
from adaptive_spacy.report.comparison_text import p_value, spread
from adaptive_spacy.report.markdown import plain, table

BUDGET = "budget"
TITLE = "What a label is worth"
#: Which checkpoint an approach ships: the paper's is the one with the lowest validation loss
SHIPPED = {"paper": "best_loss"}
LAST = "last"

NOTES = f"""\
F1 is the micro average on the whole test set, in percent, of the checkpoint that an approach ships:
the last, for paper the one with the lowest validation loss. Each sample of labelled sentences is
another one, and so are its weights; approaches are paired within a sample. Square brackets hold
intervals at 95 % that know of the chance in samples (Student's t, those of a seed being one unit)
and in test sentences (bootstrap). p is that of no difference, "alike" that of a difference of
{MARGIN:g} F1 or more (two one-sided tests); both are adjusted for the rows of the table (Holm
1979). A difference that is not shown is not shown to be absent."""


class Cell(NamedTuple):
    """dataset (str): The data set. model (str): The transformer. labels (int): Sentences."""

    dataset: str
    model: str
    labels: int


class Trained(NamedTuple):
    """An approach on a sample: what it got in each test sentence, and what it learnt from.

    counts (Counts): *Shape:* (n_sentences, 3)
    updates (int): Tokens, over all epochs.
    """

    counts: Counts
    updates: int


#: By cell, approach and seed
Runs = Mapping[Cell, Mapping[str, Mapping[int, Trained]]]


class CellResult(NamedTuple):
    """An approach in a cell. f1, updates (Summary): Over samples; in percent, and tokens."""

    cell: Cell
    approach: str
    f1: Summary
    updates: Summary


class CellContrast(NamedTuple):
    """The reference against another approach.

    cell (Cell | None): None: over all cells of `dataset`. dataset (str | None): None: over all.
    p, p_alike (float | None): Adjusted.
    """

    dataset: str | None
    cell: Cell | None
    approach: str
    difference: Difference
    p: float | None
    p_alike: float | None

    @property
    def verdict(self) -> str:
        """RETURNS (str): What it says of the reference."""
        if self.p is None or self.p_alike is None:
            return "too few samples"
        if self.p < ALPHA:
            return "higher" if self.difference.mean > 0 else "lower"
        return "alike" if self.p_alike < ALPHA else "not shown"


class Budget(NamedTuple):
    """reference (str). rows (list[CellResult]). lines (list[CellContrast]).
    hindsight (list[tuple]): Per cell, the best other approach in it, and the reference minus
    that."""

    reference: str
    rows: list[CellResult]
    lines: list[CellContrast]
    hindsight: list[tuple[Cell, str, float]]


def answer_budget(records: Iterable[Record], *, reference: str = "adaptive") -> Budget:
    """Compare a reference with the other approaches.

    records (Iterable[dict]): Of a grid with `labels`, with their counts per test sentence.
    reference (str): The approach that is to be the default.
    RETURNS (Budget): The answer.
    RAISES (ValueError): If there are no such records, or none of the reference.
    """
    runs = read_runs(records)
    if not any(reference in approaches for approaches in runs.values()):
        known = sorted({name for approaches in runs.values() for name in approaches})
        raise ValueError(
            f"--question {BUDGET}: expected runs of {reference} at numbers of labels, found "
            f"{', '.join(known) or 'none'}; configs/experiments/{BUDGET}.yml has them"
        )
    rows = [
        CellResult(
            cell,
            approach,
            summarize([float(f1(one.counts.sum(axis=0))) for one in by_seed.values()]),
            summarize([one.updates for one in by_seed.values()]),
        )
        for cell, approaches in sorted(runs.items())
        for approach, by_seed in sorted(approaches.items())
    ]
    return Budget(reference, rows, _lines(runs, reference), _hindsight(rows, reference))


def read_runs(records: Iterable[Record]) -> Runs:
    """RETURNS (Runs): The trainings that came to their end, of a number of labels."""
    runs: dict[Cell, dict[str, dict[int, Trained]]] = defaultdict(lambda: defaultdict(dict))
    for record in records:
        job = record["job"]
        if record["status"] != "done" or job.get("labels") is None or not record.get("sentences"):
            continue
        result = record["results"][SHIPPED.get(job["approach"], LAST)] or record["results"][LAST]
        counted = record["sentences"]["checkpoints"][str(result["step"])]
        counts = numpy.array([counted[key] for key in ("tp", "fp", "fn")], dtype=numpy.int64).T
        cell = Cell(job["dataset"], job["model"], job["labels"])
        runs[cell][job["approach"]][job["seed"]] = Trained(counts, record["token_updates"])
    return runs


def _pairs(runs: Runs, reference: str, approach: str) -> list[tuple[Cell, Pair]]:
    return [
        (cell, Pair(cell.dataset, cell, seed, ours[seed].counts, theirs[seed].counts))
        for cell, approaches in sorted(runs.items())
        for ours, theirs in [(approaches.get(reference, {}), approaches.get(approach, {}))]
        for seed in sorted(ours.keys() & theirs.keys())
    ]


def _lines(runs: Runs, reference: str) -> list[CellContrast]:
    others = sorted({name for approaches in runs.values() for name in approaches} - {reference})
    lines = []
    for approach in others:
        pairs = _pairs(runs, reference, approach)
        for cell in dict.fromkeys(cell for cell, _ in pairs):
            found = difference([pair for other, pair in pairs if other == cell])
            lines.append(CellContrast(cell.dataset, cell, approach, found, None, None))
        datasets = dict.fromkeys(cell.dataset for cell, _ in pairs)
        for dataset in datasets if len(datasets) > 1 else ():
            found = difference([pair for cell, pair in pairs if cell.dataset == dataset])
            lines.append(CellContrast(dataset, None, approach, found, None, None))
        if pairs:
            found = difference([pair for _, pair in pairs])
            lines.append(CellContrast(None, None, approach, found, None, None))
    ps = holm([line.difference.p for line in lines])
    alike = holm([line.difference.p_alike for line in lines])
    return [
        line._replace(p=p, p_alike=p_alike)
        for line, p, p_alike in zip(lines, ps, alike, strict=True)
    ]


def _hindsight(rows: Sequence[CellResult], reference: str) -> list[tuple[Cell, str, float]]:
    by_cell: dict[Cell, dict[str, float]] = defaultdict(dict)
    for row in rows:
        by_cell[row.cell][row.approach] = row.f1.mean
    found = []
    for cell, means in by_cell.items():
        others = {name: value for name, value in means.items() if name != reference}
        if reference in means and others:
            best = max(others, key=lambda name: others[name])
            found.append((cell, best, means[reference] - others[best]))
    return found


def describe_budget(budget: Budget) -> list[str]:
    """RETURNS (list[str]): The outcome in sentences."""
    sentences = []
    if budget.hindsight:
        cell, best, gap = min(budget.hindsight, key=lambda one: one[2])
        sentences.append(
            f"{budget.reference} is at worst {gap:+.1f} F1 beside the best other approach of a "
            f"budget, chosen in hindsight: {best} on {cell.dataset} with {cell.labels} labels; on "
            f"average over {len(budget.hindsight)} budgets and data sets "
            f"{mean(one[2] for one in budget.hindsight):+.1f}."
        )
    for line in budget.lines:
        if line.dataset is None:
            sentences.append(
                f"Beside {line.approach} over all: {describe_difference(line.difference)} "
                f"({line.verdict})."
            )
    return sentences


def describe_difference(found: Difference) -> str:
    """RETURNS (str): The mean with its interval, in points of F1."""
    if found.interval is None:
        return f"{found.mean:+.1f}"
    return f"{found.mean:+.1f} [{found.interval[0]:+.1f}, {found.interval[1]:+.1f}]"


ROW_HEADER = ("data set", "model", "labels", "approach", "samples", "test F1", "token updates")
LINE_HEADER = ("data set", "labels", "approach", "samples", "difference", "p", "alike", "verdict")


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
            f"{row.updates.mean / 1000:.0f} k",
        ]
        for row in budget.rows
    ]


def line_cells(budget: Budget) -> list[list[str]]:
    """RETURNS (list[list[str]]): A text per column of `LINE_HEADER`."""
    return [
        [
            line.dataset or "all",
            str(line.cell.labels) if line.cell else "all",
            line.approach,
            str(line.difference.samples),
            describe_difference(line.difference),
            p_value(line.p),
            p_value(line.p_alike),
            line.verdict,
        ]
        for line in budget.lines
    ]


def budget_markdown(budget: Budget) -> str:
    """RETURNS (str): The answer as a section in Markdown."""
    return "\n\n".join(
        [
            f"## {TITLE}",
            "\n".join([*map(plain, describe_budget(budget)), "", NOTES]),
            table(ROW_HEADER, row_cells(budget)),
            f"### {plain(budget.reference)} minus the others",
            table(LINE_HEADER, line_cells(budget)),
        ]
    )
