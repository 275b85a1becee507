import math

import pytest

from adaptive_spacy.config.requirements import (
    HIGHEST_RATE,
    LANGUAGE,
    NOT_NEGATIVE,
    POSITIVE,
    RATE,
    Requirement,
    require_language,
    whole,
)


@pytest.mark.parametrize("value", ["zz", "lex_attrs", "", "en.stop_words", "../en", None, 1, []])
def test_what_is_no_language_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="--lang: expected the code of a language of spaCy, such"):
        require_language(value)


@pytest.mark.parametrize("value", ["en", "xx", "sv", "ja", "eng"])
def test_languages_of_spacy_are_known(value: str) -> None:
    require_language(value)
    assert LANGUAGE.holds(value)


@pytest.mark.parametrize("requirement", [whole(1), POSITIVE, NOT_NEGATIVE])
@pytest.mark.parametrize(
    "value", [10**12 + 1, 10**400, 10**5000], ids=["a trillion", "no float", "no text"]
)
def test_number_beyond_all_use_is_refused_in_few_words(requirement, value: int) -> None:
    assert requirement.fault(10**12) is None
    shown = str(value) if value < 10**4000 else "one of thousands of digits"
    fault = f"expected {requirement.allowed}, got {shown}; expected none beyond 1e+12"
    assert requirement.fault(value) == fault


@pytest.mark.parametrize(
    ("requirement", "inside", "outside"),
    [
        (RATE, HIGHEST_RATE, math.nextafter(HIGHEST_RATE, math.inf)),
        (RATE, math.ulp(0.0), 0.0),
        (NOT_NEGATIVE, 0.0, -math.ulp(0.0)),
        (whole(1, 3), 1, 0),
        (whole(1, 3), 3, 4),
    ],
)
def test_bound_itself_is_allowed_and_the_next_number_is_not(
    requirement: Requirement, inside: float, outside: float
) -> None:
    assert requirement.fault(inside) is None
    assert requirement.fault(outside) is not None
