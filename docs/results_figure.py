"""The figure of docs/results.md: test F1 by labelled sentences, a panel per data set."""

from collections.abc import Sequence

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from adaptive_spacy.report.budget import Budget
from adaptive_spacy.report.comparison_figures import render
from adaptive_spacy.report.style import BLUE, STYLE, VERMILLION

#: What nobody chose anything for, in colour; fixed lengths are grey
COLOURED = {"crossfit": (VERMILLION, "o"), "bounded": (BLUE, "s")}
GREY = "#999999"
MARKERS = "^vDPX*d"


def draw(budget: Budget, fixed: Sequence[str]) -> bytes:
    """RETURNS (bytes): The figure as SVG.

    fixed (Sequence[str]): The approaches that are grey.
    """
    places = list(dict.fromkeys(row.cell[:2] for row in budget.rows))
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        figure = Figure(figsize=(max(6.4, 1.2 + 3.4 * len(places)), 4.2), layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(1, len(places), squeeze=False, sharey=True)[0]
        for axes, (dataset, model) in zip(panels, places, strict=True):
            _panel(axes, budget, (dataset, model), fixed)
            axes.set_title(dataset, fontsize=10)
        panels[0].set_ylabel("test F1, % (± standard error)")
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return render(figure)["svg"]


def _panel(axes: Axes, budget: Budget, place: tuple[str, str], fixed: Sequence[str]) -> None:
    styles = {name: (GREY, MARKERS[i % len(MARKERS)]) for i, name in enumerate(fixed)}
    for name, (colour, marker) in {**styles, **COLOURED}.items():
        own = [row for row in budget.rows if row.approach == name and row.cell[:2] == place]
        axes.errorbar(
            [row.cell.labels for row in own],
            [row.f1.mean for row in own],
            yerr=[row.f1.error or 0.0 for row in own],
            label=name,
            color=colour,
            marker=marker,
            linewidth=1.0 if name in styles else 1.8,
            markersize=5,
            capsize=2,
        )
    sizes = sorted({row.cell.labels for row in budget.rows})
    axes.set_xscale("log")
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.25)
    axes.set_xlabel("labelled sentences")
