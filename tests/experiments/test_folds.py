"""Division of labelled sentences into folds."""

import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc

from adaptive_spacy.experiments.folds import assign_folds, describe_fewer

VOCAB = spacy.blank("en").vocab


def labelled_docs(*labels: str) -> list[Doc]:
    return [
        Doc(VOCAB, words=[f"word{i}", "x"], ents=[f"B-{label}" if label else "O", "O"])
        for i, label in enumerate(labels)
    ]


def test_types_that_are_too_rare_for_every_fold_are_spread() -> None:
    docs = labelled_docs("PER", "LOC", "ORG", "MISC", "", "")
    assigned = assign_folds(docs, 2, seed=0)
    by_fold = [[doc for doc, fold in zip(docs, assigned, strict=True) if fold == i] for i in (0, 1)]
    assert [sum(bool(doc.ents) for doc in part) for part in by_fold] == [2, 2]


def test_copies_leave_no_fold_empty() -> None:
    copies = [*labelled_docs("PER", "LOC", "ORG", "", "PER"), *labelled_docs("PER") * 50]
    assigned = assign_folds(copies, 5, seed=0)
    assert {fold for doc, fold in zip(copies, assigned, strict=True) if doc.ents} == set(range(4))
    # copies stay together
    assert len({assigned[0], *assigned[5:]}) == 1


def test_fewer_folds_than_asked_for_where_fewer_texts_have_entities() -> None:
    docs = labelled_docs("PER", "", "LOC", "", "PER", *[""] * 20)
    assigned = assign_folds(docs, 5, seed=0)
    assert sorted({fold for doc, fold in zip(docs, assigned, strict=True) if doc.ents}) == [0, 1, 2]
    assert set(assigned) == {0, 1, 2}
    assert describe_fewer(assigned, 5) == (
        "3 folds instead of 5: only 3 different texts have entities, and what a fold holds out "
        "needs some to tell how long to train"
    )
    assert describe_fewer(assigned, 3) is None


@given(
    st.lists(st.sampled_from(["", "", "", "PER", "LOC", "ORG"]), min_size=5, max_size=30).filter(
        lambda labels: sum(map(bool, labels)) >= 2
    ),
    st.integers(2, 5),
    st.integers(0, 3),
)
def test_each_fold_has_entities(labels: list[str], folds: int, seed: int) -> None:
    docs = labelled_docs(*labels)
    assigned = assign_folds(docs, folds, seed)
    count = min(folds, sum(map(bool, labels)))
    assert set(assigned) == set(range(count))
    assert {fold for doc, fold in zip(docs, assigned, strict=True) if doc.ents} == set(range(count))


def test_copies_that_are_labelled_otherwise_are_one_text() -> None:
    docs = [*labelled_docs("PER", "PER", "LOC", *[""] * 20), *labelled_docs("", "", "ORG")]
    assigned = assign_folds(docs, 5, seed=0)
    assert {fold for doc, fold in zip(docs, assigned, strict=True) if doc.ents} == {0, 1, 2}
    assert assigned[:3] == assigned[-3:]


def test_copies_of_a_text_do_not_count_for_a_type() -> None:
    """Five docs of PER, but two texts: not enough to be spread over five folds by themselves."""
    docs = [*labelled_docs("PER") * 4, *labelled_docs("", "PER", "LOC", "LOC", "ORG", *[""] * 20)]
    assigned = assign_folds(docs, 5, seed=0)
    assert {fold for doc, fold in zip(docs, assigned, strict=True) if doc.ents} == set(range(5))
