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
from spacy.training import Example

from adaptive_spacy.experiments.predictions import predict_corpus
from adaptive_spacy.experiments.suspects import KINDS, Suspect, rank_suspects
from adaptive_spacy.ner import confidence
from adaptive_spacy.training.errors import RIGHT
from adaptive_spacy.training.evaluation import open_pipeline
from benchmarks.quality.cleanlab_ranking import TokenJudge, doubt, find_rank
from benchmarks.quality.corruption import WAYS, Damage, corrupt

SHARES = (0.02, 0.05, 0.1, 0.2)


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


def main(
    training: Annotated[Path, typer.Argument(help="Output folder of a training.")],
    corpus: Annotated[Path, typer.Option(help="Labels that it did not learn from.")],
    share: Annotated[float, typer.Option(help="Of the labels, how many are damaged.")] = 0.03,
    seeds: Annotated[int, typer.Option(help="Draws.")] = 4,
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
        raise typer.BadParameter(f"{training} has no model-last")
    rank, rankings = find_rank(), dict(RANKINGS)
    docs = [eg.reference for eg in predicted.examples]
    judge = None if rank is None else TokenJudge(open_pipeline(str(training / "model-last")), docs)
    rows: dict[tuple[str, float], list[float]] = {}
    ways: Counter[str] = Counter()
    number = entities = 0
    for seed in range(seeds):
        damaged, damages = corrupt(docs, share, seed=seed)
        pairs = zip(predicted.examples, damaged, strict=True)
        examples = [Example(eg.predicted, doc) for eg, doc in pairs]
        ranked = rank_suspects(examples)
        if judge is not None:
            rankings["cleanlab"] = partial(doubt, qualities=judge.judge(rank, examples))
        number, entities = len(damages), len(ranked)
        for name, key in rankings.items():
            order = sorted(ranked, key=lambda one, key=key: -key(one))  # type: ignore[misc]
            for part in SHARES:
                found = find(order, damages, part)
                rows.setdefault((name, part), []).append(100 * found.total() / number)
                if (name, part) == ("both", 0.05):
                    ways.update(found)
    print(f"{number} labels damaged, {entities} entities ranked, {seeds} draws")
    print(f"| ranking | {' | '.join(f'first {100 * part:g} %' for part in SHARES)} |")
    print(f"| --- | {' | '.join('---' for _ in SHARES)} |")
    for name in rankings:
        print(f"| {name} | {' | '.join(f'{mean(rows[name, part]):.0f}' for part in SHARES)} |")
    print("both, first 5 %, each draw:", ", ".join(f"{one:.0f}" for one in rows["both", 0.05]))
    each = number * seeds / len(WAYS)
    print("by way:", ", ".join(f"{way} {100 * ways[way] / each:.0f}" for way in WAYS))


if __name__ == "__main__":
    typer.run(main)
