"""The question: what is a label worth to each approach?

Approaches are compared at the number of labelled sentences that a user has, train and dev together,
on fresh samples of them. Which is best at a budget is known in hindsight only, so one that is to be
the default is held against the best of the others at each budget, and against each over all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import mean
from typing import NamedTuple

import numpy
from tqdm import tqdm

from adaptive_spacy.experiments.bootstrap import Counts, f1
from adaptive_spacy.experiments.records import Record
from adaptive_spacy.experiments.resampling import TOO_FEW, Difference, Pair, difference
from adaptive_spacy.experiments.statistics import ALPHA, Summary, holm, summarize
from adaptive_spacy.report.comparison import REFERENCE
from adaptive_spacy.report.comparison_runs import newest, read_job
from adaptive_spacy.report.tested import divide_by_tests

BUDGET = "budget"
#: Which checkpoint an approach ships: the paper's is the one with the lowest validation loss
SHIPPED = {"paper": "best_loss"}
LAST = "last"


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

    cell (Cell | None): None: over all cells of `dataset` that have two samples or more, so that
        their chance can be told. dataset (str | None): None: over those of all.
    cost (float): Tokens that the reference learns from, by those of the other; over cells the sums
        of what a sample of each takes.
    p, p_alike (float | None): Adjusted.
    """

    dataset: str | None
    cell: Cell | None
    approach: str
    difference: Difference
    cost: float
    p: float | None
    p_alike: float | None

    @property
    def verdict(self) -> str:
        """RETURNS (str): What it says of the reference."""
        if self.p is None or self.p_alike is None:
            return self.difference.untold or TOO_FEW
        if self.p < ALPHA:
            return "higher" if self.difference.mean > 0 else "lower"
        return "alike" if self.p_alike < ALPHA else "not shown"


class Budget(NamedTuple):
    """reference (str). rows (list[CellResult]). lines (list[CellContrast]).
    hindsight (list[CellContrast]): Of each cell, that with the approach which is best beside the
    reference, as was known afterwards only."""

    reference: str
    rows: list[CellResult]
    lines: list[CellContrast]
    hindsight: list[CellContrast]


def answer_budget(records: Iterable[Record], *, reference: str = REFERENCE) -> Budget:
    """Compare a reference with the other approaches.

    records (Iterable[dict]): Of a grid with `labels`, with their counts per test sentence. Those
        with another test set than the newest take no part, as in `compare`, which keeps them.
    reference (str): The approach that is to be the default.
    RETURNS (Budget): The answer.
    RAISES (ValueError): If there are no such records, or none of the reference.
    """
    done = [record for record in newest(records) if record["status"] == "done"]
    known = sorted({read_job(record).approach for record in filter(takes_part, done)})
    if reference not in known:
        raise ValueError(
            f"--question {BUDGET}: expected runs of {reference} at numbers of labels, found "
            f"{', '.join(known) or 'none'}; configs/experiments/{BUDGET}.yml has them"
        )
    runs = read_runs(filter(takes_part, divide_by_tests(done).newest))
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
    lines = _lines(runs, reference)
    return Budget(reference, rows, lines, best_in_hindsight(lines))


def takes_part(record: Record) -> bool:
    """RETURNS (bool): Whether it is of a training of a number of labels that came to its end, with
    its counts per test sentence."""
    has_labels = record["job"].get("labels") is not None
    return record["status"] == "done" and has_labels and bool(record.get("sentences"))


def read_runs(records: Iterable[Record]) -> Runs:
    """RETURNS (Runs): Of records that take part, those of a data set with the same test set."""
    runs: dict[Cell, dict[str, dict[int, Trained]]] = defaultdict(lambda: defaultdict(dict))
    for record in records:
        job = read_job(record)
        result = record["results"][SHIPPED.get(job.approach, LAST)] or record["results"][LAST]
        counted = record["sentences"]["checkpoints"][str(result["step"])]
        counts = numpy.array([counted[key] for key in ("tp", "fp", "fn")], dtype=numpy.int64).T
        cell = Cell(job.dataset, job.model, record["job"]["labels"])
        runs[cell][job.approach][job.seed] = Trained(counts, record["token_updates"])
    return runs


