"""Speed of reading a CoNLL file, of this tree beside another checkout of the repository.

    git worktree add ../before COMMIT
    python -m benchmarks.speed.reading wnut17train.conll --times 5 --other ../before

The file is repeated so many times, and read as `convert` reads it: checked as a whole, then once
again. Each measure is a fresh process; the trees take turns, so that what else the machine does
falls on both. What counts is processor time, without imports.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from adaptive_spacy.cli._util import one_line_errors

READ = """
import sys, time
from adaptive_spacy.data.readers.formats import open_source
start = time.process_time()
tokens = sum(len(sentence.words) for sentence in open_source(sys.argv[1]))
print(tokens, time.process_time() - start)
"""


def measure(tree: Path, path: Path) -> tuple[int, float]:
    """RETURNS (tuple[int, float]): The number of tokens, and seconds of processor time.
    RAISES (ValueError): If the tree cannot read the file."""
    result = subprocess.run(
        [sys.executable, "-c", READ, str(path)],
        env={**os.environ, "PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1"},
        cwd=tree,
        capture_output=True,
        text=True,
    )
    if result.returncode:
        *_, reason = ["nothing is said", *result.stderr.split("\n\n")[-1].splitlines()]
        raise ValueError(f"{tree}: expected a checkout that can read the file; {reason}")
    tokens, seconds = result.stdout.split()
    return int(tokens), float(seconds)


def require_equal(read: Mapping[str, int]) -> int:
    """RETURNS (int): The number of tokens that each tree has read.
    RAISES (ValueError): If they differ: then their times are of different work."""
    if len(set(read.values())) > 1:
        numbers = " and ".join(f"{tokens:,} by {name}" for name, tokens in read.items())
        raise ValueError(
            f"--other: expected a checkout that reads as many tokens of the file as this one, got "
            f"{numbers}; take one that reads it alike"
        )
    return next(iter(read.values()))


@one_line_errors()
def main(
    source: Annotated[Path, typer.Argument(help="A CoNLL file.")],
    other: Annotated[Path, typer.Option(help="The other checkout.")],
    times: Annotated[int, typer.Option(help="How often the file is repeated.")] = 5,
    rounds: Annotated[int, typer.Option(min=1, help="Measures of each tree.")] = 9,
) -> None:
    """Read a file with both trees, in turn."""
    trees = {"this": Path.cwd(), "other": other.resolve()}
    found: dict[str, list[float]] = {name: [] for name in trees}
    read: dict[str, int] = {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "corpus.conll"
        path.write_text((source.read_text(encoding="utf8").rstrip() + "\n\n") * times)
        for number in range(rounds):
            names = list(trees)
            for name in names if number % 2 else names[::-1]:
                read[name], seconds = measure(trees[name], path)
                found[name].append(seconds)
            tokens = require_equal(read)
    typer.echo(f"{tokens:,} tokens, {rounds} measures each, seconds of processor time\n")
    typer.echo("| tree | median | least | most | tokens per second |")
    typer.echo("| --- | --- | --- | --- | --- |")
    for name, seconds_of in found.items():
        middle = median(seconds_of)
        typer.echo(
            f"| {name} | {middle:.3f} | {min(seconds_of):.3f} | {max(seconds_of):.3f} "
            f"| {tokens / middle:,.0f} |"
        )
    pairs = [one / two for one, two in zip(found["this"], found["other"], strict=True)]
    typer.echo(f"\nthis to other, median of {rounds} pairs: {median(pairs):.3f}")


if __name__ == "__main__":
    typer.run(main)
