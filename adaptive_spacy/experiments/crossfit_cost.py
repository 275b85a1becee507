"""What `adaptive-spacy crossfit` costs and gains, before anything is trained."""

from collections.abc import Sequence

from spacy.tokens import Doc

from adaptive_spacy.experiments.folds import assign_folds, describe_fewer
from adaptive_spacy.printable import listed

#: Rounds of adaptive trainings that may end freely, on 25 to 475 sentences (docs/method.md)
ROUNDS = 12, 25
#: Of a batch of the shipped configs
SENTENCES = 16
#: The least that a round reads with them: 8 updates
SENTENCES_OF_ROUND = 8 * SENTENCES
#: F1 that it gained over one adaptive training with a fifth for dev, by labels (docs/results.md)
GAINS = {25: 3.8, 50: 2.7, 100: 3.8, 200: 2.6}


def describe_cost(docs: Sequence[Doc], folds: int, least: int) -> str:
    """least (int): Updates that the last training makes at least.
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
    epochs = max(1.0, SENTENCES_OF_ROUND / (part * len(docs)))
    shortest = least * SENTENCES / len(docs)
    low, high = (
        (folds * part * length + max(length, shortest)) * tokens / 1e6
        for length in (rounds * epochs for rounds in ROUNDS)
    )
    last = f"; the last training makes {least} updates at least" if least else ""
    gains = listed([f"{gain:+.1f} F1 with {labels} labels" for labels, gain in GAINS.items()])
    return (
        f"{folds} adaptive trainings on {part:.0%} of {len(docs):,} sentences, then one on all: "
        f"{passes * tokens:,.0f} tokens per epoch, {passes / part:.1f} times as many as a single "
        f"training that keeps {1 - part:.0%} for dev. A fold of few sentences takes "
        f"{ROUNDS[0]} to {ROUNDS[1]} rounds, of {epochs:.1f} epochs with the shipped "
        f"configs{last}: {low:.2g} to {high:.2g} million token updates. "
        f"In trials with five folds it gained over the single training: {gains} "
        f"(docs/results.md){f'. {fewer}' if fewer else ''}"
    )
