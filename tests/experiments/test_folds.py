"""Division of labelled sentences into folds."""

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc

from adaptive_spacy.experiments.folds import assign_folds, describe_fewer

VOCAB = spacy.blank("xx").vocab


def labelled_docs(*labels: str) -> list[Doc]:
    return [
        Doc(VOCAB, words=[f"word{i}", "x"], ents=[f"B-{label}" if label else "O", "O"])
        for i, label in enumerate(labels)
    ]


def folds_of_types(docs: list[Doc], assigned: list[int]) -> dict[str, set[int]]:
    """RETURNS (dict): The folds in which each type is."""
    found: dict[str, set[int]] = {}
    for doc, fold in zip(docs, assigned, strict=True):
        for ent in doc.ents:
            found.setdefault(ent.label_, set()).add(fold)
    return found


def test_types_that_are_too_rare_for_every_fold_are_spread() -> None:
    docs = labelled_docs("PER", "LOC", "ORG", "PER", "", "")
    assigned = assign_folds(docs, 2, seed=0)
    by_fold = [[doc for doc, fold in zip(docs, assigned, strict=True) if fold == i] for i in (0, 1)]
    assert [sum(bool(doc.ents) for doc in part) for part in by_fold] == [2, 2]


def test_types_of_a_single_text_are_spread_where_none_stands_in_the_way() -> None:
    docs = labelled_docs(*["PER"] * 6, "LOC", "ORG", "MISC", *[""] * 9)
    for seed in range(10):
        found = folds_of_types(docs, assign_folds(docs, 3, seed))
        assert set.union(*(found[one] for one in ("LOC", "ORG", "MISC"))) == {0, 1, 2}


@pytest.mark.parametrize("folds", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_texts_are_said_whatever_the_folds(count: int, folds: int) -> None:
    docs = labelled_docs("PER") * 3 if count else []
    with pytest.raises(ValueError, match=rf"^expected 2 different .* found {count}: label more$"):
        assign_folds(docs, folds, seed=0)


def test_seed_draws_other_folds() -> None:
    docs = labelled_docs(*["PER"] * 12)
    drawn = {tuple(assign_folds(docs, 3, seed)) for seed in (0, 0, 1, 2)}
    assert len(drawn) == 3


def test_copies_leave_no_fold_empty() -> None:
    copies = [*labelled_docs("PER", "LOC", "LOC", "", "PER"), *labelled_docs("PER") * 50]
    assigned = assign_folds(copies, 5, seed=0)
    assert {fold for doc, fold in zip(copies, assigned, strict=True) if doc.ents} == set(range(4))
    # copies stay together
    assert len({assigned[0], *assigned[5:]}) == 1


def test_fewer_folds_than_asked_for_where_fewer_texts_have_entities() -> None:
    docs = labelled_docs("PER", "", "PER", "", "PER", *[""] * 20)
    assigned = assign_folds(docs, 5, seed=0)
    assert folds_of_types(docs, assigned) == {"PER": {0, 1, 2}}
    assert set(assigned) == {0, 1, 2}
    assert describe_fewer(assigned, 5) == (
        "3 folds instead of 5: what a fold holds out needs an entity of a type that others have "
        "too, to tell how long to train, and in more folds some would have none"
    )
    assert describe_fewer(assigned, 3) is None


def test_no_fold_holds_out_only_what_the_others_cannot_teach() -> None:
    """As with 25 sentences of WNUT-17, of which one had the only product: the fold that held it out
    had a loss of what is outside entities alone, and was trained for hundreds of rounds."""
    docs = labelled_docs(*["PER"] * 4, *["LOC"] * 3, "PRODUCT", "GROUP", "CORPORATION", *[""] * 15)
    for seed in range(20):
        assigned = assign_folds(docs, 5, seed)
        assert set(assigned) == set(range(5))
        lone = {"PRODUCT", "GROUP", "CORPORATION"}
        found = folds_of_types(docs, assigned)
        assert set.union(*(found[one] for one in found.keys() - lone)) == set(range(5))


def test_two_folds_share_a_type() -> None:
    """Spread as if they were one, two texts of a type could all be in one fold."""
    docs = labelled_docs("PER", "PER", "LOC", "LOC", "ORG", "MISC", *[""] * 10)
    for seed in range(20):
        found = folds_of_types(docs, assign_folds(docs, 2, seed))
        assert {0, 1} in found.values()


def test_no_type_in_two_texts_is_refused() -> None:
    docs = [*labelled_docs("PER", "LOC", "ORG", *[""] * 5), *labelled_docs("PER")]
    with pytest.raises(ValueError, match="found LOC, ORG, PER, of which no two of 8 texts"):
        assign_folds(docs, 3, seed=0)


def test_texts_without_entities_are_refused_with_what_they_have_instead() -> None:
    docs = labelled_docs(*[""] * 5)
    with pytest.raises(ValueError, match=r"found none in 5 texts$"):
        assign_folds(docs, 3, seed=0)
    docs[0].spans["sc"] = [docs[0][:1]]
    with pytest.raises(ValueError, match="found none in 5 texts; they have span groups, which are"):
        assign_folds(docs, 3, seed=0)


LABELS = ["PER", "LOC", "ORG", "MISC", "PRODUCT", "GROUP"]


@given(
    st.lists(st.sampled_from(["", "", "", "", *LABELS]), min_size=5, max_size=30).filter(
        lambda labels: any(labels.count(one) > 1 for one in LABELS)
    ),
    st.integers(2, 5),
    st.integers(0, 3),
)
def test_each_fold_has_an_entity_of_a_type_that_others_have(
    labels: list[str], folds: int, seed: int
) -> None:
    docs = labelled_docs(*labels)
    assigned = assign_folds(docs, folds, seed)
    assert set(assigned) == set(range(max(assigned) + 1))
    shared = [found for found in folds_of_types(docs, assigned).values() if len(found) > 1]
    assert set.union(*shared) == set(assigned)
    # a type with a text for each fold leaves no reason for fewer
    if any(labels.count(one) >= folds for one in LABELS):
        assert len(set(assigned)) == folds


def test_copies_that_are_labelled_otherwise_are_one_text() -> None:
    docs = [*labelled_docs("PER", "PER", "PER", *[""] * 20), *labelled_docs("", "", "ORG")]
    assigned = assign_folds(docs, 5, seed=0)
    assert {fold for doc, fold in zip(docs, assigned, strict=True) if doc.ents} == {0, 1, 2}
    assert assigned[:3] == assigned[-3:]


def test_copies_of_a_text_do_not_count_for_a_type() -> None:
    """Five docs of PER, but two texts: not enough to be spread over five folds by themselves."""
    docs = [*labelled_docs("PER") * 4, *labelled_docs("", "PER", *["LOC"] * 3, *[""] * 20)]
    assigned = assign_folds(docs, 5, seed=0)
    assert {fold for doc, fold in zip(docs, assigned, strict=True) if doc.ents} == set(range(5))
