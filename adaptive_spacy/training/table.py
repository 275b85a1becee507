"""The rows that a training shows in a terminal, at most 80 columns wide."""

from collections.abc import Collection, Mapping
from typing import Any

from wasabi import row

from adaptive_spacy.config.metrics import is_loss, is_share

#: Columns of a terminal that the table fits into
WIDTH = 80
#: Numbers from here on, as of a training that diverges, would push the columns apart
LONGEST = 1000
REFINED = "ents_loss_refined"
SHORT_NAMES = {
    **{"ents_loss": "DEV LOSS", REFINED: "REFINED", "temperature": "TEMP"},
    **{"ents_p": "P", "ents_r": "R", "ents_f": "F1"},
}
LEGEND = {
    "E": "epoch",
    "#": "update",
    "PHASE": "the rate rises (warmup), is held (plateau), falls (cooldown)",
    "RATE": "learning rate",
    "TRAIN LOSS": "mean of the updates since the row before",
    "DEV LOSS": "per token of the dev set",
    "REFINED": "the same at the best temperature",
    "TEMP": "that temperature",
    "F1, P, R": "entities of the dev set, in percent",
    "SCORE": "spaCy's main score",
    "BEST": "* the best row so far, kept as model-best",
}


class Table:
    """Losses in nats, scores in percent.

    score_weights (dict): `[training.score_weights]`: what spaCy reports.
    monitored (Collection[str]): What tells when to cool down, and must be seen like what ranks.
    """

    # E and # are epoch and step, as in spaCy's own table
    BASE = (("E", 3), ("#", 6), ("PHASE", 8), ("RATE", 7), ("TRAIN LOSS", 10))
    SCORE = ("SCORE", 6)
    BEST = ("BEST", 4)
    SPACING = 2

    def __init__(
        self, score_weights: Mapping[str, float | None], monitored: Collection[str] = ()
    ) -> None:
        self.known = [metric for metric in score_weights if not metric.endswith("_per_type")]
        main = [metric for metric, weight in score_weights.items() if weight]
        #: The metric that ranks, if it is one alone
        self.ranking = main[0] if len(main) == 1 else None
        decides = {self.ranking, *monitored}
        shown = [
            metric
            for metric in self.known
            if metric in decides or score_weights[metric] is not None or is_loss(metric)
        ]
        self.percent = all((score_weights[metric] or 0) > 0 and is_share(metric) for metric in main)
        self.metrics: list[str] = []
        self.columns = [*self.BASE]
        room = WIDTH - self._width([*self.BASE, self.BEST])
        # what ranks must be seen, and what the training goes by
        for metric in sorted(shown, key=lambda m: (m != self.ranking, m not in decides, _place(m))):
            column = _short(metric), max(len(_short(metric)), 5)
            needed = self._width([column]) + self.SPACING
            sole = self.ranking in (metric, *self.metrics)
            kept = 0 if sole else self.SCORE[1] + self.SPACING
            if needed + kept <= room:
                room -= needed
                self.metrics.append(metric)
        self.metrics.sort(key=lambda m: (not is_loss(m), shown.index(m)))
        self.columns += [(_short(m), max(len(_short(m)), 5)) for m in self.metrics]
        # the same number is not shown twice
        self.has_score = self.ranking not in self.metrics
        self.columns += [self.SCORE, self.BEST] if self.has_score else [self.BEST]

    @property
    def share(self) -> str | None:
        """RETURNS (str | None): The metric in [0, 1] that says best what a training is worth."""
        if "ents_f" in self.known:
            return "ents_f"
        return self.ranking if self.ranking and is_share(self.ranking) else None

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
        cells += [show(scores[metric], percent=is_share(metric)) for metric in self.metrics]
        if self.has_score:
            cells.append(show(evaluation["score"], percent=self.percent))
        return self._row([*cells, "*" if evaluation["best"] else ""])

    def score(self, evaluation: Mapping[str, Any]) -> str:
        """RETURNS (str): What an evaluation is ranked by, with its name."""
        if self.ranking is None:
            return f"SCORE {show(evaluation['score'], percent=self.percent)}"
        value = evaluation["scores"].get(self.ranking)
        return f"{_short(self.ranking)} {show(value, percent=is_share(self.ranking))}"

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


def _place(metric: str) -> int:
    """What is left out first where there is no room: losses are shown wherever they are, but for
    what calibration makes of them."""
    if metric.startswith(REFINED):
        return 2
    return 0 if is_loss(metric) else 1
