"""A sweep before it runs: its jobs and what they will cost."""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from wasabi import table

from adaptive_spacy.data.spacy_files import holds_docs
from adaptive_spacy.experiments.cost import Cost, expect, seconds_per_pass
from adaptive_spacy.experiments.job import Job, locate_splits
from adaptive_spacy.experiments.records import Record
from adaptive_spacy.experiments.runner import Queue

HEADER = (
    "Data set",
    "Model",
    "Size",
    "Approach",
    "Seeds",
    "To run",
    "Epochs",
    "Tokens (k)",
    "Time",
)


@dataclass(frozen=True)
class Group:
    """The jobs of one cell and approach.

    jobs (list[Job]): All of them. left (int): Those without a record.
    cost (Cost | None): Of one job; None: its corpus is not there yet.
    speed (float | None): Seconds per pass of a token; None: never measured.
    """

    jobs: list[Job]
    left: int
    cost: Cost | None
    speed: float | None

    @property
    def updates(self) -> float:
        """RETURNS (float): Tokens that are still to be learnt from, as far as is known."""
        return self.left * self.cost.updates if self.cost else 0.0

    @property
    def seconds(self) -> float | None:
        """RETURNS (float | None): What is left takes so long; None: not known."""
        if not self.cost or not self.speed:
            return None
        return self.left * self.cost.passes * self.speed

    def cells(self) -> tuple[str, ...]:
        """RETURNS (tuple[str, ...]): What `HEADER` says."""
        dataset, model, share = self.jobs[0].cell
        return (
            dataset,
            model,
            f"{share:g}",
            self.jobs[0].approach,
            ", ".join(str(one.seed) for one in self.jobs),
            f"{self.left} of {len(self.jobs)}",
            _epochs(self.cost),
            f"{self.cost.updates / 1000:.0f}" if self.cost else "?",
            _duration(self.seconds),
        )


def describe_plan(
    jobs: Sequence[Job],
    records: Sequence[Record],
    *,
    side_by_side: int,
    retry_failed: bool = False,
) -> str:
    """Describe the jobs of a grid, a row per cell and approach.

    jobs (Sequence[Job]): The jobs.
    records (Sequence[Record]): What the output folder holds: jobs that need not run, and how long
        they took.
    side_by_side (int): Jobs at a time.
    retry_failed (bool): Whether jobs that failed are run again.
    RETURNS (str): A table and a summary. Tokens are those that are learnt from, in thousands.
    """
    rows = group_jobs(jobs, records, left=find_left(jobs, records, retry_failed=retry_failed))
    left = sum(row.left for row in rows)
    lines = [
        table(
            [row.cells() for row in rows],
            header=HEADER,
            divider=True,
            aligns=("l",) * 5 + ("r",) * 4,
        ),
        f"{len(jobs)} jobs, {len(jobs) - left} with a record, {left} to run; about "
        f"{sum(row.updates for row in rows) / 1e6:.1f} million token updates",
    ]
    if any(row.left and row.cost and not row.cost.known for row in rows):
        lines.append(
            "~ the schedule decides; an estimate from the records, or 20 rounds where none tells, "
            "and no fewer updates than its least"
        )
    if not all(row.cost for row in rows):
        lines.append("? the corpus is not there yet, so its cost is not known")
    if left:
        lines.append(_describe_time([row.seconds for row in rows if row.left], side_by_side))
    return "\n".join(lines)


def find_left(
    jobs: Sequence[Job], records: Sequence[Record], *, retry_failed: bool = False
) -> set[object]:
    """RETURNS (set): Keys of the jobs that lack a record. One of the same key does not count if it
    is of another config, of other files or of an earlier version, as a sweep would see."""
    found = {
        record["id"]: record
        for record in records
        if not (retry_failed and record["status"] == "failed")
    }
    queue = Queue(jobs)
    left: set[object] = {job.key for job in jobs}
    while (job := queue.take()) is not None:
        # one without its corpus is no job yet
        if job.has_files() and (record := found.get(job.identity())) is not None:
            queue.settle(job, record)
            left.remove(job.key)
    return left


def group_jobs(
    jobs: Sequence[Job], records: Sequence[Record], *, left: Container[object]
) -> list[Group]:
    """RETURNS (list[Group]): The jobs by cell and approach, in their order."""
    speeds = seconds_per_pass(records)
    sizes = {corpus: count_tokens(corpus) for corpus in {job.corpus for job in jobs}}
    groups: dict[object, list[Job]] = defaultdict(list)
    for job in jobs:
        groups[job.cell, job.approach].append(job)
    rows = []
    for group in groups.values():
        first = group[0]
        size = sizes[first.corpus]
        rows.append(
            Group(
                group,
                left=sum(one.key in left for one in group),
                cost=expect(first, size, records) if size else None,
                speed=speeds.get((first.model, first.threads)),
            )
        )
    return rows


def count_tokens(corpus: str) -> Mapping[str, float] | None:
    """RETURNS (Mapping | None): Tokens by split; None if one is missing."""
    paths = locate_splits(corpus)
    if not all(map(holds_docs, paths.values())):
        return None
    from adaptive_spacy.experiments.run_job import count_corpus

    return {split: float(count_corpus(path)["tokens"]) for split, path in paths.items()}


def _describe_time(seconds: list[float | None], side_by_side: int) -> str:
    known = [one for one in seconds if one is not None]
    if len(known) < len(seconds):
        return "no time yet: it is estimated from records of the same model and threads"
    return f"about {_duration(sum(known) / side_by_side)} with {side_by_side} at a time"


def _epochs(cost: Cost | None) -> str:
    return "?" if cost is None else f"{'' if cost.known else '~'}{cost.epochs:.3g}"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "?"
    if seconds < 3600:
        return f"{seconds / 60:.1f} min"
    return f"{seconds / 3600:.1f} h"
