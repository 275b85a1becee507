"""What training in bfloat16 does to F1, on a processor that does not have it.

    python -m benchmarks.emulated --output runs/emulated --corpus corpus/wikigold --fraction 0.1

The jobs `stable` and `bfloat16` of configs/experiments/precision.yml, one after the other. torch
rounds to bfloat16 in software where it must, which is slow, so the seconds say nothing. The records
stay apart from those of a sweep, in which such a job is float32.
"""

from pathlib import Path
from typing import Annotated
from unittest.mock import patch

import typer
from tqdm import tqdm

from adaptive_spacy.experiments.grid import read_grid, replace_axes
from adaptive_spacy.experiments.records import read_record, write_record
from adaptive_spacy.experiments.training import run_job

GRID = Path("configs/experiments/precision.yml")


def main(
    output: Annotated[Path, typer.Option(help="Gets a folder per job; what is there is kept.")],
    corpus: Annotated[list[str], typer.Option(help="Folder of the three splits.")],
    fraction: Annotated[list[float], typer.Option(help="Shares of train and dev.")],
    seed: Annotated[list[int], typer.Option(help="Seeds.")] = [1, 2, 3],  # noqa: B006
    threads: Annotated[int, typer.Option(help="Of each job.")] = 1,
) -> None:
    """Train each job that has no record and print its test F1."""
    grid = replace_axes(
        read_grid(GRID),
        approaches=("stable", "bfloat16"),
        datasets=corpus,
        fractions=fraction,
        seeds=seed,
        threads=threads,
    )
    with patch("adaptive_spacy.transformer.shim.computes", lambda device, dtype: True):
        for job in tqdm(list(grid.jobs()), unit="job"):
            folder = output / job.folder()
            record = read_record(folder)
            if record is None:
                record = run_job(job, folder)
                write_record(folder, record)
            if record["status"] != "done":
                raise ValueError(f"{job.name}: {record['reason']}")
            tqdm.write(f"{job.name}: test F1 {100 * record['results']['last']['test']['f1']:.1f}")


if __name__ == "__main__":
    typer.run(main)
