"""Where things are in the figure of a training: panels, and the names of phases above them."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from adaptive_spacy.report.style import PHASE_COLOURS, PHASE_NAMES
from adaptive_spacy.training.history import Stretch

# Inches. The strips above the panels and the column on their right hold the labels, so that no
# label lies on a line
WIDTH, LEFT, RIGHT, YLABEL = 8.8, 1.1, 2.0, 0.68
TITLE, ROW, STRIP, BOTTOM = 0.5, 0.24, 0.4, 0.55
PANELS = (1.2, 2.0, 2.0)
#: Rows of phase names above the first panel, where bands are narrower than their names
MAX_ROWS = 3
#: With more phases than this, only the widest band of each kind is named
MAX_NAMED = 8
#: Width of a letter, estimated, so that the picture is the same whatever font an SVG is shown in
LETTER = 0.085


def phase_rows(phases: Sequence[Stretch], span: float) -> list[int | None]:
    """Place the names of the phases above their bands without overlap.

    phases (Sequence[Stretch]): In order.
    span (float): Rounds on the x axis.
    RETURNS (list[int | None]): The row of each name, 0 next to the panel; None: no name, the
        colour has to do.
    """
    widest = {phase.phase: phase for phase in sorted(phases, key=lambda one: one.end - one.start)}
    ends = [-math.inf] * MAX_ROWS
    rows: list[int | None] = []
    for phase in phases:
        if len(phases) > MAX_NAMED and phase != widest[phase.phase]:
            rows.append(None)
            continue
        width = len(PHASE_NAMES[phase.phase]) * LETTER + 0.1
        left = _name_centre(phase, span) * panel_width() / span - width / 2
        row = next((row for row, end in enumerate(ends) if end <= left), None)
        if row is not None:
            ends[row] = left + width
        rows.append(row)
    return rows


def _name_centre(phase: Stretch, span: float) -> float:
    """The middle of a phase's band, moved in from the edges so that the name stays inside."""
    half = (len(PHASE_NAMES[phase.phase]) * LETTER / 2 + 0.05) * span / panel_width()
    return min(max((phase.start + phase.end) / 2, half), span - half)


def panel_width() -> float:
    return WIDTH - LEFT - RIGHT


def make_panels(figure: Figure, span: float, rows: int) -> list[Axes]:
    """Lay out the panels from the top, each under its strip."""
    strips = (rows * ROW + 0.05, STRIP, STRIP)
    height = TITLE + sum(strips) + sum(PANELS) + BOTTOM
    figure.set_size_inches(WIDTH, height)
    panels: list[Axes] = []
    bottom = height - TITLE
    for strip, panel in zip(strips, PANELS, strict=True):
        bottom -= strip + panel
        place = (LEFT / WIDTH, bottom / height, panel_width() / WIDTH, panel / height)
        axes = figure.add_axes(place)
        axes.set_xlim(0, span)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_label_coords(-YLABEL / panel_width(), 0.5)
        axes.tick_params(labelbottom=len(panels) == 2)
        panels.append(axes)
    return panels


def name_phases(
    axes: Axes, phases: Sequence[Stretch], rows: Sequence[int | None], span: float
) -> None:
    for phase, row in zip(phases, rows, strict=True):
        if row is None:
            continue
        axes.text(
            _name_centre(phase, span),
            1 + (0.15 + row * ROW) / PANELS[0],
            PHASE_NAMES[phase.phase],
            transform=axes.get_xaxis_transform(),
            ha="center",
            va="center",
            bbox={"facecolor": PHASE_COLOURS[phase.phase], "edgecolor": "none", "pad": 2},
        )
