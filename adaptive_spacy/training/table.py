"""The rows that a training shows in a terminal, at most 80 columns wide."""

from collections.abc import Mapping
from typing import Any

from wasabi import row

#: Columns of a terminal that the table fits into
WIDTH = 80
#: Numbers from here on, as of a training that diverges, would push the columns apart
LONGEST = 1000
SHORT_NAMES = {"ents_loss": "DEV LOSS", "ents_p": "P", "ents_r": "R", "ents_f": "F1"}
LEGEND = {
    "E": "epoch",
    "#": "update",
    "RATE": "learning rate",
    "TRAIN LOSS": "mean of the updates since the row before",
    "DEV LOSS": "per token of the dev set",
    "F1, P, R": "entities of the dev set, in percent",
    "SCORE": "spaCy's main score",
    "BEST": "* the best row so far, kept as model-best",
}


class Table:
    """Losses in nats, scores in percent.

    score_weights (dict): `[training.score_weights]`: what spaCy reports.
    """

    # E and # are epoch and step, as in spaCy's own table
    BASE = (("E", 3), ("#", 6), ("PHASE", 8), ("RATE", 7), ("TRAIN LOSS", 10))
    SCORE = ("SCORE", 6)
    BEST = ("BEST", 4)
    SPACING = 2

    def __init__(self, score_weights: Mapping[str, float | None]) -> None:
        self.known = [metric for metric in score_weights if not metric.endswith("_per_type")]
        shown = [m for m in self.known if score_weights[m] is not None or m.endswith("_loss")]
        main = [metric for metric, weight in score_weights.items() if weight]
        #: The metric that ranks, if it is one alone
        self.ranking = main[0] if len(main) == 1 else None
        self.percent = all((score_weights[metric] or 0) > 0 and not _raw(metric) for metric in main)
        self.metrics: list[str] = []
        self.columns = [*self.BASE]
        room = WIDTH - self._width([*self.BASE, self.BEST])
        # what ranks must be seen; losses are shown wherever they are
        for metric in sorted(shown, key=lambda m: (m != self.ranking, not m.endswith("_loss"))):
            column = _short(metric), max(len(_short(metric)), 5)
            needed = self._width([column]) + self.SPACING
            sole = self.ranking in (metric, *self.metrics)
            kept = 0 if sole else self.SCORE[1] + self.SPACING
            if needed + kept <= room:
                room -= needed
                self.metrics.append(metric)
        self.metrics.sort(key=lambda m: (not m.endswith("_loss"), shown.index(m)))
        self.columns += [(_short(m), max(len(_short(m)), 5)) for m in self.metrics]
        # the same number is not shown twice
        self.has_score = self.ranking not in self.metrics
        self.columns += [self.SCORE, self.BEST] if self.has_score else [self.BEST]

    @property
    def share(self) -> str | None:
        """RETURNS (str | None): The metric in [0, 1] that says best what a training is worth."""
        if "ents_f" in self.known:
            return "ents_f"
        return self.ranking if self.ranking and not _raw(self.ranking) else None

    @staticmethod
    def name(metric: str | None) -> str:
        """RETURNS (str): What the table calls a metric; None: the main score."""
        return _short(metric) if metric else "SCORE"

    def header(self) -> str:
        """RETURNS (str): The names and a rule."""
        names = [name for name, _ in self.columns]
        return self._row(names) + "\n" + self._row(["-" * width for _, width in self.columns])

    def row(self, evaluation: Mapping[str, Any]) -> str:
        """RETURNS (str): One evaluation."""
        rate = evaluation["rate"]
        cells = [
            str(evaluation["epoch"]),
            str(evaluation["step"]),
            evaluation["phase"] or "",
            "" if rate is None else f"{rate:.1e}",
            show(evaluation["train_loss"], percent=False),
        ]
        scores = evaluation["scores"]
        cells += [show(scores[metric], percent=not _raw(metric)) for metric in self.metrics]
        if self.has_score:
            cells.append(show(evaluation["score"], percent=self.percent))
        return self._row([*cells, "*" if evaluation["best"] else ""])

    def score(self, evaluation: Mapping[str, Any]) -> str:
        """RETURNS (str): What an evaluation is ranked by, with its name."""
        if self.ranking is None:
            return f"SCORE {show(evaluation['score'], percent=self.percent)}"
        value = evaluation["scores"].get(self.ranking)
        return f"{_short(self.ranking)} {show(value, percent=not _raw(self.ranking))}"

    def legend(self) -> str:
        """RETURNS (str): What the columns are, in one line."""
        shown = {name for name, _ in self.columns}
        return "; ".join(
            f"{name}: {text}"
            for name, text in LEGEND.items()
            if any(one in shown for one in name.split(", "))
        )

    def _width(self, columns: list[tuple[str, int]]) -> int:
        return sum(width for _, width in columns) + self.SPACING * (len(columns) - 1)

    def _row(self, cells: list[str]) -> str:
        widths = [width for _, width in self.columns]
        return row(cells, widths=widths, aligns="r", spacing=self.SPACING).rstrip()


def show(value: float | None, *, percent: bool) -> str:
    """RETURNS (str): A number for people; "-" for none."""
    if value is None:
        return "-"
    if percent:
        return f"{100 * value:.1f}"
    return f"{value:.2f}" if abs(value) < LONGEST else f"{value:.0e}"


def _short(metric: str) -> str:
    return SHORT_NAMES.get(metric, metric.upper())


def _raw(metric: str) -> bool:
    """Whether a metric is no share of something."""
    return metric.endswith("_loss") or metric == "speed"
