"""Approaches compared over the records of a sweep: tables and tests, as data and as Markdown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import RECORD, RULES, Record, read_records
from adaptive_spacy.experiments.statistics import (
    PairedTest,
    Summary,
    adjust,
    paired_interval,
    paired_test,
    summarize,
)
from adaptive_spacy.printable import one_line
from adaptive_spacy.report.comparison_runs import Run, newest, read_job, read_run
from adaptive_spacy.report.mixed import list_contents, list_settings, list_versions
from adaptive_spacy.report.tested import divide_by_tests

#: What others are tested against, unless a grid's folds are there to replace a dev set
REFERENCE = "adaptive"
RULE_NAMES = {"best_loss": "best loss", "best_f1": "best dev F1", "last": "last"}


class Row(NamedTuple):
    """An approach in a cell: data set, model and share or labels.

    fraction (float): The share, or how many labels, as `Job.size`.
    sentences (int): Of the training set.
    seeds (list[int]): The seeds of its runs.
    f1 (dict[str, Summary]): By selection rule, in percent.
    """

    dataset: str
    model: str
    fraction: float
    approach: str
    sentences: int
    seeds: list[int]
    f1: dict[str, Summary]
    epochs: Summary
    updates: Summary
    seconds: Summary

    @property
    def size(self) -> float:
        """RETURNS (float): Sentences that the approach was given: those of the training set, or
        the labels that it divided itself."""
        return self.fraction if self.fraction > 1 else self.sentences


class Contrast(NamedTuple):
    """The reference against another approach, under one selection rule.

    fraction (float | None): The share; None: all of them together.
    p (float | None): Adjusted for the tests of the same data and rule; None: too few pairs.
    interval (tuple[float, float] | None): Of the difference at 95 %, not adjusted; None of a pair.
    """

    dataset: str
    model: str
    rule: str
    fraction: float | None
    reference: str
    approach: str
    test: PairedTest
    p: float | None
    interval: tuple[float, float] | None

    @property
    def verdict(self) -> str:
        """RETURNS (str): What it says of the reference."""
        return self.test.verdict(self.p)


@dataclass(frozen=True)
class Comparison:
    """All that a report tells.

    reference (str): The approach that others are tested against.
    runs (list[Run]): Finished trainings, those of a data set with the same test set.
    rows (list[Row]), contrasts (list[Contrast]): The tables. Numbers of labels have no contrasts:
        `answer_budget` tests those.
    failed (list[Record]): Of jobs that failed.
    older (list[Record]): Of finished ones that are left out, as their test set is another one than
        that of the newest.
    superseded (int): Older definitions of jobs, whose records are left out.
    unfinished (list[str]): Folders without a record: running or interrupted.
    versions (dict[str, list[str]]): Packages, with all versions that the runs used.
    contents (list[str]): Names that stand for several contents, such as "data set news".
    settings (dict[str, list[str]]): Approaches whose name stands for several, with what differs.
    ended (tuple[str, str]): When the first and the last of the runs ended, in UTC.
    """

    reference: str
    runs: list[Run]
    rows: list[Row]
    contrasts: list[Contrast]
    failed: list[Record]
    older: list[Record]
    superseded: int
    unfinished: list[str]
    versions: dict[str, list[str]]
    contents: list[str]
    settings: dict[str, list[str]]
    ended: tuple[str, str]

    @property
    def by_labels(self) -> bool:
        """RETURNS (bool): Whether trainings are of numbers of labels, not of shares of the data."""
        return any(run.job.labels is not None for run in self.runs)

    @property
    def approaches(self) -> list[str]:
        """RETURNS (list[str]): In the order of the tables."""
        return list(dict.fromkeys(row.approach for row in self.rows))

    @property
    def data(self) -> list[tuple[str, str]]:
        """RETURNS (list[tuple]): Pairs of data set and model."""
        return list(dict.fromkeys((row.dataset, row.model) for row in self.rows))


def compare(output: Path, *, reference: str | None = None) -> Comparison:
    """Read the records of a sweep and compare the approaches.

    output (Path): Output folder of the sweep.
    reference (str | None): The approach that the others are tested against; None: the one with
        folds, or `REFERENCE`.
    RETURNS (Comparison): The comparison.
    RAISES (ValueError): If there is no finished job, or no such approach.
    """
    records = read_records(output)
    current = newest(records)
    done = [record for record in current if record["status"] == "done"]
    if not done:
        raise ValueError(
            f"{output}: expected records of finished jobs, found {len(records)} records, none of "
            "them finished; `adaptive-spacy sweep` makes them. A training has history.jsonl in its "
            "place, from its first evaluation on"
        )
    jobs = sorted(map(read_job, done), key=_place)
    approaches = sorted({job.approach for job in jobs})
    if reference is not None and reference not in approaches:
        raise ValueError(
            f"--reference: expected an approach of {output}, which has {', '.join(approaches)}; "
            f"got {reference}"
        )
    tested, older = divide_by_tests(done)
    runs = sorted(map(read_run, tested), key=lambda run: _place(run.job))
    shares = [run for run in runs if run.job.labels is None]
    of_shares = reference or _usual_reference(job for job in jobs if job.labels is None)
    ends = [str(record["finished"]) for record in tested]
    return Comparison(
        reference=reference or _usual_reference(jobs),
        runs=runs,
        rows=list(make_rows(runs)),
        contrasts=list(make_contrasts(shares, of_shares)),
        failed=[record for record in current if record["status"] == "failed"],
        older=older,
        # by identity: of a folder that was copied the definition is the same
        superseded=len({one["id"] for one in records} - {one["id"] for one in current}),
        unfinished=sorted(
            path.parent.name
            for path in output.glob("*/log.txt")
            if not (path.parent / RECORD).exists()
        ),
        versions=list_versions(tested),
        contents=list_contents(tested),
        settings=list_settings(tested),
        ended=(_minute(min(ends)), _minute(max(ends))),
    )


def make_rows(runs: Sequence[Run]) -> Iterator[Row]:
    """YIELDS (Row): One per cell and approach."""
    for place, found in groupby(runs, key=lambda run: _place(run.job)[:4]):
        group = list(found)
        yield Row(
            *place,
            group[0].sentences,
            [run.job.seed for run in group],
            {rule: summarize([run.f1[rule] for run in group]) for rule in RULES},
            summarize([run.epochs for run in group]),
            summarize([run.updates for run in group]),
            summarize([run.seconds for run in group]),
        )


def make_contrasts(runs: Sequence[Run], reference: str) -> Iterator[Contrast]:
    """YIELDS (Contrast): The reference against each other approach, per share and over all."""
    for (dataset, model), found in groupby(runs, key=lambda run: run.data):
        group = list(found)
        others = [one for one in dict.fromkeys(r.job.approach for r in group) if one != reference]
        fractions = list(dict.fromkeys(run.job.size for run in group))
        for rule in RULES:
            places: list[tuple[float | None, str]] = [
                (fraction, other)
                for fraction in ([*fractions, None] if len(fractions) > 1 else fractions)
                for other in others
            ]
            tests = []
            for fraction, other in places:
                pairs = pair(group, reference, other, fraction)
                scores = [a.f1[rule] for a, _ in pairs], [b.f1[rule] for _, b in pairs]
                tests.append((paired_test(*scores), paired_interval(*scores)))
            adjusted = adjust([test for test, _ in tests])
            for place, (test, interval), p in zip(places, tests, adjusted, strict=True):
                if test.pairs:
                    fraction, other = place
                    about = dataset, model, rule, fraction, reference, other
                    yield Contrast(*about, test, p, interval)


def pair(
    runs: Sequence[Run], first: str, second: str, fraction: float | None
) -> list[tuple[Run, Run]]:
    """RETURNS (list[tuple]): Runs of two approaches with the same share and seed."""
    found = {
        (run.job.approach, run.job.size, run.job.seed): run
        for run in runs
        if fraction is None or run.job.size == fraction
    }
    return [
        (run, found[second, share, seed])
        for (approach, share, seed), run in found.items()
        if approach == first and (second, share, seed) in found
    ]


def _usual_reference(jobs: Iterable[Job]) -> str:
    """A sweep need not have it."""
    return next((job.approach for job in jobs if job.folds is not None), REFERENCE)


def _minute(finished: str) -> str:
    """RETURNS (str): The moment of a record, without seconds."""
    return one_line(finished[:16].replace("T", " "))


def _place(job: Job) -> tuple[str, str, float, str, int]:
    return job.dataset, job.model, job.size, job.approach, job.seed
