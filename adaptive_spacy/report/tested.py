"""Which trainings of a sweep were tested on the same sentences.

A test set that was corrected keeps its name. Until the sweep has trained again what was tested on
the one of before, its records lie beside the new ones, and no two of them can be compared sentence
by sentence, nor the scores of two averaged.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from adaptive_spacy.experiments.records import Record
from adaptive_spacy.printable import listed
from adaptive_spacy.report.comparison_runs import describe_seeds, read_job


class Tested(NamedTuple):
    """Trainings. newest (list[Record]): Those with the test set of the one of their data set that
    ended last. older (list[Record]): The others."""

    newest: list[Record]
    older: list[Record]


def divide_by_tests(records: Iterable[Record]) -> Tested:
    """RETURNS (Tested): The records of trainings, in the order in which they ended."""
    ended = sorted(records, key=lambda one: str(one["finished"]))
    last = {one["job"]["dataset"]: _tell_test(one) for one in ended}
    found = Tested([], [])
    for one in ended:
        is_last = _is_same(_tell_test(one), last[one["job"]["dataset"]])
        (found.newest if is_last else found.older).append(one)
    return found


def describe_older(older: Iterable[Record]) -> Iterator[str]:
    """YIELDS (str): What is left out for its test set, and how to have it: a sentence for each data
    set."""
    datasets = defaultdict(list)
    for job in map(read_job, older):
        datasets[job.dataset].append(job)
    for dataset, jobs in sorted(datasets.items()):
        seeds: dict[float, set[int]] = defaultdict(set)
        for job in jobs:
            seeds[job.size].add(job.seed)
        places = "; ".join(describe_seeds(size, [*own]) for size, own in sorted(seeds.items()))
        several = "trainings" if len(jobs) > 1 else "training"
        yield (
            f"Left out: {dataset}: {len(jobs)} {several} of "
            f"{listed(sorted({job.approach for job in jobs}))} with another test set than the "
            f"newest: {places}. `adaptive-spacy sweep` with their grid trains them again."
        )


def _tell_test(record: Record) -> tuple[str, int | None]:
    """RETURNS (tuple): What tells a training's test set from others: its content, and how many
    sentences it has, as what others recorded need not name the content; None: nor the number."""
    data = record["definition"].get("data")
    content = json.dumps(data.get("test") if isinstance(data, dict) else data, sort_keys=True)
    if sentences := record.get("sentences"):
        return content, len(next(iter(sentences["checkpoints"].values()))["tp"])
    return content, (record["data"].get("test") or {}).get("sentences")


def _is_same(one: tuple[str, int | None], other: tuple[str, int | None]) -> bool:
    """RETURNS (bool): Whether two test sets are one, as far as it is known."""
    return one[0] == other[0] and (one[1] == other[1] or None in (one[1], other[1]))
