"""What the charts of a training's page are drawn from."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from adaptive_spacy.report.style import PHASE_NAMES
from adaptive_spacy.report.training_title import counted, unit_of
from adaptive_spacy.training.history import Evaluation, stretches

#: Digits of a number that a chart is drawn from
DIGITS = 6
HEADER = ("Epoch", "Update", "Phase", "Learning rate", "Training loss", "Dev loss", "F1", "P", "R")

Value = Callable[[Evaluation], float | None]


def describe_charts(history: Sequence[Evaluation]) -> dict[str, Any]:
    """Make what the page's script reads.

    history (Sequence[Evaluation]): At least one evaluation.
    RETURNS (dict): "unit"; "x", rounds; by series a value or None per evaluation; "phase" of each,
        "phases" as [phase, start, end, name], "names" of phases; "columns" of what is said of an
        evaluation, as [name, series, format]; "charts", each with "title", "format", "series",
        "marks" and "describe", a sentence for who cannot see it.
    """
    # the evaluation at step 0 has seen one batch, and is no round
    shown = [one for one in history if one.step > 0] or list(history)
    unit = unit_of(history)
    score, form, value = _score(shown)
    found: dict[str, Any] = {
        "unit": unit,
        "x": [_rounded(one.round) for one in shown],
        "rate": [_rounded(one.rate) for one in shown],
        "train": [_rounded(one.train_loss) for one in shown],
        "dev": [_rounded(one.dev_loss) for one in shown],
        "score": [_rounded(value(one)) for one in shown],
        "phase": [one.phase for one in shown],
        "phases": [
            [one.phase, _rounded(one.start), _rounded(one.end), PHASE_NAMES[one.phase]]
            for one in stretches(history)
        ],
        "names": PHASE_NAMES,
        "columns": [
            ["learning rate", "rate", "number"],
            ["training loss", "train", "number"],
            ["dev loss", "dev", "number"],
            [score, "score", form],
        ],
    }
    low = _extreme(found, "dev", min)
    high = _extreme(found, "score", max)
    lowest = [] if low is None else [_mark(found, "dev", low, "lowest", "number", unit)]
    best = [] if high is None else [_mark(found, "score", high, "highest", form, unit)]
    found["charts"] = {
        "rate": _chart("Learning rate", [("learning rate", "rate", "black")], names=True),
        "loss": _chart(
            "Loss",
            [("training", "train", "blue"), ("dev", "dev", "red")],
            marks=lowest,
        ),
        "score": _chart(
            f"{score} on dev", [(score, "score", "red")], form=form, marks=best, last=True
        ),
    }
    for chart in found["charts"].values():
        chart["describe"] = describe(found, chart)
    return found


def list_evaluations(history: Sequence[Evaluation]) -> list[list[str]]:
    """RETURNS (list[list[str]]): A text per column of `HEADER`."""
    return [
        [
            counted(round(one.round, 2)),
            f"{one.step:,}",
            PHASE_NAMES.get(one.phase or "", "–"),
            _number(one.rate),
            _number(one.train_loss),
            _number(one.dev_loss),
            *(_percent(share) for share in (one.f, one.p, one.r)),
        ]
        for one in history
    ]


def describe(found: dict[str, Any], chart: dict[str, Any]) -> str:
    """RETURNS (str): A chart in a sentence."""
    said = []
    for line in chart["series"]:
        known = [one for one in found[line["key"]] if one is not None]
        if known:
            said.append(f"{line['name']} from {known[0]:g} to {known[-1]:g}")
    marks = [mark["text"] for mark in chart["marks"]]
    return f"{chart['title']}: {'; '.join([*said, *marks]) or 'not recorded'}. Arrow keys read it."


def _score(history: Sequence[Evaluation]) -> tuple[str, str, Value]:
    if any(one.f is not None for one in history):
        return "F1", "percent", lambda one: None if one.f is None else 100 * one.f
    return "score", "number", lambda one: one.score


def _chart(
    title: str,
    series: Sequence[tuple[str, str, str]],
    *,
    form: str = "number",
    marks: Sequence[dict[str, Any]] = (),
    names: bool = False,
    last: bool = False,
) -> dict[str, Any]:
    keys = ("name", "key", "colour")
    return {
        "title": title,
        "series": [dict(zip(keys, one, strict=True)) for one in series],
        "format": form,
        "marks": list(marks),
        "names": names,
        "last": last,
    }


def _extreme(found: dict[str, Any], key: str, pick: Callable[[list[float]], float]) -> int | None:
    known = [one for one in found[key] if one is not None]
    if not known:
        return None
    value = pick(known)
    places = [i for i, one in enumerate(found[key]) if one == value]
    # of equal losses the first, from which the phases count; of equal scores the one that is kept
    return places[0] if pick is min else places[-1]


def _mark(
    found: dict[str, Any], key: str, place: int, word: str, form: str, unit: str
) -> dict[str, Any]:
    x, y = found["x"][place], found[key][place]
    value = f"{y:.1f} %" if form == "percent" else f"{y:.3g}"
    text = f"{word} {value}, {unit} {counted(round(x, 1))}"
    return {"x": x, "y": y, "text": text, "colour": "red"}


def _rounded(number: float | None) -> float | None:
    if number is None or not math.isfinite(number):
        return None
    return float(f"{number:.{DIGITS}g}")


def _number(number: float | None) -> str:
    return "–" if number is None else f"{number:.3g}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}"
