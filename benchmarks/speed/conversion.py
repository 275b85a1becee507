"""Speed and memory of `adaptive-spacy convert` beside `spacy convert`, on one CoNLL file.

    python -m benchmarks.speed.conversion --megabytes 20
    python -m benchmarks.speed.conversion --megabytes 1000 --no-peer

A file of that size is made, always the same: words by Zipf's law, one in twelve begins an entity.
Each command then runs as a process of its own, with one thread and with its progress bar on a
terminal. Its peak memory and its times are what the system counted for that process.
"""

import os
import pty
import random
import sys
import threading
import time
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, NamedTuple

import typer

from adaptive_spacy.cli._util import one_line_errors

LETTERS = "abcdefghijklmnopqrstuvwxyz"
TYPES = ("PER", "LOC", "ORG", "MISC")
VOCABULARY = 200_000
SENTENCES_AT_ONCE = 5_000


class Run(NamedTuple):
    """What a process took.

    seconds (float): Wall time.
    cpu (float): Seconds of computing, in user and system mode.
    megabytes (float): Peak resident memory. Linux begins to count at the peak of this process,
        which has to stay the smaller one: about 50 while it writes a corpus.
    """

    seconds: float
    cpu: float
    megabytes: float


def write_corpus(path: Path, megabytes: float) -> int:
    """Write a file of this size. RETURNS (int): The number of tokens."""
    draw = random.Random(0)
    words = ["".join(draw.choices(LETTERS, k=draw.randint(2, 9))) for _ in range(VOCABULARY)]
    weights = list(accumulate(1 / (i + 10) for i in range(VOCABULARY)))
    tokens = size = 0
    with path.open("w", encoding="utf8") as file:
        while size < megabytes * 1e6:
            rows = []
            for _ in range(SENTENCES_AT_ONCE):
                length = draw.randint(5, 35)
                tags: list[str] = []
                while len(tags) < length:
                    label = draw.choice(TYPES)
                    inside = draw.choice((0, 0, 1, 2)) if draw.random() < 1 / 12 else -1
                    tags += ["O"] if inside < 0 else [f"B-{label}"] + [f"I-{label}"] * inside
                sentence = draw.choices(words, cum_weights=weights, k=len(tags))
                rows += [f"{word}\t{tag}\n" for word, tag in zip(sentence, tags, strict=True)]
                rows.append("\n")
                tokens += len(tags)
            size += file.write("".join(rows))
    return tokens


def run(command: list[str]) -> Run:
    """Run a command to its end, with a terminal for its progress bar.

    RAISES (ValueError): If it fails.
    """
    parent, child = pty.openpty()

    def drain() -> None:
        try:
            while os.read(parent, 65_536):
                pass
        except OSError:  # the other end was closed
            pass

    reader = threading.Thread(target=drain, daemon=True)
    reader.start()
    start = time.perf_counter()
    pid = os.posix_spawn(
        command[0],
        command,
        {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        file_actions=[(os.POSIX_SPAWN_DUP2, child, 1), (os.POSIX_SPAWN_DUP2, child, 2)],
    )
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
    os.close(child)
    reader.join(timeout=1)
    os.close(parent)
    if status:
        raise ValueError(f"{' '.join(command)} ended with status {status}")
    # in kilobytes; macOS counts bytes
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


@one_line_errors()
def main(
    megabytes: Annotated[float, typer.Option(help="Size of the file.")] = 20.0,
    peer: Annotated[bool, typer.Option("--peer/--no-peer", help="Run spaCy's, too.")] = True,
    split: Annotated[str, typer.Option(help="Divide the file, e.g. train=0.8,dev=0.2.")] = "",
) -> None:
    """Convert a file with both commands, in turn."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = folder / "corpus.conll"
        tokens = write_corpus(path, megabytes)
        (folder / "peer").mkdir()
        ours = ["-m", "adaptive_spacy", "convert", str(path), str(folder / "ours")]
        commands = {"adaptive-spacy convert": ours + (["--split", split] if split else [])}
        if peer:
            commands["spacy convert"] = ["-m", "spacy", "convert", str(path), str(folder / "peer")]
            commands["spacy convert"] += ["-c", "ner", "-n", "1"]
        typer.echo(f"{path.stat().st_size / 1e6:,.0f} MB, {tokens:,} tokens\n")
        typer.echo("| command | seconds | tokens per second | of computing | peak memory, MB |")
        typer.echo("| --- | --- | --- | --- | --- |")
        for name, arguments in commands.items():
            taken = run([sys.executable, *arguments])
            typer.echo(
                f"| {name} | {taken.seconds:.1f} | {tokens / taken.seconds:,.0f} "
                f"| {tokens / taken.cpu:,.0f} | {taken.megabytes:,.0f} |"
            )


if __name__ == "__main__":
    typer.run(main)
