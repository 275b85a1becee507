"""A training as one figure: learning rate, losses and validation score over the epochs.

The figure explains itself: its title says what happened, lines carry their names at their ends,
phases are shaded and named. Colours are those of Okabe and Ito, which colour-blind people tell
apart. Neither pyplot nor the user's matplotlibrc takes part, and the same history gives the same
bytes.
"""

import math
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from adaptive_spacy.files import replacing
from adaptive_spacy.report.panels import PANELS, TITLE, WIDTH, make_panels, name_phases, phase_rows
from adaptive_spacy.report.style import BLACK, BLUE, FORMATS, PHASE_COLOURS, STYLE, VERMILLION
from adaptive_spacy.report.training_title import counted, or_nan, title, unit_of
from adaptive_spacy.training.history import Evaluation, stretches
from adaptive_spacy.training.running import read_current

#: File name in a folder that the user named
NAME = "training"
#: Least distance of two labels in the column
APART = 0.2

Points = list[tuple[float, float]]


def plot(training: Path, output: Path) -> list[Path]:
    """Draw a training into a PNG and an SVG file.

    training (Path): Output folder of a training, or its history.jsonl.
    output (Path): Path without suffix, or a folder that exists.
    RETURNS (list[Path]): The files.
    RAISES (ValueError): If the history cannot be read, or a training that runs has no evaluation
        yet.
    """
    history, _ = read_current(training)
    stem = output / NAME if output.is_dir() else output
    if stem.suffix in {f".{suffix}" for suffix in FORMATS}:
        stem = stem.with_suffix("")
    images = {}
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        figure = draw(history)
        for suffix in FORMATS:
            metadata = {"Date": None} if suffix == "svg" else {}
            image = BytesIO()
            figure.savefig(image, format=suffix, dpi=150, metadata=metadata)
            images[suffix] = image.getvalue()
    stem.parent.mkdir(parents=True, exist_ok=True)
    return [_write(stem, suffix, image) for suffix, image in images.items()]


def draw(history: Sequence[Evaluation]) -> Figure:
    """Draw a training.

    history (Sequence[Evaluation]): At least one evaluation.
    RETURNS (Figure): Three panels over the same epochs: learning rate, losses, score.
    """
    phases = stretches(history)
    span = max(1.0, history[-1].round)
    rows = phase_rows(phases, span)
    figure = Figure()
    FigureCanvasAgg(figure)
    height = max((row + 1 for row in rows if row is not None), default=0)
    rate, losses, score = make_panels(figure, span, height)
    for axes in (rate, losses, score):
        for phase in phases:
            axes.axvspan(phase.start, phase.end, color=PHASE_COLOURS[phase.phase], zorder=0)
    name_phases(rate, phases, rows, span)
    _draw_rate(rate, history)
    _draw_losses(losses, history)
    _draw_score(score, history)
    score.set_xlabel(unit_of(history).capitalize())
    figure.text(
        0.15 / WIDTH,
        1 - TITLE / 2 / figure.get_figheight(),
        title(history),
        va="center",
        fontweight="bold",
    )
    return figure


def _draw_rate(axes: Axes, history: Sequence[Evaluation]) -> None:
    axes.set_ylabel("Learning rate")
    points: Points = []
    for before, after in zip([history[0], *history], history, strict=False):
        rate = or_nan(after.rate)
        if (before.phase, after.phase) == ("cooldown", "plateau"):
            # an improvement brings the constant rate back at once
            points.append((before.round, rate))
        points.append((after.round, rate))
    finite = _draw_line(axes, points, BLACK)
    if not finite:
        _say_nothing(axes)
        return
    peak = max(rate for _, rate in finite)
    ticks = [0.0, peak / 2, peak]
    axes.set_ylim(0, 1.1 * peak or 1)
    axes.set_yticks(ticks, [_scientific(rate) for rate in ticks])


def _draw_losses(axes: Axes, history: Sequence[Evaluation]) -> None:
    axes.set_ylabel("Loss")
    shown = _rounds(history)
    training = _draw_line(axes, [(one.round, or_nan(one.train_loss)) for one in shown], BLUE)
    validation = _draw_line(axes, [(one.round, or_nan(one.dev_loss)) for one in shown], VERMILLION)
    drawn = training + validation
    if not drawn:
        _say_nothing(axes)
        return
    if min(loss for _, loss in drawn) >= 0:
        axes.set_ylim(0, 1.15 * max(loss for _, loss in drawn) or 1)
    if validation:
        # of equal losses the first: the phases count from it
        lowest = min(validation, key=lambda point: point[1])
        at = f"{unit_of(history)} {counted(lowest[0])}"
        _mark(axes, lowest, f"lowest validation loss {_loss(lowest[1])}, {at}")
    lines = (("training", training, BLUE), ("validation", validation, VERMILLION))
    ends = [(points[-1][1], name, colour) for name, points, colour in lines if points]
    labels = [(loss, f"{name} {_loss(loss)}", colour) for loss, name, colour in ends]
    _name_ends(axes, history[-1].round, labels)


