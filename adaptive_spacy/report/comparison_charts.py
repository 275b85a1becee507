"""What the charts of a comparison's page are drawn from."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from adaptive_spacy.experiments.records import RULES
from adaptive_spacy.experiments.statistics import Summary
from adaptive_spacy.report.comparison import RULE_NAMES, Comparison, Row
from adaptive_spacy.report.comparison_runs import Run

#: Evaluations of a training that a curve shows; of more, so many that are as far apart
MOST = 60
#: Digits of a number that a chart is drawn from
DIGITS = 5


def describe_plots(comparison: Comparison) -> list[dict[str, Any]]:
    """Make what the page's script reads.

    RETURNS (list[dict]): Of each data set, model and selection rule F1 by size and by cost, and of
        the former two the epochs: "title"; "of", what the filters ask for; "x" and "y", what is
        on the axes, "bars", what the intervals are; "log", "format"; "describe", a sentence for who
        cannot see it; "series", each with "name", "colour", a number, and "points" as [x, y, low,
        high, note].
    """
    return [plot for data in comparison.data for plot in _plots(comparison, *data)]


def _plots(comparison: Comparison, dataset: str, model: str) -> Iterator[dict[str, Any]]:
    rows = [row for row in comparison.rows if row[:2] == (dataset, model)]
    place = f"{dataset}, {model}"
    about = {"dataset": [dataset], "model": [model]}
    by, size = "what it learnt from", "sentences to learn from"
    if comparison.by_labels:
        by, size = "what was labelled", "labelled sentences"

    def plot(title: str, x: str, y: str, of: dict[str, list[str]], **more: Any) -> dict[str, Any]:
        found = {"title": title, "x": x, "y": y, "of": of, "bars": "± standard error", "log": True}
        return {**found, **more}

    def score(rule: str) -> Callable[[Row], Summary]:
        return lambda row: row.f1[rule]

    for rule in RULES:
        of = {**about, "rule": [rule]}
        for of_what, x, value in (
            (by, size, lambda row: row.size),
            ("its cost", "tokens learnt from, over all epochs", lambda row: row.updates.mean),
        ):
            title = f"{place}: test F1 ({RULE_NAMES[rule]}) by {of_what}"
            series = _series(comparison.approaches, rows, value, score(rule))
            describe = f"{title}. {_words(series, ' %')}"
            yield plot(title, x, "F1", of, format="percent", series=series, describe=describe)
    title = f"{place}: epochs it took"
    series = _series(comparison.approaches, rows, lambda row: row.size, lambda row: row.epochs)
    describe = f"{title}. {_words(series, '')}"
    yield plot(title, size, "epochs", about, format="number", series=series, describe=describe)


def _series(
    approaches: Sequence[str],
    rows: Sequence[Row],
    x: Callable[[Row], float],
    y: Callable[[Row], Summary],
) -> list[dict[str, Any]]:
    """An approach has its colour in all charts."""
    found = []
    for colour, approach in enumerate(approaches):
        own = sorted((x(row), y(row)) for row in rows if row.approach == approach)
        points = [[_rounded(at), *_point(one)] for at, one in own]
        if points:
            found.append({"name": approach, "colour": colour, "points": points})
    return found


def _point(one: Summary) -> list[Any]:
    note = f"{one.seeds} {'seed' if one.seeds == 1 else 'seeds'}"
    if one.error is None:
        return [_rounded(one.mean), None, None, note]
    return [*map(_rounded, (one.mean, one.mean - one.error, one.mean + one.error)), note]


def _words(series: Sequence[dict[str, Any]], unit: str) -> str:
    return " ".join(
        f"{one['name']}: from {one['points'][0][1]:.1f}{unit} at {one['points'][0][0]:,.0f} to "
        f"{one['points'][-1][1]:.1f}{unit} at {one['points'][-1][0]:,.0f}."
        for one in series
    )


def describe_curves(comparison: Comparison) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): Of each row of the comparison its trainings: "name", and "seeds", each
    with "name", "f" and "loss" as points [round, value, None, None, phase]."""
    trained: dict[tuple[Any, ...], list[Run]] = {}
    for run in comparison.runs:
        trained.setdefault((*run.job.cell, run.job.approach), []).append(run)
    return [
        {
            "name": f"{dataset}, {model}, {size:g}, {approach}",
            "seeds": [
                {
                    "name": f"seed {run.job.seed}",
                    "f": _curve(run, "f", 100),
                    "loss": _curve(run, "dev_loss", 1),
                }
                for run in runs
            ],
        }
        for (dataset, model, size, approach), runs in trained.items()
    ]


def _curve(run: Run, metric: str, factor: float) -> list[list[Any]]:
    rows = [row for row in run.history if row[metric] is not None]
    # the last one is always shown
    shown = rows[:: -(-len(rows) // MOST)] if len(rows) > MOST else rows
    if rows and shown[-1] is not rows[-1]:
        shown = [*shown, rows[-1]]
    return [
        [
            _rounded(row["step"] / row["steps_per_round"]),
            _rounded(factor * row[metric]),
            None,
            None,
            row["phase"] or "",
        ]
        for row in shown
    ]


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
