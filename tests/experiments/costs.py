"""Jobs of a small grid, and records of what they cost."""

from adaptive_spacy.experiments.grid import Grid
from adaptive_spacy.experiments.job import Job
from adaptive_spacy.experiments.records import make_failure


def job_of(grid: Grid, approach: str, fraction: float = 0.5, **changes: object) -> Job:
    jobs = grid.model_copy(update=changes).jobs()
    return next(job for job in jobs if job.approach == approach and job.fraction == fraction)


def done(job: Job, epochs: float, seconds: float = 1.0) -> dict:
    return {
        **make_failure(job),
        "status": "done",
        "epochs": epochs,
        "seconds": seconds,
        "token_updates": 500 * epochs,
        "results": {"last": {"test": {"f1": 0.5}}},
        "data": {"train": {"tokens": 500}, "dev": {"tokens": 50}, "test": {"tokens": 50}},
    }
