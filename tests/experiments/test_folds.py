"""Division of labelled sentences into folds."""

import pytest
import spacy
from spacy.tokens import Doc

from adaptive_spacy.experiments.folds import assign_folds


def labelled_docs(*labels: str) -> list[Doc]:
    vocab = spacy.blank("en").vocab
    return [
        Doc(vocab, words=[f"word{i}", "x"], ents=[f"B-{label}" if label else "O", "O"])
        for i, label in enumerate(labels)
    ]


def test_types_that_are_too_rare_for_every_fold_are_spread() -> None:
    docs = labelled_docs("PER", "LOC", "ORG", "MISC", "", "")
    assigned = assign_folds(docs, 2, seed=0)
    by_fold = [[doc for doc, fold in zip(docs, assigned, strict=True) if fold == i] for i in (0, 1)]
    assert [sum(bool(doc.ents) for doc in part) for part in by_fold] == [2, 2]


def test_copies_that_leave_a_fold_empty_are_said() -> None:
    copies = [*labelled_docs("PER", "LOC", "", "", ""), *labelled_docs("PER") * 5]
    with pytest.raises(ValueError, match=r"^--folds: expected fewer than 5: copies of a text"):
        assign_folds(copies, 5, seed=0)
