"""Whether damaged labels are found again: `adaptive-spacy suspects` on labels that were right.

    python -m benchmarks.quality.suspects runs/wikigold --corpus unseen.spacy

A model that did not learn from these labels predicts them once. Then a share of them is damaged in
four ways (`corruption.py`), another draw for each seed, and all entities are ranked: how many of
the damaged ones are in the first 2, 5, 10 and 20 % of the list? Beside the ranking stand its two
witnesses alone, and cleanlab's ranking where that is installed (`cleanlab_ranking.py`). The model
learnt from clean labels; one that learns from damaged ones is worse.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Annotated

import typer
from spacy.tokens import Doc
from spacy.training import Example

from adaptive_spacy.cli._util import one_line_errors
from adaptive_spacy.experiments.predictions import predict_corpus
from adaptive_spacy.experiments.suspects import KINDS, Suspect, rank_suspects
from adaptive_spacy.ner import confidence
from adaptive_spacy.training.errors import RIGHT
from adaptive_spacy.training.evaluation import open_pipeline
from benchmarks.quality.cleanlab_ranking import TokenJudge, doubt, find_rank
from benchmarks.quality.corruption import WAYS, Damage, corrupt

SHARES = (0.02, 0.05, 0.1, 0.2)

#: Damaged docs, and what was done to them
Draw = tuple[list[Doc], list[Damage]]


def by_model(one: Suspect) -> float:
    """RETURNS (float): What the model alone says against a label."""
    stated = 0.5 if one.confidence is None else one.confidence
    return 1 - stated if one.kind == KINDS[RIGHT] else stated


def by_places(one: Suspect) -> float:
    """RETURNS (float): What the other places of the words alone say against it."""
    return (one.against_it + 0.5) / (one.for_it + 0.5)


RANKINGS: dict[str, Callable[[Suspect], float]] = {
    "both": lambda one: one.score,
    "model alone": by_model,
    "other places alone": by_places,
}


def find(ranked: Sequence[Suspect], damages: Sequence[Damage], share: float) -> Counter[str]:
    """RETURNS (Counter[str]): Damages of each way that an entity in the first part of a list shares
    a word with."""
    top = ranked[: round(share * len(ranked))]
    seen = {
        (one.doc, token)
        for one in top
        for entity in (one.annotated, one.predicted)
        if entity is not None
        for token in range(entity.start, entity.end)
    }
    found: Counter[str] = Counter()
    for damage in damages:
        tokens = range(damage.was[0], damage.was[1])
        found[damage.way] += any((damage.doc, token) in seen for token in tokens)
    return found


def corrupt_each(docs: Sequence[Doc], share: float, seeds: int) -> list[Draw]:
    """RETURNS (list[tuple]): Damaged copies of the docs and their damages, of each seed.
    RAISES (ValueError): If one has no damage.
    """
    draws = [corrupt(docs, share, seed=seed) for seed in range(seeds)]
    for seed, (_, damages) in enumerate(draws):
        if not damages:
            entities = sum(len(doc.ents) for doc in docs)
            raise ValueError(
                f"--share: expected one that damages labels, got {share:g} of {entities} entities, "
                f"which damages none with seed {seed}; take a larger share or corpus"
            )
    return draws


def describe_ways(found: Counter[str], made: Counter[str]) -> str:
    """RETURNS (str): Of the damages made in each way the share that was found, in percent."""
    shares = (f"{100 * found[way] / made[way]:.0f}" if made[way] else "none" for way in WAYS)
    return ", ".join(f"{way} {share}" for way, share in zip(WAYS, shares, strict=True))


@one_line_errors()
def main(
    training: Annotated[Path, typer.Argument(help="Output folder of a training.")],
    corpus: Annotated[Path, typer.Option(help="Labels that it did not learn from.")],
    share: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Of the labels, how many are damaged.")
    ] = 0.03,
    seeds: Annotated[int, typer.Option(min=1, help="Draws.")] = 4,
    stated: Annotated[
        bool, typer.Option("--stated", help="Take confidences as they are stated, calibrated.")
    ] = False,
) -> None:
    """Print a table: shares that are found, in percent, means over the draws."""
    if stated:
        # what ships reads those at temperature 1
        confidence.read_plain = confidence.read
    predicted = predict_corpus(training, corpus=corpus)
    if predicted is None:
        raise ValueError(f"{training}: expected a training with model-last, found none")
    examine(training, predicted.examples, share, seeds)


def examine(training: Path, predicted: Sequence[Example], share: float, seeds: int) -> None:
    """Damage, rank, and print what is found again.

    training (Path): Whose model predicted.
    predicted (Sequence[Example]): What it did, beside labels that are right.
    """
    rank, rankings = find_rank(), dict(RANKINGS)
    docs = [eg.reference for eg in predicted]
    draws = corrupt_each(docs, share, seeds)
    judge = None if rank is None else TokenJudge(open_pipeline(str(training / "model-last")), docs)
    rows: dict[tuple[str, float], list[float]] = {}
    ways: Counter[str] = Counter()
    entities: list[int] = []
    for damaged, damages in draws:
        pairs = zip(predicted, damaged, strict=True)
        examples = [Example(eg.predicted, doc) for eg, doc in pairs]
        ranked = rank_suspects(examples)
        if judge is not None:
            rankings["cleanlab"] = partial(doubt, qualities=judge.judge(rank, examples))
        entities.append(len(ranked))
        for name, key in rankings.items():
            order = sorted(ranked, key=lambda one, key=key: -key(one))  # type: ignore[misc]
            for part in SHARES:
                found = find(order, damages, part)
                rows.setdefault((name, part), []).append(100 * found.total() / len(damages))
                if (name, part) == ("both", 0.05):
                    ways.update(found)
    made = Counter(one.way for _, damages in draws for one in damages)
    print(
        f"{made.total() / seeds:g} labels damaged and {mean(entities):g} entities ranked on "
        f"average of {seeds} draws"
    )
    print(f"| ranking | {' | '.join(f'first {100 * part:g} %' for part in SHARES)} |")
    print(f"| --- | {' | '.join('---' for _ in SHARES)} |")
    for name in rankings:
        print(f"| {name} | {' | '.join(f'{mean(rows[name, part]):.0f}' for part in SHARES)} |")
    print("both, first 5 %, each draw:", ", ".join(f"{one:.0f}" for one in rows["both", 0.05]))
    print("by way:", describe_ways(ways, made))


if __name__ == "__main__":
    typer.run(main)
