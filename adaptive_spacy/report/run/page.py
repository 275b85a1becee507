"""The page of one training, put together and written."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from thinc.api import Config

from adaptive_spacy.experiments.predictions import (
    CHECKPOINTS,
    DEV,
    HELD_OUT,
    Predictions,
    is_crossfit,
    predict_corpus,
    read_checkpoint_config,
    read_held_out,
)
from adaptive_spacy.experiments.suspects import rank_suspects
from adaptive_spacy.printable import one_line, visible
from adaptive_spacy.report.html import Refresh, render, write_page
from adaptive_spacy.report.run.charts import HEADER, describe_charts, list_evaluations
from adaptive_spacy.report.run.curve import describe_curve, read_curve
from adaptive_spacy.report.run.facts import (
    DIGITS,
    Split,
    count,
    count_file,
    count_splits,
    list_hashes,
    list_versions,
    settings_of,
)
from adaptive_spacy.report.run.outlook import describe_expectation, describe_kind, describe_need
from adaptive_spacy.report.run.passages import choose, find_all, read_documents, show
from adaptive_spacy.report.run.reliability import describe_reliability
from adaptive_spacy.report.run.scores import measure
from adaptive_spacy.report.run.story import (
    TAKE_BEST,
    TAKE_NONE,
    describe_choice,
    describe_end,
    describe_lack,
    has_checkpoint,
    is_whole,
)
from adaptive_spacy.report.training_title import counted
from adaptive_spacy.serving.facts import find_whole, states_scores
from adaptive_spacy.training.errors import KINDS, RIGHT, count_errors
from adaptive_spacy.training.history import HISTORY, Evaluation
from adaptive_spacy.training.running import read_current
from adaptive_spacy.training.seqeval_report import ScoredSentence

PAGE = "report.html"
#: Labels that deserve a second look
SUSPECTS = 20
UNKNOWN = (
    "Not known: neither the dev set nor a test set beside it is where the config says, in .spacy "
    "files and annotated. Name annotated sentences that it did not learn from (--corpus)."
)
NAMES = {
    RIGHT: "right",
    "type": "wrong type",
    "boundary": "wrong boundary",
    "both": "both wrong",
    "missed": "missed",
    "spurious": "spurious",
}
MEANINGS = {
    RIGHT: "the same words under the same type",
    "type": "the same words under another type",
    "boundary": "some of the same words under the same type",
    "both": "some of the same words under another type",
    "missed": "annotated, and no prediction is left for it",
    "spurious": "predicted, and no annotation is left for it",
}


def write_run(
    training: Path,
    output: Path | None = None,
    *,
    select: str = "last",
    corpus: Path | None = None,
    gpu_id: int = -1,
    curve: Path | None = None,
) -> tuple[Path, list[str]]:
    """Write the page of a training. Its model predicts the test set once, if there is one yet.

    training (Path): Output folder of a training, finished or not, or of `crossfit`.
    output (Path | None): The file, or a folder that gets `report.html`; None: the training's.
    select (str): The checkpoint that ships, "last" or "best".
    corpus (Path | None): Annotated sentences that it was not trained on; see `predict_corpus`.
    gpu_id (int): Number of the GPU; -1: the processor.
    curve (Path | None): Records of trainings on parts of the labels, see `read_curve`.
    RETURNS (tuple): The file, and the summary in lines.
    RAISES (ValueError): If the history or the corpus cannot be read, or a training that runs has no
        evaluation yet.
    """
    if select not in CHECKPOINTS:
        raise ValueError(f"--select: expected one of {', '.join(CHECKPOINTS)}, got {select}")
    history, running = read_current(training)
    place = output or training
    path = place if place.suffix == ".html" else place / PAGE
    learning = None
    if curve is not None:
        config = read_checkpoint_config(training, select)
        learning = describe_curve(*read_curve(curve, config))
    found = predict_run(training, history, select=select, corpus=corpus, gpu_id=gpu_id)
    page, lines = make_run(
        training, history, found, select=select, running=running, learning=learning
    )
    write_page(page, path)
    return path, lines


def predict_run(
    training: Path,
    history: Sequence[Evaluation],
    *,
    select: str = "last",
    corpus: Path | None = None,
    gpu_id: int = -1,
) -> Predictions | None:
    """RETURNS (Predictions | None): What the page of a training is about; None: nothing yet, or of
    a training that finds no entities. See `write_run`."""
    if is_crossfit(training) and corpus is None:
        return read_held_out(training)
    if corpus is not None or any(one.f is not None for one in history):
        return predict_corpus(training, select=select, corpus=corpus, gpu_id=gpu_id)
    return None


def _read_last(training: Path) -> tuple[bool, bool]:
    """RETURNS (tuple[bool, bool]): Whether the last model has learnt from dev too, as that of refit
    and crossfit, and whether the last evaluation is of it."""
    model = training / CHECKPOINTS["last"]
    try:
        return bool(find_whole(model)), states_scores(model)
    except ValueError:
        # damaged, or half-written: who loads it will say so
        return False, True


def make_run(
    training: Path,
    history: list[Evaluation],
    found: Predictions | None,
    *,
    select: str = "last",
    running: bool | None = None,
    refresh: Refresh | None = None,
    learning: Mapping[str, Any] | None = None,
) -> tuple[str, list[str]]:
    """Make the page of a training.

    found (Predictions | None): What its model predicted; None: nothing yet.
    running (bool | None): Whether it runs; None: not known.
    refresh (Refresh | None): For a page that is served anew while the training runs.
    learning (dict | None): What more labels may bring, see `describe_curve`.
    RETURNS (tuple): HTML, and the summary in lines.
    """
    config = read_checkpoint_config(training, select)
    splits = _splits(config, found)
    learnt: Mapping[str, int] = splits["train"].types if "train" in splits else {}
    told: list[dict[str, Any]] = []
    values: dict[str, Any] = {"scores": None}
    if found is not None:
        told, values = _of_predictions(found, learnt)
    elif config is not None and refresh is None and any(one.f is not None for one in history):
        told = [_line("What to expect", UNKNOWN)]
    of_all, scored_last = _read_last(training)
    seen = of_all or (found is not None and found.role == HELD_OUT)
    if config is None and not running and not seen:
        choice = describe_lack(training, select)
    else:
        choice = describe_choice(
            history,
            select,
            seen=seen,
            whole=is_whole(config, history),
            running=bool(running),
            scored_last=scored_last,
            has_best=has_checkpoint(training, "best"),
        )
    summary = [
        _line(
            "Where it stands" if running else "Why it stopped",
            describe_end(config, history, running=running),
        ),
        _line("What ships", choice),
        *told,
    ]
    if learning is not None:
        summary.append(_line("What twice the labels may bring", learning["text"]))
    chart = describe_charts(history)
    model = training / CHECKPOINTS[select]
    page = render(
        "run.html",
        **{"examples": None, "reliability": None, "suspects": None, **values},
        title=f"Training {visible(training.resolve().name)}",
        about=_about(training, None if config is None else model, running=running),
        refresh=refresh,
        summary=summary,
        chart=chart,
        learning=learning,
        phases=[
            {"name": name, "start": counted(start), "end": counted(end)}
            for _, start, end, name in chart["phases"]
            if end > start
        ],
        rows=list_evaluations(history),
        row_header=HEADER,
        splits=splits,
        data_types=sorted({name for one in splits.values() for name in one.types}),
        learnt=learnt,
        facts=[(visible(name), visible(value)) for name, value in _facts(training, config, model)],
        digits=DIGITS,
        config=visible(config.to_str()) if config is not None else None,
    )
    return page, [f"{line['about']}: {line['text']}" for line in summary]


def _line(about: str, text: str) -> dict[str, Any]:
    return {"about": about, "text": text, "warn": text.startswith((TAKE_BEST, TAKE_NONE))}


def _of_predictions(
    found: Predictions, learnt: Mapping[str, int]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """RETURNS (tuple): Lines of the summary, and values of the template."""
    documents = read_documents(found.examples)
    findings = find_all(documents)
    whole, scores = measure(findings, len(documents), found.folds)
    errors = count_errors(ScoredSentence(len(one.words), one.gold, one.found) for one in documents)
    names = _names([one.name for one in scores])
    kinds = {kind: NAMES[kind] for kind in (RIGHT, *KINDS)}
    cells = errors["per_type"].items()
    summary = [
        _line("What to expect", describe_expectation(found, whole, len(documents))),
        _line("What would help most", describe_need(scores, whole, learnt, errors)),
        *(_line("What goes wrong", text) for text in describe_kind(errors)),
    ]
    return summary, {
        "role": found.role,
        "told": found.learnt,
        "others": "sentences" if found.folds is None else "sentences and labels to learn from",
        "reliability": describe_reliability(findings, found.metrics.get("confidence")),
        "suspects": rank_suspects(found.examples)[:SUSPECTS],
        "whole": whole,
        "scores": scores,
        "names": names,
        "errors": errors,
        "kinds": kinds,
        "meanings": MEANINGS,
        "right": RIGHT,
        "worst": max([row[kind] for _, row in cells for kind in KINDS], default=0) or 1,
        "examples": {
            **show(documents, choose(findings)),
            "types": list(names.values()),
            "names": kinds,
            # what is shown when it is asked for
            "quiet": [RIGHT],
            "sides": ["annotated", "predicted"],
            "counts": [
                [kind, names[name], row[kind]] for name, row in cells for kind in kinds if row[kind]
            ],
        },
    }


def _names(types: list[str]) -> dict[str, str]:
    """RETURNS (dict[str, str]): Types as they are shown."""
    return {name: one_line(name) for name in types}


def _splits(config: Config | None, found: Predictions | None) -> dict[str, Split]:
    if found is not None and found.role == HELD_OUT:
        # the config of the last training has all labels as train and as dev
        return {"train": count_file(found.corpus)}
    splits = count_splits(config)
    if found is not None and found.role != DEV:
        splits["test"] = count(eg.reference for eg in found.examples)
    return splits


def _about(training: Path, model: Path | None, *, running: bool | None) -> str:
    changed = datetime.fromtimestamp((training / HISTORY).stat().st_mtime, tz=UTC)
    of = "A" if model is None else f"{model.name} of a"
    seen = "runs, last evaluated" if running else "ended or was last seen"
    return f"{of} training that {seen} {changed:%Y-%m-%d %H:%M} UTC"


def _facts(training: Path, config: Config | None, model: Path) -> Iterator[tuple[str, str]]:
    yield from settings_of(config).items()
    yield from list_versions().items()
    yield from list_hashes(training, config, model).items()
