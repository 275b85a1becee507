"""Whether `adaptive-spacy suspects --next` chooses better texts to label than chance does.

    python -m benchmarks.quality.next_texts corpus/wikigold --output next.jsonl

Train and dev of a data set are a pool that has no labels yet, but for a first random sample of each
seed. Each round trains on what is labelled (a fifth of it is dev), chooses as many texts again, and
looks their labels up. Orders: the one that ships; the same with its doubts divided by the number of
tokens; and a random one. All start from the same sample and the same model.

Started again, it goes on where it was: orders that the output has of the same settings are not
measured anew. The first training of a seed is, as the others choose by it, and must come to the
same F1: what else changed would otherwise be between the lines of one table.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import spacy
import typer
from spacy.cli.train import train
from spacy.tokens import Doc, DocBin

from adaptive_spacy.cli._util import one_line_errors
from adaptive_spacy.data.shared_texts import without_spaces
from adaptive_spacy.data.spacy_files import read_docs
from adaptive_spacy.experiments.next_texts import Candidate, choose, judge
from adaptive_spacy.hashing import hash_file
from adaptive_spacy.training.evaluation import evaluate
from adaptive_spacy.training.resume.identity import machine, versions
from benchmarks.measurements import add_lines, read_lines

DEV = 5
START = "start"
#: Of a checksum, that are kept
DIGITS = 16
Row = dict[str, Any]


def by_doubts(candidates: Sequence[Candidate], count: int, random: Random) -> list[Candidate]:
    """RETURNS (list[Candidate]): What ships."""
    return choose(candidates, count)


def by_doubts_per_token(
    candidates: Sequence[Candidate], count: int, random: Random
) -> list[Candidate]:
    """RETURNS (list[Candidate]): By doubts a token, as MNLP is of Shen et al. (2017)."""
    return choose([replace(one, doubts=one.doubts / len(one.doc)) for one in candidates], count)


def by_chance(candidates: Sequence[Candidate], count: int, random: Random) -> list[Candidate]:
    """RETURNS (list[Candidate]): A random sample."""
    return random.sample(list(candidates), count)


ORDERS: dict[str, Callable[[Sequence[Candidate], int, Random], list[Candidate]]] = {
    "doubts": by_doubts,
    "random": by_chance,
    "doubts per token": by_doubts_per_token,
}


class Study:
    """Trainings of one seed. pool (dict): Docs by text. config, overrides: Of the trainings."""

    def __init__(
        self, pool: dict[str, Doc], test: Path, config: Path, overrides: dict[str, Any]
    ) -> None:
        self.pool, self.test, self.config, self.overrides = pool, test, config, overrides

    def learn(self, texts: Sequence[str], folder: Path) -> float:
        """Train on labelled texts. RETURNS (float): F1 on the test set, of the last checkpoint."""
        docs = [self.pool[text] for text in texts]
        parts = {
            "dev": docs[::DEV],
            "train": [doc for i, doc in enumerate(docs) if i % DEV],
        }
        folder.mkdir(parents=True)
        for name, part in parts.items():
            DocBin(docs=part).to_disk(folder / f"{name}.spacy")
        paths = {f"paths.{name}": str(folder / f"{name}.spacy") for name in parts}
        train(self.config, folder / "training", overrides={**self.overrides, **paths})
        last = str(folder / "training" / "model-last")
        return float(evaluate(last, self.test)["spacy"]["ents_f"])

    def candidates(self, labelled: Sequence[str], folder: Path) -> list[Candidate]:
        """RETURNS (list[Candidate]): What is not labelled, judged by the model of a folder."""
        nlp = spacy.load(folder / "training" / "model-last")
        docs = [
            Doc(nlp.vocab, words=[t.text for t in doc], spaces=[bool(t.whitespace_) for t in doc])
            for doc in self.pool.values()
        ]
        return judge(nlp, docs, set(labelled))


def follow(
    study: Study, start: list[str], rounds: int, seed: int, folder: Path, known: Sequence[Row]
) -> Iterator[list[Row]]:
    """Let each order label texts, round by round.

    known (Sequence[dict]): What was measured with the same settings. An order that lacks a round
        is followed anew.
    YIELDS (list[dict]): What each order came to in rounds that are not among them: seed, order,
        labelled texts and their words, and F1. Before the first, the start that they share.
    RAISES (ValueError): If a training that is among them comes to another F1 than it did.
    """

    def row(order: str, texts: Sequence[str], f1: float) -> Row:
        words = sum(len(study.pool[text]) for text in texts)
        return {"seed": seed, "order": order, "texts": len(texts), "words": words, "f1": f1}

    former = {(one["order"], one["texts"]): one["f1"] for one in known if one["seed"] == seed}
    sizes = [len(start) * (number + 2) for number in range(rounds)]
    left = [name for name in ORDERS if any((name, size) not in former for size in sizes)]
    if not left:
        return
    first = row(START, start, study.learn(start, folder / START))
    if new := leave_out_known([first], former):
        yield new
    for name in left:
        labelled, last, random, rows = list(start), folder / START, Random(seed), list[Row]()
        for number in range(rounds):
            chosen = ORDERS[name](study.candidates(labelled, last), len(start), random)
            labelled += [one.doc.text for one in chosen]
            last = folder / f"{name}-{number}"
            rows.append(row(name, labelled, study.learn(labelled, last)))
        yield leave_out_known(rows, former)


def leave_out_known(rows: Sequence[Row], former: Mapping[tuple[str, int], float]) -> list[Row]:
    """RETURNS (list[dict]): The rows of one seed that were not measured before.

    former (Mapping): F1 of those that were, by order and number of texts.
    RAISES (ValueError): If one comes to another F1 than it did.
    """
    new = []
    for one in rows:
        before = former.get((one["order"], one["texts"]))
        if before is None:
            new.append(one)
        elif before != one["f1"]:
            what = "first training" if one["order"] == START else f"order {one['order']!r}"
            raise ValueError(
                f"seed {one['seed']}: the {what} came to F1 {one['f1']}, but to {before} in the "
                "output: what trains or reads has changed; begin another output"
            )
    return new


def describe(corpus: Path, config: Path, transformer: Path, rate: float) -> Row:
    """RETURNS (dict): What lines of one table have in common, but for the number of texts."""
    parts = [corpus / f"{part}.spacy" for part in ("train", "dev", "test")]
    files = [*parts, config, *sorted(transformer.iterdir())]
    return {
        "corpus": corpus.name,
        "rate": rate,
        "files": {one.name: hash_file(one)[:DIGITS] for one in files if one.is_file()},
        "versions": versions(),
        "machine": machine(),
    }


def read_pool(corpus: Path, start: int, rounds: int) -> dict[str, Doc]:
    """RETURNS (dict): Docs of train and dev by text.
    RAISES (ValueError): If they are too few for all rounds.
    """
    vocab = spacy.blank("xx").vocab
    docs = [doc for part in ("train", "dev") for doc in read_docs(corpus / f"{part}.spacy", vocab)]
    pool = {doc.text: doc for doc in docs}
    # those that differ in spaces alone are chosen once
    texts, asked = len({without_spaces(text) for text in pool}), start * (rounds + 1)
    if asked > texts:
        raise ValueError(
            f"--start and --rounds: expected at most the {texts} texts that train and dev of "
            f"{corpus} have, got {start} at first and in each of {rounds} rounds, {asked} in all; "
            "take fewer"
        )
    return pool


@one_line_errors()
def main(
    corpus: Annotated[Path, typer.Argument(help="Folder with train, dev and test.spacy.")],
    output: Annotated[Path, typer.Option(help="JSONL, gets a line per training.")],
    start: Annotated[
        int, typer.Option(min=2, help="Labelled texts at first, and more each round.")
    ] = 50,
    rounds: Annotated[int, typer.Option(min=1, help="How often texts are chosen.")] = 2,
    seeds: Annotated[int, typer.Option(min=1, help="First samples.")] = 3,
    config: Annotated[Path, typer.Option(help="Of the trainings.")] = Path("configs/adaptive.cfg"),
    transformer: Annotated[Path, typer.Option(help="Folder.")] = Path("assets/transformer"),
    rate: Annotated[float, typer.Option(help="Of the trainings.")] = 1e-4,
) -> None:
    """Train, choose, train again; a line of JSON each."""
    pool = read_pool(corpus, start, rounds)
    settings = describe(corpus, config, transformer, rate) | {"start": start, "rounds": rounds}
    overrides = {"variables.rate": rate, "variables.transformer": str(transformer)}
    for seed in range(1, seeds + 1):
        first = Random(seed).sample(sorted(pool), start)
        study = Study(pool, corpus / "test.spacy", config, {**overrides, "system.seed": seed})
        lines = read_lines(output) if output.is_file() else []
        known = [one for one in lines if one.get("settings") == settings]
        with TemporaryDirectory() as folder:
            for rows in follow(study, first, rounds, seed, Path(folder), known):
                add_lines(output, ({**row, "settings": settings} for row in rows))
                print(*rows, sep="\n", flush=True)


if __name__ == "__main__":
    typer.run(main)
