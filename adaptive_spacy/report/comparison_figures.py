"""The comparison as figures: F1, epochs, spread and cost by approach, and learning curves by phase.

Colours are those of Okabe and Ito; approaches also differ by marker and line. The same runs give
the same bytes.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from io import BytesIO
from itertools import pairwise
from typing import NamedTuple

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from tqdm import tqdm

from adaptive_spacy.experiments.job import NAME
from adaptive_spacy.experiments.records import RULES
from adaptive_spacy.experiments.statistics import Summary
from adaptive_spacy.report.comparison import RULE_NAMES, Comparison, Row
from adaptive_spacy.report.comparison_runs import Run
from adaptive_spacy.report.style import FORMATS, PHASE_NAMES, STYLE

COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
LINES = ("-", "--", "-.", ":")
PHASE_LINES = {
    "warmup": "#E69F00",
    "plateau": "#0072B2",
    "cooldown": "#009E73",
    "finished": "#000000",
}
#: Shares side by side in the learning curves
COLUMNS = 4
#: Width of the figure of approaches, and of a letter and a marker of its legend, in inches
WIDTH, LETTER, HANDLE = 10, 0.09, 0.7
#: Letters of a file's name, without its suffix
LONGEST_NAME = 100

#: What a figure is of
Parts = tuple[str, ...]


class Picture(NamedTuple):
    """A figure in its formats.

    name (str): File name without suffix. title (str): What it shows.
    images (dict[str, bytes]): By suffix.
    """

    name: str
    title: str
    images: dict[str, bytes]


def draw_comparison(comparison: Comparison) -> Iterator[Picture]:
    """YIELDS (Picture): Per data set and model, one for each selection rule, and the learning
    curves of each approach with phases."""
    plans = list(_plan(comparison))
    # disable=None: no bar where stderr is no terminal
    shown = tqdm(plans, "Drawing", unit="figure", leave=False, disable=None)
    names = name_files([parts for parts, _, _ in plans])
    for name, (_, title, draw) in zip(names, shown, strict=True):
        yield Picture(name, title, render(draw()))


def _plan(comparison: Comparison) -> Iterator[tuple[Parts, str, Callable[[], Figure]]]:
    """YIELDS (tuple): What the name of each picture is made of, its title, and what draws it."""
    what = "labelled sentences" if comparison.by_labels else "training sentences"
    for dataset, model in comparison.data:
        rows = [row for row in comparison.rows if (row.dataset, row.model) == (dataset, model)]
        runs = [run for run in comparison.runs if run.data == (dataset, model)]
        for rule in RULES:
            parts = dataset, model, rule.replace("_", "-")
            title = f"{dataset}, {model}: {RULE_NAMES[rule]} checkpoint"
            approaches = comparison.approaches
            yield parts, title, partial(draw_approaches, rows, approaches, rule, title, what)
        for approach in comparison.approaches:
            phased = [r for r in runs if r.job.approach == approach and r.history[0]["phase"]]
            if phased:
                title = f"{dataset}, {model}: learning curves of {approach}, a line per seed"
                yield (
                    (dataset, model, "curves", approach),
                    title,
                    partial(draw_curves, phased, title),
                )


def name_files(figures: Sequence[Parts]) -> list[str]:
    """RETURNS (list[str]): A name for each figure, of its parts: where another one's parts give
    that too, as a hyphen may be part of any of them, with a hash that tells the two apart."""
    names = [file_name("-".join(parts)) for parts in figures]
    # some systems take names for one that differ in their capitals
    found = Counter(name.casefold() for name in names)
    return [
        name if found[name.casefold()] == 1 else f"{name}-{_hash(chr(0).join(parts))}"
        for name, parts in zip(names, figures, strict=True)
    ]


def file_name(text: str) -> str:
    """RETURNS (str): The text where it can be a file's name anywhere and in a link; else such a
    name, with a hash, so that two texts do not get one."""
    if re.fullmatch(NAME, text) and len(text) <= LONGEST_NAME:
        return text
    kept = re.sub(r"[^A-Za-z0-9_.+-]+", "_", text).strip("_.+-")[:LONGEST_NAME]
    return f"{kept or 'figure'}-{_hash(text)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf8", "backslashreplace")).hexdigest()[:8]


def render(figure: Figure) -> dict[str, bytes]:
    """RETURNS (dict[str, bytes]): The figure by suffix."""
    images = {}
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        for suffix in FORMATS:
            image = BytesIO()
            metadata = {"Date": None} if suffix == "svg" else {}
            figure.savefig(image, format=suffix, dpi=150, metadata=metadata)
            images[suffix] = image.getvalue()
    return images


def draw_approaches(
    rows: Sequence[Row], approaches: Sequence[str], rule: str, title: str, what: str
) -> Figure:
    """Draw the rows of one data set and model.

    approaches (Sequence[str]): All approaches, so that each has its colour in all figures.
    what (str): What their size counts.
    RETURNS (Figure): Four panels: F1, epochs and spread against size, and F1 against cost.
    """
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        figure = Figure(figsize=(WIDTH, 7.4), layout="constrained")
        FigureCanvasAgg(figure)
        (score, cost), (epochs, stability) = figure.subplots(2, 2)
        for i, approach in enumerate(approaches):
            own = [row for row in rows if row.approach == approach]
            if not own:
                continue
            style = _style(i)
            sizes = [row.size for row in own]
            updates = [row.updates.mean / 1000 for row in own]
            _errors(score, sizes, [row.f1[rule] for row in own], style)
            _errors(cost, updates, [row.f1[rule] for row in own], style)
            _errors(epochs, sizes, [row.epochs for row in own], style)
            spreads = [(row.size, row.f1[rule].spread) for row in own]
            known = [one for one in spreads if one[1] is not None]
            stability.plot(*zip(*known, strict=True) if known else ([], []), **style)
        ticks = sorted({row.size for row in rows})
        _panel(score, what, "test F1, % (± standard error)", ticks)
        _panel(cost, "cost: thousands of tokens learnt from", "test F1, %")
        _panel(epochs, what, "epochs", ticks)
        _panel(stability, what, "spread of F1 over seeds", ticks)
        epochs.set_ylim(bottom=0)
        if any(row.f1[rule].error is not None for row in rows):
            stability.set_ylim(bottom=0)
        else:
            stability.set_yticks([])
            stability.set_xlim(score.get_xlim())
            stability.text(0.5, 0.5, "one seed", transform=stability.transAxes, ha="center")
        figure.suptitle(title, fontweight="bold")
        _legend(figure, approaches, {row.approach for row in rows})
        return figure


def _legend(figure: Figure, approaches: Sequence[str], shown: set[str]) -> None:
    """Below the panels, the approaches that are drawn, in the colours they have everywhere."""
    handles = [
        Line2D([], [], label=approach, **_style(i))
        for i, approach in enumerate(approaches)
        if approach in shown
    ]
    longest = max(map(len, shown))
    columns = max(1, min(len(handles), int(WIDTH / (LETTER * longest + HANDLE))))
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False)


def draw_curves(runs: Sequence[Run], title: str) -> Figure:
    """Draw the validation loss and F1 of each run, coloured by phase; a column per share.

    runs (Sequence[Run]): Of one approach on one data set and model.
    RETURNS (Figure): The panels.
    """
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        shares = sorted({run.job.size for run in runs})
        blocks = -(-len(shares) // COLUMNS)
        columns = min(COLUMNS, len(shares))
        figure = Figure(figsize=(3.1 * max(columns, 2), 4.2 * blocks + 0.8), layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(2 * blocks, columns, squeeze=False)
        for axes in panels.flat[:]:
            axes.set_visible(False)
        for i, share in enumerate(shares):
            block, column = divmod(i, COLUMNS)
            loss, score = panels[2 * block, column], panels[2 * block + 1, column]
            own = [run for run in runs if run.job.size == share]
            loss.set_title(f"{share:.3g} ({own[0].sentences} sentences)", fontsize=10)
            for axes in (loss, score):
                axes.set_visible(True)
            for run in own:
                _phase_line(loss, run.history, "dev_loss", 1)
                _phase_line(score, run.history, "f", 100)
            score.set_xlabel("epoch")
            if column == 0:
                loss.set_ylabel("dev loss")
                score.set_ylabel("dev F1, %")
        handles = [
            Line2D([], [], color=colour, label=PHASE_NAMES[phase])
            for phase, colour in PHASE_LINES.items()
            if any(row["phase"] == phase for run in runs for row in run.history[1:])
        ]
        figure.suptitle(title, fontweight="bold", fontsize=11)
        figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False)
        return figure


def _phase_line(axes: Axes, rows: Sequence[dict], metric: str, factor: float) -> None:
    points = [
        (row["step"] / row["steps_per_round"], factor * row[metric], row["phase"])
        for row in rows
        if row[metric] is not None
    ]
    for (x, y, _), (to_x, to_y, phase) in pairwise(points):
        axes.plot([x, to_x], [y, to_y], color=PHASE_LINES[phase], linewidth=1.2, alpha=0.8)


def _errors(axes: Axes, x: Sequence[float], y: Sequence[Summary], style: dict) -> None:
    errors = [one.error or 0.0 for one in y]
    axes.errorbar(x, [one.mean for one in y], yerr=errors, capsize=2, **style)


def _panel(axes: Axes, x: str, y: str, ticks: Sequence[float] = ()) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(alpha=0.25)
    if ticks:
        # sizes that lie close together would write over each other
        shown = [ticks[0]]
        for tick in ticks[1:]:
            if tick > 1.25 * shown[-1]:
                shown.append(tick)
        axes.set_xticks(shown, [f"{tick:g}" for tick in shown])


def _style(i: int) -> dict:
    return {
        "color": COLOURS[i % len(COLOURS)],
        "marker": MARKERS[i % len(MARKERS)],
        "linestyle": LINES[i // len(COLOURS) % len(LINES)],
        "linewidth": 1.4,
        "markersize": 5,
    }
