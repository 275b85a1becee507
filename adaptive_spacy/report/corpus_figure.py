"""A corpus as one figure: its entity types by split, and the lengths of its documents.

Shares, not counts, so that splits of different size can be compared at a glance; the counts stand
beside the bars.
"""

import json
import math
from io import BytesIO
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from adaptive_spacy.data.stats.as_json import as_json
from adaptive_spacy.data.stats.corpus_statistics import Statistics
from adaptive_spacy.data.stats.split_counts import Lengths
from adaptive_spacy.files import replacing
from adaptive_spacy.report.style import BLACK, STYLE
from adaptive_spacy.report.training_figure import BLUE, VERMILLION

# Okabe and Ito's, as in the figures of trainings
COLOURS = (BLUE, VERMILLION, "#009E73", "#E69F00", "#56B4E9", "#CC79A7", "#999999")
#: Types with bars of their own; the others share one
MAX_TYPES = 15
OTHERS = "others"
#: Bars of a histogram
BINS = 32

PERCENT = FuncFormatter(lambda share, _: f"{100 * share:g} %")

# Inches
WIDTH, LEFT, RIGHT = 8.8, 1.5, 0.3
TITLE, GAP, BETWEEN, BOTTOM, HISTOGRAM = 1.05, 0.95, 0.75, 0.6, 2.1
YLABEL = 0.75
BAR = 0.17


def save(statistics: Statistics, folder: Path) -> list[Path]:
    """Write stats.json and stats.png.

    statistics (Statistics): What `collect` returned.
    folder (Path): Where they go; it is made if need be.
    RETURNS (list[Path]): The files.
    """
    image = BytesIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        draw(statistics).savefig(image, format="png", dpi=150)
    # not srsly: it keeps nine decimals
    text = json.dumps(as_json(statistics), indent=2, ensure_ascii=False) + "\n"
    contents = {"stats.json": text.encode(), "stats.png": image.getvalue()}
    for name, content in contents.items():
        with replacing(folder / name) as aside:
            aside.write_bytes(content)
    return [folder / name for name in contents]


def draw(statistics: Statistics) -> Figure:
    """RETURNS (Figure): Entity types above; below, lengths in tokens and, where they were counted,
    in word pieces."""
    bars = type_shares(statistics)
    figure = Figure()
    FigureCanvasAgg(figure)
    n_splits = len(statistics.splits)
    types = max(1.2, len(bars) * (n_splits * BAR + 0.16))
    height = TITLE + types + GAP + HISTOGRAM + BOTTOM
    figure.set_size_inches(WIDTH, height)

    def panel(left: float, bottom: float, width: float, tall: float) -> Axes:
        return figure.add_axes((left / WIDTH, bottom / height, width / WIDTH, tall / height))

    room = WIDTH - LEFT - RIGHT
    _draw_types(panel(LEFT, BOTTOM + HISTOGRAM + GAP, room, types), bars, statistics)
    splits = statistics.splits.values()
    units: list[tuple[str, list[Lengths], int | None, str]] = []
    units.append(("tokens", [one.tokens for one in splits], statistics.window, "window"))
    if statistics.transformer:
        limit = "limit of the transformer"
        units.append(("word pieces", [one.pieces for one in splits], statistics.limit, limit))
    # the histograms begin left of the bars, whose names need room
    start = LEFT if len(units) == 1 else YLABEL
    width = (WIDTH - RIGHT - start - BETWEEN * (len(units) - 1)) / len(units)
    for i, (unit, lengths, most, name) in enumerate(units):
        axes = panel(start + i * (width + BETWEEN), BOTTOM, width, HISTOGRAM)
        _draw_lengths(axes, unit, lengths, most, name)
    figure.text(0.15 / WIDTH, 1 - 0.3 / height, title(statistics), va="center", fontweight="bold")
    return figure


def title(statistics: Statistics) -> str:
    """RETURNS (str): What the corpus is, in a sentence."""
    splits = statistics.splits.values()
    documents = sum(split.documents for split in splits)
    entities = sum(split.types().total() for split in splits)
    types = len(statistics.types())
    return (
        f"{documents:,} documents, {sum(split.n_tokens for split in splits):,} tokens, "
        f"{entities:,} entities of {types} type{'' if types == 1 else 's'}"
    )


