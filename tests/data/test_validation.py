import pytest

from adaptive_spacy.data.validation import FEW_TO_VALIDATE, describe_noise


@pytest.mark.parametrize(
    ("documents", "entities"), [(100, 100), (100, None), (0, 0), (0, None), (500, 0)]
)
def test_enough_is_not_noisy_and_nothing_is_said_by_others(documents, entities) -> None:
    assert describe_noise("dev", documents=documents, entities=entities) is None


@pytest.mark.parametrize(
    ("documents", "entities", "counted"),
    [(99, None, "99 documents"), (300, 25, "25 entities"), (16, 25, "16 documents")],
)
def test_the_smaller_number_is_named(documents, entities, counted) -> None:
    line = describe_noise("dev", documents=documents, entities=entities)
    assert line is not None
    assert line.startswith(f"dev has {counted}; with fewer than {FEW_TO_VALIDATE} the validation")
    wavers = {"99": "10 %", "25": "20 %", "16": "25 %"}[counted.split()[0]]
    assert f"wavers by about {wavers} of the spread of a single one" in line
    # the standard error of a share of 0.8 of 25: sqrt(0.8 * 0.2 / 25)
    assert ("a recall of 80 % by 8 points" in line) == (entities == 25)
