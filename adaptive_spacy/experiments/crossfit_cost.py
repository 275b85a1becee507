"""What `adaptive-spacy crossfit` costs and gains, before anything is trained."""

from collections.abc import Sequence

from spacy.tokens import Doc

from adaptive_spacy.experiments.folds import assign_folds, describe_fewer
from adaptive_spacy.printable import listed

#: Rounds of most adaptive trainings, on 25 to 475 sentences (docs/method.md)
ROUNDS = 12, 25
#: Of a batch of the shipped configs
SENTENCES = 16
#: The fewest of a round with them
UPDATES = 8
#: F1 that it gained over one adaptive training with a fifth for dev, by labels (docs/results.md)
GAINS = {25: 3.9, 50: 3.1, 100: 3.7, 200: 2.5}


def describe_cost(docs: Sequence[Doc], folds: int, least: int) -> str:
    """least (int): Updates that each training makes at least.
    RETURNS (str): What a run costs beside one adaptive training, and what it gained in trials.
    RAISES (ValueError): If the docs cannot be divided so.
    """
    assigned = assign_folds(docs, folds, 0)
    fewer = describe_fewer(assigned, folds)
    folds = len(set(assigned))
    tokens = sum(map(len, docs))
    part = 1 - 1 / folds
    # each fold's training, and the last one, which is as long
    passes = folds * part + 1
    batches = _divide(len(docs) * (folds - 1), folds * SENTENCES)
    updates = max(UPDATES, batches)
    epochs = updates / batches
    rounds = [max(usual, _divide(least, updates)) for usual in ROUNDS]
    needed = [f"{passes * one * epochs * tokens / 1e6:.2g}" for one in rounds]
    bound = f", as it makes {least} updates at least" if least else ""
    gains = listed([f"{gain:+.1f} F1 with {labels} labels" for labels, gain in GAINS.items()])
    return (
        f"{folds} adaptive trainings on {part:.0%} of {len(docs):,} sentences, then one on all: "
        f"{passes * tokens:,.0f} tokens per epoch, {passes / part:.1f} times as many as a single "
        f"training that keeps {1 - part:.0%} for dev. An adaptive training of few sentences takes "
        f"{_range(rounds)} rounds, of {epochs:.1f} epochs with the shipped configs{bound}; "
        f"all together {_range(needed)} million token updates. "
        f"In trials with five folds it gained over the single training: {gains} "
        f"(docs/results.md){f'. {fewer}' if fewer else ''}"
    )


def _divide(number: int, by: int) -> int:
    """RETURNS (int): The quotient, rounded up."""
    return -(-number // by)


def _range(ends: Sequence[object]) -> str:
    low, high = ends
    return f"{low} or more" if low == high else f"{low} to {high}"
