"""Types of a dev set that a training does not learn."""

from collections import Counter

from adaptive_spacy.training.checks.edges import Edges
from adaptive_spacy.training.checks.entities import Census
from adaptive_spacy.training.checks.types import find_type_faults

NOTHING_TO_GO_BY = (
    "[corpora.dev] has no entity of a type that [corpora.train] has: F1 says nothing, and the loss "
    "not when to stop"
)


def faults(train: dict[str, int], dev: dict[str, int]) -> list[str]:
    return list(
        find_type_faults(
            Census("corpora.train", "", Edges("", list), types=Counter(train)),
            Census("corpora.dev", "", Edges("", list), types=Counter(dev)),
        )
    )


def test_a_type_that_only_dev_has() -> None:
    assert faults({"PER": 3, "LOC": 1}, {"PER": 1, "GPE": 1_200}) == [
        "[corpora.dev] has 1,200 entities of type GPE, [corpora.train] has none: they can only be "
        "missed"
    ]


def test_no_entity_to_go_by() -> None:
    assert faults({"PER": 3}, {}) == [NOTHING_TO_GO_BY]


def test_only_entities_that_train_cannot_teach() -> None:
    """The loss leaves such types out, so it is that of what is outside entities alone."""
    assert faults({"PER": 3}, {"GPE": 2, "FAC": 1})[-1] == NOTHING_TO_GO_BY


def test_nothing_is_wrong() -> None:
    assert faults({"PER": 3, "LOC": 1}, {"PER": 1}) == []
