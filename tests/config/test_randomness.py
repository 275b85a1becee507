import random

import numpy
import pytest

from adaptive_spacy.config.randomness import same_randomness


def draw() -> tuple[float, float]:
    return random.random(), float(numpy.random.random())


@pytest.mark.parametrize("fails", [False, True])
def test_random_numbers_go_on_where_they_were(fails: bool) -> None:
    random.seed(0)
    numpy.random.seed(0)
    expected = draw()
    random.seed(0)
    numpy.random.seed(0)
    try:
        with same_randomness():
            assert draw() == expected
            if fails:
                raise KeyError
    except KeyError:
        assert fails
    assert draw() == expected