def _draw_score(axes: Axes, history: Sequence[Evaluation]) -> None:
    shown = _rounds(history)
    if any(one.f is not None for one in shown):
        label, form = "F1", "{:.1f} %"
        points = [(one.round, 100 * or_nan(one.f)) for one in shown]
    else:
        label, form = _score_name(shown), "{:.3g}"
        points = [(one.round, or_nan(one.score)) for one in shown]
    axes.set_ylabel(f"{label}{' in %' if '%' in form else ''}\non the validation set")
    finite = _draw_line(axes, points, VERMILLION)
    if not finite:
        _say_nothing(axes)
        return
    # of equal scores the latest: its model is the one that spaCy keeps
    best, last = max(reversed(finite), key=lambda point: point[1]), finite[-1]
    if "%" in form and not best[1]:
        axes.set_ylim(-10, 110)
    unit = unit_of(history)
    name = "best and last" if best == last else "best"
    _mark(axes, best, f"{name} {form.format(best[1])}, {unit} {counted(best[0])}")
    if best != last:
        axes.plot(*last, "o", color=VERMILLION, clip_on=False)
        text = f"last {form.format(last[1])}, {unit} {counted(last[0])}"
        _name_ends(axes, last[0], [(last[1], text, VERMILLION)])


def _draw_line(axes: Axes, points: Points, colour: str) -> Points:
    """Draw a line with a dot per evaluation, broken where a value is NaN.

    RETURNS (list): The points that have a value; nothing is drawn if there are none.
    """
    finite = [point for point in points if math.isfinite(point[1])]
    if finite:
        axes.margins(y=0.1)
        axes.plot(*zip(*points, strict=True), ".-", color=colour, clip_on=False)
    return finite


def _mark(axes: Axes, point: tuple[float, float], text: str) -> None:
    """Ring a point, and name it above the panel."""
    x, y = point
    axes.set_ylim(axes.get_ylim())
    axes.plot(x, y, "o", color=VERMILLION, markerfacecolor="white", clip_on=False, zorder=3)
    axes.vlines(x, y, axes.get_ylim()[1], colors=VERMILLION, linestyles="dotted", linewidth=1)
    place = x / axes.get_xlim()[1]
    axes.text(
        x,
        1 + 0.12 / PANELS[1],
        text,
        transform=axes.get_xaxis_transform(),
        color=VERMILLION,
        va="center",
        ha="left" if place < 0.25 else "right" if place > 0.75 else "center",
    )


def _name_ends(axes: Axes, x: float, ends: Sequence[tuple[float, str, str]]) -> None:
    """Write the names of lines beside their ends, moved apart where they would touch.

    x (float): Round where the lines end.
    ends (Sequence[tuple]): Last value, text and colour of each line.
    """
    bottom, top = axes.get_ylim()
    apart = APART / PANELS[1] * (top - bottom)
    y = -math.inf
    for value, text, colour in sorted(ends):
        y = max(value, y + apart)
        axes.annotate(
            text,
            (x, y),
            (8, 0),
            textcoords="offset points",
            color=colour,
            va="center",
            annotation_clip=False,
        )


def _say_nothing(axes: Axes) -> None:
    axes.set_yticks([])
    axes.text(0.5, 0.5, "not recorded", transform=axes.transAxes, ha="center", va="center")


def _rounds(history: Sequence[Evaluation]) -> Sequence[Evaluation]:
    """Without the evaluation at step 0, if there is another: it has seen one batch, is no round
    and would stretch the axis."""
    return [one for one in history if one.step > 0] or history


def _score_name(history: Sequence[Evaluation]) -> str:
    """RETURNS (str): The metric that is the main score in all evaluations, if one is."""
    for name in history[0].scores:
        if all(one.scores.get(name) == one.score for one in history):
            return name
    return "main score"


def _loss(loss: float) -> str:
    """RETURNS (str): "0.239"; "3e-4" where three digits show next to nothing."""
    return f"{loss:.3f}" if abs(loss) >= 0.001 else _scientific(loss, 0)


def _scientific(number: float, digits: int = 1) -> str:
    """RETURNS (str): "5e-5", "2.5e-5"; "0" for zero."""
    mantissa, exponent = f"{number:.{digits}e}".split("e")
    return f"{float(mantissa):g}e{int(exponent)}" if number else "0"


def _write(stem: Path, suffix: str, image: bytes) -> Path:
    # not `with_suffix`: a stem may hold dots, as in wikigold-0.5
    path = stem.with_name(f"{stem.name}.{suffix}")
    with replacing(path) as aside:
        aside.write_bytes(image)
    return path
