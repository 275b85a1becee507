"""Folds: labelled docs, divided so that each is held out once, and never seen in a copy."""

from collections.abc import Sequence
from pathlib import Path

from spacy.tokens import Doc

from adaptive_spacy.data.corpus import rank
from adaptive_spacy.data.splits import Pool
from adaptive_spacy.experiments.job import SPLITS
from adaptive_spacy.experiments.shipping import write_docs

LEAST, MOST = 2, 100


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
    pool = Pool()
    for doc in docs:
        pool.add(rank(seed, doc.text), {ent.label_ for ent in doc.ents})
    names = [f"fold-{fold}" for fold in range(1, folds + 1)]
    assigned = [int(fold) for fold in pool.divide(dict.fromkeys(names, 1 / folds))]
    labelled = {fold for fold, doc in zip(assigned, docs, strict=True) if doc.ents}
    if len(labelled) < 2:
        raise ValueError(
            "expected entities in two different texts at least, so that each fold has some to "
            f"learn from, found them in {sum(bool(doc.ents) for doc in docs)} of {len(docs)}"
        )
    return assigned


def write_folds(docs: Sequence[Doc], assigned: Sequence[int], folder: Path) -> list[Path]:
    """Write a corpus for each fold: train.spacy is what the others hold, dev.spacy and test.spacy
    what it holds itself.

    RETURNS (list[Path]): The corpora's folders, by fold.
    """
    corpora = []
    for fold in range(max(assigned) + 1):
        corpus = folder / f"fold-{fold + 1}"
        corpus.mkdir(parents=True, exist_ok=True)
        for split in SPLITS:
            wanted = [
                doc
                for doc, other in zip(docs, assigned, strict=True)
                if (other != fold) == (split == "train")
            ]
            write_docs(wanted, corpus / f"{split}.spacy")
        corpora.append(corpus)
    return corpora
