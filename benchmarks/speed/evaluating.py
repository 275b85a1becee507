"""What an evaluation during training costs: time beside plain inference, memory by size.

    python -m benchmarks.speed.evaluating --pipeline training/sample-adaptive-0/model-last
        --corpus corpus/wikigold/dev.spacy

Time: `nlp.evaluate`, as spaCy's training loop calls it, beside `nlp.pipe` over the same docs, in
turns. Memory: the peak of a process of its own while it evaluates, less what the examples hold and
the copy of them that spaCy makes of any pipeline's, for the corpus repeated up to 2,000 and 20,000
sentences.
"""

import gc
import json
import resource
import subprocess
import sys
import time
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Annotated

import spacy
import typer
from spacy.language import Language, _copy_examples
from spacy.tokens import Doc, DocBin
from spacy.training import Example

from adaptive_spacy.cli._util import one_line_errors
from adaptive_spacy.training.checks.forecast import peak_memory

SIZES = (2_000, 20_000)


def make_examples(nlp: Language, corpus: Path, size: int | None = None) -> list[Example]:
    """RETURNS (list[Example]): The corpus, repeated or cut to a size."""
    docs = list(DocBin().from_disk(corpus).get_docs(nlp.vocab))
    chosen = docs if size is None else islice(cycle(docs), size)
    return [
        Example(Doc(nlp.vocab, [t.text for t in doc], [bool(t.whitespace_) for t in doc]), doc)
        for doc in chosen
    ]


def times(nlp: Language, examples: list[Example], rounds: int) -> dict[str, list[float]]:
    """RETURNS (dict): Seconds of evaluation and of inference, one per round."""
    found: dict[str, list[float]] = {"evaluate": [], "pipe": []}
    for number in range(rounds + 1):
        docs = [eg.predicted.copy() for eg in examples]
        started = time.perf_counter()
        for _ in nlp.pipe(docs):
            pass
        piped = time.perf_counter()
        nlp.evaluate(examples)
        ended = time.perf_counter()
        if number:
            found["pipe"].append(piped - started)
            found["evaluate"].append(ended - piped)
    return found


def held_megabytes() -> float:
    """RETURNS (float): The memory that this process holds (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def measure_memory(pipeline: str, corpus: Path, size: int) -> float:
    """RETURNS (float): Megabytes that an evaluation of `size` sentences adds to the examples."""
    command = [sys.executable, "-m", "benchmarks.speed.evaluating", "--pipeline", pipeline]
    command += ["--corpus", str(corpus), "--size", str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])["added"]


@one_line_errors()
def main(
    pipeline: Annotated[str, typer.Option(help="A trained pipeline.")],
    corpus: Annotated[Path, typer.Option(help="A .spacy file.")],
    rounds: Annotated[int, typer.Option(help="Timed rounds.")] = 5,
    size: Annotated[int | None, typer.Option(help="Only measure the memory of this size.")] = None,
) -> None:
    """Print the ratio of times and the growth of memory."""
    nlp = spacy.load(pipeline)
    if size is not None:
        # the network's own buffers are there before anything is counted
        nlp.evaluate(make_examples(nlp, corpus, 256))
        network = held_megabytes()
        examples = make_examples(nlp, corpus, size)
        gc.collect()
        alone = held_megabytes()
        copies = _copy_examples(examples)
        before = held_megabytes()
        # `evaluate` makes them anew, in the memory that these leave
        del copies
        nlp.evaluate(examples)
        print(
            json.dumps(
                {
                    "size": size,
                    "examples": alone - network,
                    "copies": before - alone,
                    "added": (peak_memory() or 0) / 2**20 - before,
                }
            )
        )
        return
    found = times(nlp, make_examples(nlp, corpus), rounds)
    ratios = [one / two for one, two in zip(found["evaluate"], found["pipe"], strict=True)]
    print(f"evaluate / pipe: {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    added = {size: measure_memory(pipeline, corpus, size) for size in SIZES}
    for one, megabytes in added.items():
        print(f"{one:6} sentences: {megabytes:.0f} MB beside the examples")
    print(f"growth: {added[SIZES[1]] / added[SIZES[0]]:.2f}x")


if __name__ == "__main__":
    typer.run(main)
