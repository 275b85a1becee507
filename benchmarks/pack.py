"""Adds the records of a sweep to those that are kept in benchmarks/results.

    python -m benchmarks.pack runs/small benchmarks/results/small

As often as you like while a sweep goes on: what is packed already stays as it is, and two records
of one run that contradict each other are refused. `adaptive-spacy report` reads both folders.
"""

from pathlib import Path
from typing import Annotated

import typer

from adaptive_spacy.cli._util import one_line_errors
from adaptive_spacy.experiments.packed_records import pack
from adaptive_spacy.experiments.records import read_records


def main(
    runs: Annotated[Path, typer.Argument(help="Output folder of a sweep, or a packed one.")],
    folder: Annotated[Path, typer.Argument(help="Gets index.jsonl and histories-*.jsonl.gz.")],
) -> None:
    """Pack the records."""
    with one_line_errors():
        records = read_records(runs)
        added = pack(records, folder)
        typer.echo(f"✔ {len(records)} records of {runs}, of which {added} are new in {folder}")


if __name__ == "__main__":
    typer.run(main)
