"""Folds: labelled docs, divided so that each is held out once, and never seen in a copy.

Each fold has an entity whose type others have too. Without any that could be learnt from the
others, the loss of what is held out falls as long as one trains, and a training that goes by it
does not end.
"""

import warnings
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from spacy.tokens import Doc

from adaptive_spacy.data.corpus import rank
from adaptive_spacy.data.shared_texts import unify_spaces
from adaptive_spacy.data.splits import Pool
from adaptive_spacy.experiments.job import SPLITS
from adaptive_spacy.experiments.shipping import write_docs

LEAST, MOST = 2, 100
#: No type of spaCy's is the empty text
RARE = ""


def assign_folds(docs: Sequence[Doc], folds: int, seed: int) -> list[int]:
    """Divide docs as `convert --split` does: texts of each entity type by the same shares, docs of
    the same text together, whatever their spaces.

    docs (Sequence[Doc]): All labelled docs.
    folds (int): How many folds, at most: fewer where some would have no entity of a type that
        others have too.
    seed (int): Of the order in which they are drawn.
    RETURNS (list[int]): The fold of each doc, from 0 without a gap.
    RAISES (ValueError): If there are too few different texts, or no type in two of them.
    """
    # by text, as copies stay together
    types_of: dict[str, set[str]] = defaultdict(set)
    for text, doc in zip(unify_spaces(doc.text for doc in docs), docs, strict=True):
        types_of[text].update(ent.label_ for ent in doc.ents)
    if len(types_of) < LEAST:
        # before folds are counted: no number of them would do
        raise ValueError(
            f"expected {LEAST} different labelled texts at least, one to learn from and one to "
            f"hold out, found {len(types_of)}: label more"
        )
    if not isinstance(folds, int) or not LEAST <= folds <= MOST:
        raise ValueError(f"--folds: expected {LEAST} to {MOST}, got {folds!r}")
    if len(types_of) < folds:
        raise ValueError(
            f"--folds: expected at most as many folds as there are different texts, "
            f"{len(types_of)}, got {folds}"
        )
    texts = Counter(type_ for types in types_of.values() for type_ in types)
    shared = {type_ for type_, count in texts.items() if count > 1}
    learnable = sum(bool(types & shared) for types in types_of.values())
    if not texts:
        groups = "; they have span groups, which are not read" if any(map(_groups, docs)) else ""
        raise ValueError(
            f"expected entities to learn (doc.ents), found none in {len(types_of)} texts{groups}"
        )
    if not shared:
        raise ValueError(
            "expected entities of one type in two different texts at least, so that what is held "
            f"out can be learnt from the others, found {', '.join(sorted(texts))}, of "
            f"which no two of {len(types_of)} texts have the same"
        )
    for count in range(min(folds, learnable), LEAST, -1):
        # those of a single text are spread too, unless they stand in the way of the others
        for types in (texts.keys(), shared):
            assigned = _divide(docs, count, seed, {one: texts[one] for one in types})
            if _all_learnable(docs, assigned):
                return assigned
    # a type of two texts is in both of two folds
    return _divide(docs, LEAST, seed, {one: texts[one] for one in shared})


def _groups(doc: Doc) -> bool:
    return any(len(group) for group in doc.spans.values())


def _divide(docs: Sequence[Doc], folds: int, seed: int, texts: Mapping[str, int]) -> list[int]:
    """RETURNS (list[int]): The fold of each doc, each type divided by the same shares.

    texts (Mapping[str, int]): How many each type has; types that are not there do not count.
    """
    pool = Pool()
    for text, doc in zip(unify_spaces(doc.text for doc in docs), docs, strict=True):
        types = {ent.label_ for ent in doc.ents} & texts.keys()
        # those that are too rare for every fold are spread as if they were one
        pool.add(rank(seed, text), {one if texts[one] >= folds else RARE for one in types})
    # some type, or the rare ones together, has a text for each fold: none is left without
    assigned = pool.divide(dict.fromkeys(fold_names(folds), 1 / folds))
    return [int(fold) for fold in assigned]


def _all_learnable(docs: Sequence[Doc], assigned: Sequence[int]) -> bool:
    """RETURNS (bool): Whether each fold has an entity of a type that another fold has."""
    folds_of: dict[str, set[int]] = defaultdict(set)
    for doc, fold in zip(docs, assigned, strict=True):
        for ent in doc.ents:
            folds_of[ent.label_].add(fold)
    found = set().union(*(folds for folds in folds_of.values() if len(folds) > 1))
    return found == set(assigned)


def describe_fewer(assigned: Sequence[int], folds: int) -> str | None:
    """RETURNS (str | None): Why there are fewer folds than were asked for; None: there are not."""
    if (found := len(set(assigned))) == folds:
        return None
    return (
        f"{found} folds instead of {folds}: what a fold holds out needs an entity of a type that "
        "others have too, to tell how long to train, and in more folds some would have none"
    )


def divide(docs: Sequence[Doc], folds: int, seed: int) -> list[int]:
    """`assign_folds`, with a warning if there are fewer folds than were asked for."""
    assigned = assign_folds(docs, folds, seed)
    if (fewer := describe_fewer(assigned, folds)) is not None:
        warnings.warn(fewer, stacklevel=3)
    return assigned


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