def _pairs(runs: Runs, reference: str, approach: str) -> dict[Cell, list[Pair]]:
    found = {}
    for cell, approaches in sorted(runs.items()):
        ours, theirs = approaches.get(reference, {}), approaches.get(approach, {})
        pairs = [
            Pair(cell.dataset, cell, seed, ours[seed].counts, theirs[seed].counts)
            for seed in sorted(ours.keys() & theirs.keys())
        ]
        if pairs:
            found[cell] = pairs
    return found


def _lines(runs: Runs, reference: str) -> list[CellContrast]:
    others = sorted({name for approaches in runs.values() for name in approaches} - {reference})
    # disable=None: no bar where stderr is no terminal
    bar = tqdm(others, "Comparing", unit="approach", leave=False, disable=None)
    lines = [line for approach in bar for line in _lines_beside(runs, reference, approach)]
    # what is asked first is what holds over all; many cells must not hide it
    for over_all in (True, False):
        family = [i for i, line in enumerate(lines) if (line.dataset is None) == over_all]
        ps = holm([lines[i].difference.p for i in family])
        alike = holm([lines[i].difference.p_alike for i in family])
        for i, p, p_alike in zip(family, ps, alike, strict=True):
            lines[i] = lines[i]._replace(p=p, p_alike=p_alike)
    return lines


def _lines_beside(runs: Runs, reference: str, approach: str) -> Iterator[CellContrast]:
    pairs = _pairs(runs, reference, approach)
    ours, theirs = (
        {cell: _updates(runs[cell][name], found) for cell, found in pairs.items()}
        for name in (reference, approach)
    )

    def line(dataset: str | None, cell: Cell | None, over: Sequence[Cell]) -> CellContrast:
        found = difference([pair for one in over for pair in pairs[one]])
        cost = sum(ours[one] for one in over) / sum(theirs[one] for one in over)
        return CellContrast(dataset, cell, approach, found, cost, None, None)

    for cell in pairs:
        yield line(cell.dataset, cell, [cell])
    # one cell with a single sample would hide what all the others show
    several = [cell for cell, found in pairs.items() if len(found) > 1] or list(pairs)
    datasets = dict.fromkeys(cell.dataset for cell in several)
    for dataset in datasets if len(datasets) > 1 else ():
        yield line(dataset, None, [cell for cell in several if cell.dataset == dataset])
    if pairs:
        yield line(None, None, several)


def _updates(trained: Mapping[int, Trained], pairs: Iterable[Pair]) -> float:
    return mean(trained[pair.seed].updates for pair in pairs)


def cost_of(budget: Budget, lines: Iterable[CellContrast]) -> float:
    """RETURNS (float): Tokens that the reference learns from in the cells of some lines, by those
    of the approaches that stand in them."""
    updates = {(row.cell, row.approach): row.updates.mean for row in budget.rows}
    places = [(line.cell, line.approach) for line in lines if line.cell is not None]
    ours = sum(updates[cell, budget.reference] for cell, _ in places)
    return ours / sum(updates[place] for place in places)


def _place(line: CellContrast) -> tuple[int, float]:
    """Of approaches with as many samples, that beside which the reference is worst comes first."""
    return -line.difference.samples, line.difference.mean


def best_in_hindsight(lines: Iterable[CellContrast]) -> list[CellContrast]:
    """RETURNS (list[CellContrast]): Of each cell, the line with the approach that is best beside
    the reference, of those with as many samples as any."""
    best: dict[Cell, CellContrast] = {}
    for line in lines:
        if line.cell is not None:
            best[line.cell] = min(best.get(line.cell, line), line, key=_place)
    return [best[cell] for cell in sorted(best)]
