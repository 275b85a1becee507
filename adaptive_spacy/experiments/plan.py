"""A sweep before it runs: its jobs and what they will cost."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from wasabi import table

from adaptive_spacy.experiments.cost import Cost, expect, seconds_per_pass
from adaptive_spacy.experiments.job import SPLITS, Job
from adaptive_spacy.experiments.records import Record

HEADER = ("Data set", "Model", "Size", "Approach", "Seeds", "To run", "Epochs", "Updates", "Time")


def describe_plan(jobs: Sequence[Job], records: Sequence[Record], *, side_by_side: int) -> str:
    """Describe the jobs of a grid, a row per cell and approach.

    jobs (Sequence[Job]): The jobs.
    records (Sequence[Record]): What the output folder holds: jobs that need not run, and how long
        they took.
    side_by_side (int): Jobs at a time.
    RETURNS (str): A table and a summary. Updates are tokens that are learnt from, in thousands.
    """
    speeds = seconds_per_pass(records)
    names = {Job(**record["job"]).name for record in records}
    groups: dict[tuple[str, str, float, str], list[Job]] = defaultdict(list)
    for job in jobs:
        groups[(*job.cell, job.approach)].append(job)
    sizes = {corpus: count_tokens(corpus) for corpus in {job.corpus for job in jobs}}
    rows, updates, seconds, open_jobs = [], 0.0, 0.0, 0
    timed = True
    guessed = False
    for (dataset, model, share, approach), group in groups.items():
        job = group[0]
        size = sizes[job.corpus]
        left = [one for one in group if one.name not in names]
        cost = expect(job, size, records) if size else None
        speed = speeds.get((model, job.threads))
        duration = len(left) * cost.passes * speed if cost and speed else None
        if cost:
            updates += len(left) * cost.updates
            guessed |= not cost.known and bool(left)
        seconds += duration or 0.0
        timed &= duration is not None or not left
        open_jobs += len(left)
        rows.append(
            (
                dataset,
                model,
                f"{share:g}",
                approach,
                ", ".join(str(one.seed) for one in group),
                f"{len(left)} of {len(group)}",
                _epochs(cost),
                f"{cost.updates / 1000:.0f}" if cost else "?",
                _duration(duration),
            )
        )
    lines = [
        table(rows, header=HEADER, divider=True, aligns=("l",) * 5 + ("r",) * 4),
        f"{len(jobs)} jobs, {len(jobs) - open_jobs} with a record, {open_jobs} to run; about "
        f"{updates / 1e6:.1f} million token updates",
    ]
    if guessed:
        lines.append("~ the schedule decides; an estimate from the records, or 20 where none tells")
    if not all(sizes.values()):
        lines.append("? the corpus is not there yet, so its cost is not known")
    if open_jobs and timed:
        lines.append(f"about {_duration(seconds / side_by_side)} with {side_by_side} at a time")
    elif open_jobs:
        lines.append("no time yet: it is estimated from records of the same model and threads")
    return "\n".join(lines)


def count_tokens(corpus: str) -> Mapping[str, float] | None:
    """RETURNS (Mapping | None): Tokens by split; None if a file is missing."""
    paths = {split: Path(corpus) / f"{split}.spacy" for split in SPLITS}
    if not all(path.is_file() for path in paths.values()):
        return None
    from adaptive_spacy.experiments.run_job import count_corpus

    return {split: float(count_corpus(path)["tokens"]) for split, path in paths.items()}


def _epochs(cost: Cost | None) -> str:
    return "?" if cost is None else f"{'' if cost.known else '~'}{cost.epochs:g}"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "?"
    if seconds < 3600:
        return f"{seconds / 60:.1f} min"
    return f"{seconds / 3600:.1f} h"
