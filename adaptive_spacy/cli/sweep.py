"""`adaptive-spacy sweep`: a grid of experiments."""

import re
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from adaptive_spacy.cli.options import (
    Approaches,
    Checkpoints,
    DataSets,
    Fractions,
    GpuId,
    Labels,
    Models,
    Ray,
    RayShared,
    RetryFailed,
    Seeds,
    SideBySide,
    Threads,
)

MOST_SEEDS = 10_000
#: What may follow --ray: anything else is the next argument
ADDRESS = re.compile(r"auto|local|[^-].*:\d+|ray://.+")


class SweepCommand(TyperCommand):
    """A command whose option --ray may stand without its value, which typer does not offer."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read `--ray` without an address as an empty one."""
        following = [*args[1:], ""]
        return super().parse_args(
            ctx,
            [
                "--ray=" if one == "--ray" and not ADDRESS.fullmatch(after) else one
                for one, after in zip(args, following, strict=True)
            ],
        )


def sweep_cli(
    grid: Annotated[Path, typer.Argument(help="A grid, e.g. configs/experiments/small.yml.")],
    output: Annotated[
        Path,
        typer.Option(help="Gets a folder per job; finished jobs are not run again."),
    ],
    approaches: Approaches = None,
    datasets: DataSets = None,
    models: Models = None,
    fractions: Fractions = None,
    labels: Labels = None,
    seeds: Seeds = None,
    jobs: SideBySide = 1,
    threads: Threads = None,
    ray: Ray = None,
    ray_shared: RayShared = False,
    gpu_id: GpuId = -1,
    checkpoints: Checkpoints = "dropped",
    retry_failed: RetryFailed = False,
    dry_run: Annotated[bool, typer.Option(help="Show the jobs and their cost; run none.")] = False,
) -> None:
    """Run every job of a grid once: approaches x data sets x models x shares or labels x seeds.

    A sweep that was stopped or killed continues where it was when it is
    started again, and several sweeps into one folder share the work. Each job
    leaves config, log, history and a record with the test scores of the best
    loss, the best F1 and the last epoch. `adaptive-spacy report` reads them.

    \b
        adaptive-spacy sweep configs/experiments/small.yml --output runs/small

    on your own data:

    \b
        adaptive-spacy sweep configs/experiments/small.yml --output runs/mine \\
            --datasets corpus/mine
    """
    from adaptive_spacy.experiments.axes import replace_axes
    from adaptive_spacy.experiments.backends import make_backend, require_ray
    from adaptive_spacy.experiments.grid import read_grid
    from adaptive_spacy.experiments.plan import describe_plan
    from adaptive_spacy.experiments.progress import Progress
    from adaptive_spacy.experiments.records import read_records
    from adaptive_spacy.experiments.runner import check_jobs, sweep
    from adaptive_spacy.files import require_other

    if checkpoints not in ("dropped", "kept"):
        raise ValueError(f"--checkpoints: expected dropped or kept, got {checkpoints}")
    require_ray(ray, shared=ray_shared)
    require_other(output, [grid])
    if output.exists() and not output.is_dir():
        raise ValueError(f"--output: expected a folder for the jobs, got the file {output}")
    chosen = replace_axes(
        read_grid(grid),
        approaches=_split(approaches, "--approaches"),
        datasets=_split(datasets, "--datasets"),
        models=_split(models, "--models"),
        fractions=[_number(one, "--fractions") for one in _split(fractions, "--fractions")],
        labels=[_whole(one, "--labels") for one in _split(labels, "--labels")],
        seeds=_seeds(seeds),
        threads=threads,
    )
    todo = list(chosen.jobs(device="gpu" if gpu_id >= 0 else "cpu"))
    check_jobs(todo, planned=dry_run)
    if dry_run:
        records = read_records(output) if output.is_dir() else []
        typer.echo(describe_plan(todo, records, side_by_side=jobs, retry_failed=retry_failed))
        return
    backend = make_backend(
        jobs,
        ray=ray,
        shared=ray_shared,
        threads=chosen.threads,
        keep=checkpoints == "kept",
        gpu_id=gpu_id,
    )
    outcome = sweep(
        todo,
        output,
        backend,
        retry_failed=retry_failed,
        progress=Progress(todo),
    )
    typer.echo(f"{len(outcome.done)} of {len(todo)} jobs are done: {output}")
    for job in outcome.blocked:
        typer.echo(f"✘ {job.name}: waits for {', '.join(job.needs)}, which failed", err=True)
    if outcome.failed or outcome.blocked:
        raise ValueError(
            f"{len(outcome.failed)} jobs failed, {len(outcome.blocked)} wait for them; "
            "log.txt of their folders says why, --retry-failed runs them again"
        )


def _split(text: str | None, option: str) -> list[str]:
    """RETURNS (list[str]): What is given; none if the option is not, which leaves it to the grid.
    RAISES (ValueError): If a part is empty, as with a variable of the shell that is not set."""
    if text is None:
        return []
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise ValueError(
            f"{option}: expected names or numbers divided by commas, got {text!r}; leave it out "
            "for those of the grid"
        )
    return parts


def _number(text: str, option: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{option}: expected numbers such as 0.1,1, got {text}") from None


def _whole(text: str, option: str) -> int:
    if not re.fullmatch("[0-9]{1,10}", text):
        raise ValueError(f"{option}: expected whole numbers such as 50,100, got {text}")
    return int(text)


def _seeds(text: str | None) -> list[int]:
    seeds: list[int] = []
    for part in _split(text, "--seeds"):
        found = re.fullmatch(r"([0-9]{1,10})(?:-([0-9]{1,10}))?", part)
        numbers = range(int(found[1]), int(found[2] or found[1]) + 1) if found else range(0)
        if not numbers:
            raise ValueError(f"--seeds: expected numbers such as 1,2,3 or 1-5, got {part}")
        # before the list is made
        if len(seeds) + len(numbers) > MOST_SEEDS:
            raise ValueError(f"--seeds: expected at most {MOST_SEEDS:,}, got {text}")
        seeds += numbers
    return seeds
