from collections import Counter

import numpy
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.stats.split_counts import Lengths


@given(st.lists(st.integers(0, 300), min_size=1), st.sampled_from([0.01, 0.5, 0.9, 0.99, 1.0]))
def test_quantiles_are_those_of_numpy(lengths: list[int], share: float) -> None:
    expected = numpy.quantile(lengths, share, method="inverted_cdf")
    assert Lengths(Counter(lengths)).quantile(share) == expected
