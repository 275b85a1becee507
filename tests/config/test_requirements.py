import pytest

from adaptive_spacy.config.requirements import NOT_NEGATIVE, POSITIVE, whole


@pytest.mark.parametrize("requirement", [whole(1), POSITIVE, NOT_NEGATIVE])
@pytest.mark.parametrize(
    "value", [10**12 + 1, 10**400, 10**5000], ids=["a trillion", "no float", "no text"]
)
def test_number_beyond_all_use_is_refused_in_few_words(requirement, value: int) -> None:
    assert requirement.fault(10**12) is None
    shown = str(value) if value < 10**4000 else "one of thousands of digits"
    fault = f"expected {requirement.allowed}, got {shown}; expected none beyond 1e+12"
    assert requirement.fault(value) == fault
