"""Folds: labelled docs, divided so that each is held out once, and never seen in a copy."""

from collections import Counter
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
    folds (int): How many folds.
    seed (int): Of the order in which they are drawn.
    RETURNS (list[int]): The fold of each doc, from 0.
    RAISES (ValueError): If there are too few different texts, or a fold's training part would have
        no entity.
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
    places = Counter(label for doc in docs for label in {ent.label_ for ent in doc.ents})
    pool = Pool()
    for doc in docs:
        # types that are too rare for every fold are spread as if they were one
        labels = {ent.label_ if places[ent.label_] >= folds else RARE for ent in doc.ents}
        pool.add(rank(seed, doc.text), labels)
    try:
        assigned = pool.divide(dict.fromkeys(fold_names(folds), 1 / folds))
    except ValueError:
        raise ValueError(
            f"--folds: expected fewer than {folds}: copies of a text stay together, and leave a "
            "fold without any"
        ) from None
    return [int(fold) for fold in assigned]


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