def type_shares(statistics: Statistics) -> list[tuple[str, list[tuple[int, float]]]]:
    """RETURNS (list): By type, the most frequent first: name, and of each split the count and its
    share of the split's entities. Beyond `MAX_TYPES` the rare ones are one bar."""
    names = statistics.types()
    groups = [(name, [name]) for name in names[:MAX_TYPES]]
    if len(names) > MAX_TYPES:
        groups[-1] = (f"{len(names) - MAX_TYPES + 1} {OTHERS}", names[MAX_TYPES - 1 :])
    counts = [split.types() for split in statistics.splits.values()]
    return [
        (
            group,
            [
                (number := sum(one[label] for label in labels), number / max(1, one.total()))
                for one in counts
            ],
        )
        for group, labels in groups
    ]


def _draw_types(
    axes: Axes, bars: list[tuple[str, list[tuple[int, float]]]], statistics: Statistics
) -> None:
    axes.set_title("Entities by type, as a share of their split", loc="left", fontsize=10, pad=24)
    n_splits = len(statistics.splits)
    longest = max((share for _, parts in bars for _, share in parts), default=0.0)
    group = n_splits * BAR + 0.16
    for i, (_, parts) in enumerate(bars):
        for j, (count, share) in enumerate(parts):
            y = i * group + j * BAR
            colour = COLOURS[j % len(COLOURS)]
            axes.barh(y, share, height=BAR * 0.88, color=colour, linewidth=0)
            axes.text(
                share + longest * 0.008,
                y,
                f"{count:,}" if count else "none",
                va="center",
                fontsize=7.5,
                color=BLACK if count else VERMILLION,
            )
    middles = [i * group + (n_splits - 1) * BAR / 2 for i in range(len(bars))]
    axes.set_yticks(middles, [name if len(name) < 20 else f"{name[:18]}…" for name, _ in bars])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(max(1, len(bars)) * group - 0.16 + BAR / 2, -BAR)
    axes.set_xlim(0, 1.07 * longest or 1)
    axes.xaxis.set_major_formatter(PERCENT)
    if not bars:
        axes.text(0.5, 0.5, "no entities", transform=axes.transAxes, ha="center", va="center")
    # the names of the splits, for all panels
    for j, (name, split) in enumerate(statistics.splits.items()):
        axes.annotate(
            f"■ {name} ({split.documents:,})",
            (0, 1),
            (j * 110, 7),
            xycoords="axes fraction",
            textcoords="offset points",
            color=COLOURS[j % len(COLOURS)],
            fontsize=9,
        )


def _draw_lengths(
    axes: Axes, unit: str, lengths: list[Lengths], limit: int | None, name: str
) -> None:
    axes.set_title(f"Documents by length in {unit}", loc="left", fontsize=10, pad=24)
    edges = bin_edges(max((one.longest() for one in lengths), default=1), limit)
    for j, one in enumerate(lengths):
        shares = histogram(one, edges)
        colour = COLOURS[j % len(COLOURS)]
        if j == 0:
            axes.stairs(shares, edges, color=colour, fill=True, alpha=0.12)
        axes.stairs(shares, edges, color=colour, linewidth=1.6)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0)
    axes.set_xlabel(unit.capitalize())
    axes.yaxis.set_major_formatter(PERCENT)
    axes.locator_params(nbins=6)
    if limit is None:
        return
    over = sum(one.over(limit) for one in lengths)
    inside = limit <= edges[-1]
    if inside:
        axes.axvline(limit, color=BLACK, linestyle="dashed", linewidth=1)
    axes.annotate(
        f"{name} {limit}: {f'{over:,} longer' if over else 'none is longer'}"
        + ("" if inside else " →"),
        (min(limit, edges[-1]), 1),
        (0, 8),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        ha="right" if limit > edges[-1] / 2 else "left",
        va="center",
        fontsize=9,
    )


def bin_edges(longest: int, limit: int | None) -> list[int]:
    """RETURNS (list[int]): Edges of bins of whole numbers from 0 to beyond the longest; to the
    limit too unless it is far beyond."""
    end = longest + 1
    if limit is not None and end < limit <= 2.5 * end:
        end = limit + math.ceil(limit / 50)
    width = max(1, math.ceil(end / BINS))
    return list(range(0, end + width, width))


def histogram(lengths: Lengths, edges: list[int]) -> list[float]:
    """RETURNS (list[float]): The share of the documents in each bin."""
    width = edges[1] - edges[0]
    counts = [0] * (len(edges) - 1)
    for length, count in lengths.counts.items():
        counts[length // width] += count
    total = max(1, sum(counts))
    return [count / total for count in counts]
