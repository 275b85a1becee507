"""Folds: labelled docs, divided so that each is held out once, and never seen in a copy.

Each fold has entities: without any, the loss of what is held out falls as long as one trains, and a
training that goes by it does not end.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from spacy.tokens import Doc

from adaptive_spacy.data.corpus import rank
from adaptive_spacy.data.splits import Pool
from adaptive_spacy.experiments.job import SPLITS
from adaptive_spacy.experiments.shipping import write_docs

LEAST, MOST = 2, 100
#: No type of spaCy's is the empty text
RARE = ""


def assign_folds(docs: Sequence[Doc], folds: int, seed: int) -> list[int]:
    """Divide docs as `convert --split` does: texts of each entity type by the same shares, docs of
    the same text together.

    docs (Sequence[Doc]): All labelled docs.
    folds (int): How many folds, at most: as many as there are different texts with entities if
        these are fewer.
    seed (int): Of the order in which they are drawn.
    RETURNS (list[int]): The fold of each doc, from 0 without a gap.
    RAISES (ValueError): If there are too few different texts, or with entities less than two.
    """
    if not LEAST <= folds <= MOST:
        raise ValueError(f"--folds: expected {LEAST} to {MOST}, got {folds}")
    texts = {doc.text for doc in docs}
    if len(texts) < folds:
        raise ValueError(
            f"--folds: expected at most as many folds as there are different texts, "
            f"{len(texts)}, got {folds}"
        )
    if len(labelled := {doc.text for doc in docs if doc.ents}) < 2:
        raise ValueError(
            "expected entities in two different texts at least, so that each fold has some to "
            f"learn from, found them in {len(labelled)} of {len(texts)}"
        )
    folds = min(folds, len(labelled))
    # by text, as copies stay together
    labels_of: dict[str, set[str]] = defaultdict(set)
    for doc in docs:
        labels_of[doc.text].update(ent.label_ for ent in doc.ents)
    places = Counter(label for labels in labels_of.values() for label in labels)
    pool = Pool()
    for doc in docs:
        # types that are too rare for every fold are spread as if they were one
        labels = {ent.label_ if places[ent.label_] >= folds else RARE for ent in doc.ents}
        pool.add(rank(seed, doc.text), labels)
    # some type, or the rare ones together, has a text for each fold: none is left without
    assigned = pool.divide(dict.fromkeys(fold_names(folds), 1 / folds))
    return [int(fold) for fold in assigned]


def describe_fewer(assigned: Sequence[int], folds: int) -> str | None:
    """RETURNS (str | None): Why there are fewer folds than were asked for; None: there are not."""
    if (found := len(set(assigned))) == folds:
        return None
    return (
        f"{found} folds instead of {folds}: only {found} different texts have entities, and what a "
        "fold holds out needs some to tell how long to train"
    )


def fold_names(folds: int) -> list[str]:
    """RETURNS (list[str]): What the folds are called, from 1."""
    return [f"fold-{fold}" for fold in range(1, folds + 1)]


def write_folds(docs: Sequence[Doc], assigned: Sequence[int], corpora: Sequence[Path]) -> None:
    """Write a corpus for each fold: train.spacy is what the others hold, dev.spacy and test.spacy
    what it holds itself.

    corpora (Sequence[Path]): The corpora's folders, by fold.
    """
    for fold, corpus in enumerate(corpora):
        corpus.mkdir(parents=True, exist_ok=True)
        for split in SPLITS:
            wanted = [
                doc
                for doc, other in zip(docs, assigned, strict=True)
                if (other != fold) == (split == "train")
            ]
            write_docs(wanted, corpus / f"{split}.spacy")
