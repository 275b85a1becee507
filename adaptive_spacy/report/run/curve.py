"""The learning curve of a training's page: what twice the labels may bring."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from thinc.api import Config

from adaptive_spacy.experiments.learning_curve import LearningCurve, Point, fit_curve
from adaptive_spacy.experiments.records import Record, read_records
from adaptive_spacy.experiments.statistics import summarize
from adaptive_spacy.hashing import hash_once
from adaptive_spacy.report.comparison import REFERENCE
from adaptive_spacy.report.comparison_runs import newest, read_job
from adaptive_spacy.report.mixed import (
    describe_mixtures,
    list_contents,
    list_settings,
    list_versions,
)
from adaptive_spacy.report.tested import describe_older, divide_by_tests
from adaptive_spacy.training.known_texts import path_of

GRID = "configs/experiments/curve.yml"
MAKE = f"adaptive-spacy sweep {GRID} --output RECORDS makes them"


def read_curve(records: Path, config: Config | None) -> tuple[str, LearningCurve, list[str]]:
    """Read trainings on parts of the labels, and fit a curve.

    records (Path): Output folder of a sweep over fractions or numbers of labels.
    config (Config | None): Of the training whose page it is for: of several data sets that of its
        own train counts.
    RETURNS (tuple): What was trained, in words, the curve, and what the trainings do not have in
        common, a sentence each.
    RAISES (ValueError): If there are no trainings, or of several kinds.
    """
    done = [one for one in newest(read_records(records)) if one["status"] == "done"]
    if not done:
        raise ValueError(f"--curve: {records}: expected records of finished trainings; {MAKE}")
    own = None if config is None else path_of(config, "train")
    (approach, dataset, model), found = _choose(done, own)
    chosen, older = divide_by_tests(found)
    points: dict[int, list[float]] = defaultdict(list)
    for one in chosen:
        points[_labelled(one)].append(100 * (one["results"]["last"]["test"]["f1"] or 0.0))
    kind = f"{approach} on {dataset} with {model}"
    mixed = describe_mixtures(list_versions(chosen), list_contents(chosen), list_settings(chosen))
    curve = fit_curve([Point(*point) for point in points.items()])
    return kind, curve, [*describe_older(older), *mixed]


def _choose(
    records: Iterable[Record], own: Path | None
) -> tuple[tuple[str, str, str], list[Record]]:
    kinds: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for record in records:
        job = read_job(record)
        kinds[job.approach, job.dataset, job.model].append(record)
    found = {kind: one for kind, one in kinds.items() if kind[0] == REFERENCE} or dict(kinds)
    if len(found) > 1 and own is not None and own.is_file():
        digest = hash_once(own)
        found = {
            kind: one for kind, one in found.items() if any(_learnt_from(r, digest) for r in one)
        } or found
    if len(found) > 1:
        names = "; ".join(" on ".join(kind[:2]) + f" with {kind[2]}" for kind in sorted(found))
        raise ValueError(
            "--curve: expected trainings of one approach, on one data set, with one model, found "
            f"{names}; name a folder that has one of them"
        )
    ((kind, chosen),) = found.items()
    return kind, chosen


def _learnt_from(record: Record, digest: str) -> bool:
    definition = record.get("definition")
    data = definition.get("data") if isinstance(definition, dict) else None
    return isinstance(data, dict) and data.get("train") == digest


def _labelled(record: Record) -> int:
    """RETURNS (int): Sentences that somebody labelled for a training, those of dev too."""
    if record["job"].get("labels") is not None:
        return int(record["job"]["labels"])
    data = record["data"]
    watched = 0 if record["job"]["train_on_dev"] else (data.get("dev") or {}).get("sentences", 0)
    return int(data["train"]["sentences"] + watched)


def describe_forecast(kind: str, curve: LearningCurve) -> str:
    """RETURNS (str): What twice the labels may bring, in words."""
    trained = sum(len(one.f1) for one in curve.points)
    most = curve.points[-1]
    if curve.why:
        return f"What more labels would bring cannot be told: {curve.why} ({kind}). {MAKE}."
    twice = curve.places[-1]
    text = (
        f"With twice the labels, {twice.sentences:,.0f} sentences, F1 {twice.f1:.1f} may be "
        f"expected, between {twice.low:.1f} and {twice.high:.1f} with 95 % confidence: "
        f"{twice.f1 - most.mean:+.1f} beside {most.mean:.1f} with {most.sentences:,}. A power law "
        f"through {trained} trainings of {len(curve.points)} sizes says so ({kind})"
    )
    if curve.check is None:
        return f"{text}; whether it can be trusted that far could not be tried."
    return (
        f"{text}. Tried on what is known: from half the sentences and fewer it foretold "
        f"{curve.check.foretold:.1f} for {most.sentences:,}, and it is {curve.check.measured:.1f}."
    )


def describe_curve(kind: str, curve: LearningCurve, mixed: Sequence[str]) -> dict[str, Any]:
    """What the page shows of `read_curve`.

    RETURNS (dict): "text"; "rows" of the table, each a text per column; "chart", what the page's
    script draws."""
    rows, measured = [], []
    for one in curve.points:
        f1 = summarize(one.f1)
        low, high = (None, None) if f1.error is None else (f1.mean - f1.error, f1.mean + f1.error)
        note = f"{f1.seeds} {'training' if f1.seeds == 1 else 'trainings'}"
        measured.append([one.sentences, *map(_rounded, (f1.mean, low, high)), note])
        spread = "–" if f1.error is None else f"{f1.error:.1f}"
        rows.append([f"{one.sentences:,}", f"{f1.mean:.1f}", spread, str(f1.seeds)])
    series: list[dict[str, Any]] = [
        {"name": "trainings", "colour": 0, "loose": True, "points": measured}
    ]
    if curve.places:
        line = [[_rounded(one.sentences), _rounded(one.f1)] for one in curve.places]
        band = [[_rounded(number) for number in (p[0], *p[2:])] for p in curve.places]
        last = [*map(_rounded, curve.places[-1]), "95 %, of one training"]
        fitted = {"curve": line, "band": band, "points": [last]}
        series.append({"name": "curve, to twice as many", "colour": 1, "dashed": True, **fitted})
    text = " ".join([describe_forecast(kind, curve), *mixed])
    chart = {
        "title": "F1 by labelled sentences",
        "x": "labelled sentences, train and dev",
        "y": "F1 on test",
        "bars": "interval",
        "format": "percent",
        "log": True,
        "describe": f"F1 by labelled sentences. {text}",
        "series": series,
    }
    return {"text": text, "rows": rows, "chart": chart}


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.5g}")
