"""How long to train on all labels of a job: as the folds of `adaptive-spacy crossfit` find it, one
after the other in the job's own process and folder."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import spacy
from spacy.tokens import Doc, DocBin

from adaptive_spacy.experiments.courses import Course, require_end
from adaptive_spacy.experiments.expectation import Expectation, expect_scores
from adaptive_spacy.experiments.fold_outcomes import (
    FOLDS,
    agree_on,
    join_predictions,
    locate_folds,
    pair,
    summarize_fold,
)
from adaptive_spacy.experiments.folds import divide, fold_names, write_folds
from adaptive_spacy.experiments.inputs import hash_inputs, require_same
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import Record, read_record, write_record


class Found(NamedTuple):
    """course (Course): Of the training on all labels. folds (list[dict]): What crossfit.json says
    of each. expected (Expectation): Scores of what each predicted for its own part. earlier
    (float): Seconds of those that had been trained before."""

    course: Course
    folds: list[dict[str, Any]]
    expected: Expectation
    earlier: float


def find_course(
    job: Job, labelled: Path, folder: Path, train: Callable[[Job, Path], Record]
) -> Found:
    """Train the folds that have no record yet, or one of a failure: the job is run again for that.

    job (Job): A job with `folds`, whose config nobody changes meanwhile: see `keep_config`.
    labelled (Path): Its labelled sentences.
    folder (Path): The job's; gets `folds`.
    train (Callable): Runs a fold, a job as well, in a folder.
    RETURNS (Found): What they found.
    RAISES (ValueError): If the labels cannot be divided so, a fold's training failed, or what the
        folds read became another meanwhile.
    """
    assert job.folds is not None
    docs = _read(labelled, job.lang)
    assigned = divide(docs, job.folds, job.seed)
    corpora = [folder / FOLDS / "corpora" / name for name in fold_names(len(set(assigned)))]
    write_folds(docs, assigned, corpora)
    folds = [
        replace(job, dataset=corpus.name, corpus=str(corpus), labels=None, dev=None, folds=None)
        for corpus in corpora
    ]
    for fold in folds:
        require_end(fold)
    inputs, places = hash_inputs(folds), locate_folds(folds, folder)
    found, earlier = [], 0.0
    for fold, place in zip(folds, places, strict=True):
        record = read_record(place)
        if record is None or record["status"] != "done":
            record = train(fold, place)
            write_record(place, record)
        else:
            earlier += record["seconds"]
        # first of all: it may be why a training failed
        require_same(inputs, hash_inputs(folds))
        if record["status"] != "done":
            raise ValueError(f"{fold.dataset}: {record['reason']}")
        found.append(summarize_fold(fold, place, record))
    held_out = join_predictions(places, assigned, job.lang)
    expected = expect_scores(pair(held_out, docs), len(folds))
    return Found(agree_on(found), found, expected, earlier)


def _read(path: Path, lang: str) -> list[Doc]:
    return list(DocBin().from_disk(path).get_docs(spacy.blank(lang).vocab))
