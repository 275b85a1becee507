"""What a comparison needs of the records of a sweep."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import RULES, Record, stop_of
from adaptive_spacy.printable import one_line


@dataclass(frozen=True)
class Run:
    """One training that came to its end.

    job (Job): What was run.
    f1 (dict[str, float]): Test F1 in percent, by selection rule.
    epochs (float), updates (int), seconds (float): Its length, tokens learnt from, and duration.
    sentences (int): Of the training set.
    history (list[dict]): One row per evaluation.
    dev_f1 (dict[str, float]): Dev F1 of the checkpoint in percent, by selection rule.
    types (dict[str, dict]): Test scores by selection rule and type, as records hold them; empty of
        a record without.
    """

    job: Job
    f1: dict[str, float]
    epochs: float
    updates: int
    seconds: float
    sentences: int
    history: list[dict[str, Any]]
    dev_f1: dict[str, float]
    types: dict[str, dict[str, dict[str, Any]]]

    @property
    def data(self) -> tuple[str, str]:
        """RETURNS (tuple): Names of data set and model."""
        return self.job.dataset, self.job.model


def newest(records: Iterable[Record]) -> list[Record]:
    """RETURNS (list[dict]): Of the records of the same job by its names, the one that ended last: a
    changed config or another number of seeds makes another job of it."""
    latest: dict[tuple[object, ...], Record] = {}
    for record in sorted(records, key=lambda one: str(one["finished"])):
        latest[Job(**record["job"]).key] = record
    return list(latest.values())


def read_run(record: Record) -> Run:
    """RETURNS (Run): What the comparison needs of a record. A rule that picks nothing, for want of
    a loss, gives the last checkpoint."""
    results = {rule: record["results"][rule] or record["results"]["last"] for rule in RULES}
    last = stop_of(record)
    return Run(
        job=read_job(record),
        f1={rule: 100 * (one["test"]["f1"] or 0.0) for rule, one in results.items()},
        epochs=last,
        updates=record["token_updates"],
        seconds=record["seconds"],
        sentences=record["data"]["train"]["sentences"],
        history=record["history"],
        dev_f1={rule: 100 * (one["dev_f1"] or 0.0) for rule, one in results.items()},
        types={rule: one["test"].get("per_type") or {} for rule, one in results.items()},
    )


def read_job(record: Record) -> Job:
    """RETURNS (Job): A record's job, whose names are fit to be shown: anyone may have made it."""
    job = Job(**record["job"])
    return replace(
        job,
        dataset=one_line(job.dataset),
        model=one_line(job.model),
        approach=one_line(job.approach),
    )


def describe_seeds(size: float, seeds: Sequence[int]) -> str:
    """RETURNS (str): Which trainings of a share, or of a number of labels, are meant."""
    place = f"share {size:g}" if size <= 1 else f"{size:g} labels"
    several = "s" if len(seeds) > 1 else ""
    return f"seed{several} {', '.join(str(one) for one in sorted(seeds))} of {place}"
