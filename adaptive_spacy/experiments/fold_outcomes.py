"""What the trainings of the folds came to, joined: their lengths, what each predicted for its own
part, and what that lets expect."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import Doc, DocBin
from spacy.training import Example

from adaptive_spacy.experiments.courses import Course, agree, course_of
from adaptive_spacy.experiments.expectation import expect_scores
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import Record
from adaptive_spacy.experiments.selection import PREDICTIONS
from adaptive_spacy.ner.scorer import TEMPERATURE

#: Folder in the output, with those trainings
FOLDS = "folds"
OUT_OF_FOLD = "out-of-fold.spacy"


def join_folds(
    jobs: Sequence[Job],
    places: Sequence[Path],
    records: Sequence[Record],
    docs: Sequence[Doc],
    assigned: Sequence[int],
    output: Path,
) -> tuple[list[Doc], Record]:
    """Join what the folds came to, each in its place, see `locate_folds`. RETURNS (tuple[list[Doc],
    dict]): What they predicted, in the order of the docs, and what crossfit.json says of them."""
    warn_of_mixture(records, output)
    held_out = join_predictions(places, assigned, jobs[0].lang)
    found = [summarize_fold(*one) for one in zip(jobs, places, records, strict=True)]
    course = agree_on(found)
    return held_out, {
        "folds": found,
        "epochs": course.epochs,
        "halved": list(course.halved),
        "expected": asdict(expect_scores(pair(held_out, docs), len(jobs))),
    }


def locate_folds(jobs: Sequence[Job], output: Path) -> list[Path]:
    """RETURNS (list[Path]): The folder of each fold. What it is called depends on what the fold
    reads, so it is asked for once: that may change while they are trained."""
    return [output / FOLDS / job.folder() for job in jobs]


def summarize_fold(job: Job, place: Path, record: Record) -> dict[str, Any]:
    """RETURNS (dict): What crossfit.json says of a fold, which was trained in its place."""
    course = course_of(job, place)
    return {
        "epochs": course.epochs,
        "halved": list(course.halved),
        "updates": record["updates"],
        "token_updates": record["token_updates"],
        "sentences": {split: record["data"][split]["sentences"] for split in ("train", "dev")},
        "f1": record["results"]["last"]["test"]["f1"],
        **temperatures_of(record["history"][-1]["scores"]),
        "seconds": record["seconds"],
    }


def temperatures_of(scores: Mapping[str, Any]) -> dict[str, Any]:
    """RETURNS (dict): Those of an evaluation: the common one, None without any, and by component
    where there are several."""
    named = {name: one for name, one in scores.items() if name.startswith(f"{TEMPERATURE}_")}
    common = {TEMPERATURE: scores.get(TEMPERATURE)}
    return {**common, **named} if len(named) > 1 else common


def agree_on(folds: Sequence[Mapping[str, Any]]) -> Course:
    """RETURNS (Course): That of the training on all docs, by what crossfit.json says of the
    folds."""
    return agree([Course(one["epochs"], tuple(one["halved"])) for one in folds])


def join_predictions(places: Sequence[Path], assigned: Sequence[int], lang: str) -> list[Doc]:
    """RETURNS (list[Doc]): What each doc's own fold predicted for it, in the order of the docs."""
    vocab = spacy.blank(lang).vocab
    predicted = [DocBin().from_disk(place / PREDICTIONS).get_docs(vocab) for place in places]
    return [next(predicted[fold]) for fold in assigned]


def pair(predicted: Sequence[Doc], docs: Sequence[Doc]) -> list[Example]:
    """RETURNS (list[Example]): Predictions beside what is annotated."""
    return [Example(one, other) for one, other in zip(predicted, docs, strict=True)]


def warn_of_mixture(records: Sequence[Record], output: Path) -> None:
    """Say where the folds were trained by other versions or in another precision than each other,
    as those that were there before an update: they are not parts of one experiment."""
    by_what: dict[str, set[str]] = {}
    for record in records:
        parts = {**record["versions"], "precision": record["precision"]}
        for what, value in parts.items():
            by_what.setdefault(what, set()).add(str(value))
    mixed = [f"{what} {' and '.join(sorted(v))}" for what, v in by_what.items() if len(v) > 1]
    if mixed:
        warnings.warn(
            f"{output / FOLDS}: the folds were not all trained alike ({'; '.join(mixed)}): their "
            "lengths and scores are of several experiments. To train all of them again, give "
            "another --output",
            stacklevel=3,
        )
