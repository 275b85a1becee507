"""Training and tagging speed beside the peers, in one process and in turns.

    python -m benchmarks.speed.compare --corpus corpus/wikigold

Everyone trains an epoch over the same sentences, one after the other, again and again, so that
whatever else the machine does hits all alike; then everyone tags the same texts likewise. The table
gives medians and the range; what counts is the ratios of one run.
"""

import platform
from importlib.metadata import version
from itertools import product
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import torch
import typer
from spacy.tokens import DocBin
from spacy.vocab import Vocab
from tqdm import tqdm

from adaptive_spacy.cli._util import one_line_errors
from benchmarks.measurements import add_lines
from benchmarks.speed.peers import CONTESTANTS, HAS_BFLOAT16, Contestant, Ours, timed

TASKS = ("training", "tagging")
OURS = {one.name for one in CONTESTANTS if issubclass(one, Ours)}
PACKAGES = ("spacy", "thinc", "spacy-transformers", "torch", "transformers")


def measure(
    contestants: list[Contestant], texts: list[str], rounds: int, tasks: tuple[str, ...] = TASKS
) -> dict[str, dict[str, list[float]]]:
    """Train everyone once, to warm up and so that nobody tags with random weights; then time each
    in turn, task by task. What is tagged first does not count: it makes the step that training
    owes.

    RETURNS (dict): Seconds by task and contestant, one per round.
    """
    for one in tqdm(contestants, desc="a first epoch", unit="turn"):
        one.epoch()
    seconds: dict[str, dict[str, list[float]]] = {}
    for task in tasks:
        timing = [one for one in contestants if task in one.tasks]
        if task == "tagging":
            for one in timing:
                one.tag(texts)
        taken = seconds[task] = {one.name: [] for one in timing}
        for _, one in tqdm([*product(range(rounds), timing)], desc=task, unit="turn"):
            turn = timed(one.epoch) if task == "training" else timed(one.tag, texts)
            taken[one.name].append(turn)
    return seconds


def table(record: dict[str, Any]) -> str:
    """RETURNS (str): Markdown: words per second, range, and how many times as fast as each peer
    we are, in each of our ways."""
    lines = []
    for task, rows in record["seconds"].items():
        words = record["words"][task]
        ours = {name: median(seconds) for name, seconds in rows.items() if name in OURS}
        heads = "".join(f" {name} is |" for name in ours)
        lines += [
            f"| {task} | words per second | range |{heads}",
            "| --- " * (3 + len(ours)) + "|",
        ]
        for name, seconds in rows.items():
            speeds = sorted(words / one for one in seconds)
            ratios = "".join(
                f" {median(seconds) / one:.2f}x |" if name not in OURS else " |"
                for one in ours.values()
            )
            lines.append(
                f"| {name} | {words / median(seconds):.0f} | {speeds[0]:.0f} to {speeds[-1]:.0f} "
                f"|{ratios}"
            )
        lines.append("")
    return "\n".join(lines).strip()


def compare(
    corpus: Path, transformer: Path, sentences: int, rounds: int, tasks: tuple[str, ...] = TASKS
) -> dict[str, Any]:
    """Measure everyone side by side.

    corpus (Path): Folder of train.spacy and test.spacy.
    transformer (Path): Folder.
    sentences (int): Training sentences per epoch.
    rounds (int): How often each is timed.
    RETURNS (dict): Seconds by task and contestant, one a round; words by task; device, threads,
        versions.
    """
    chosen = [one for one in CONTESTANTS if set(tasks) & set(one.tasks)]
    contestants = [one(corpus, transformer, sentences) for one in chosen]
    docs = DocBin().from_disk(corpus / "test.spacy").get_docs(Vocab())
    texts = [doc.text for doc in docs]
    return {
        "corpus": corpus.name,
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu",
        "bfloat16": HAS_BFLOAT16,
        "threads": torch.get_num_threads(),
        "machine": platform.machine(),
        "versions": {one: version(one) for one in PACKAGES} | {"python": platform.python_version()},
        "words": {
            "training": sum(map(len, contestants[0].docs)),
            "tagging": sum(len(text.split()) for text in texts),
        },
        "seconds": measure(contestants, texts, rounds, tasks),
    }


@one_line_errors()
def main(
    corpus: Annotated[Path, typer.Option(help="Folder of train.spacy and test.spacy.")],
    transformer: Annotated[Path, typer.Option(help="Folder.")] = Path("assets/transformer"),
    sentences: Annotated[int, typer.Option(help="Training sentences per epoch.")] = 320,
    rounds: Annotated[int, typer.Option(help="Timed rounds.")] = 5,
    task: Annotated[str, typer.Option(help="training, tagging or both.")] = "both",
    output: Annotated[Path | None, typer.Option(help="JSONL, gets a line.")] = None,
) -> None:
    """Measure everyone side by side."""
    tasks = TASKS if task == "both" else (task,)
    if not set(tasks) <= set(TASKS):
        raise ValueError(f"--task: expected {', '.join(TASKS)} or both, got {task!r}")
    record = compare(corpus, transformer, sentences, rounds, tasks)
    typer.echo(table(record))
    if output is not None:
        add_lines(output, [record])


if __name__ == "__main__":
    typer.run(main)
