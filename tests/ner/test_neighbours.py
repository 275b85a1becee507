"""Tags side by side, against the table of all pairs."""

import numpy
import pytest

from adaptive_spacy.ner.tags import SCHEMES, TagSet


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("n_types", [0, 1, 3, 20])
def test_neighbours_are_those_of_the_table_of_all_pairs(scheme: str, n_types: int) -> None:
    tagset = TagSet(scheme, tuple(f"T{i}" for i in range(n_types)))
    allowed = tagset.allows(tagset.columns[:, None], tagset.columns[None, :])
    weights = numpy.random.default_rng(0).normal(size=(4, len(tagset.tags)))
    sums = [numpy.exp(side.log_sum(weights)) for side in (tagset.after, tagset.before)]
    assert sums[0] == pytest.approx(numpy.exp(weights) @ allowed.T)
    assert sums[1] == pytest.approx(numpy.exp(weights) @ allowed)
    paths = numpy.where(allowed[None], weights[:, :, None], -numpy.inf)
    highest, columns = tagset.before.best(weights)
    assert (highest == paths.max(axis=1)).all()
    assert (columns == paths.argmax(axis=1)).all()


@pytest.mark.filterwarnings("error")
def test_logarithms_are_summed_though_what_they_stand_for_underflows() -> None:
    logs = numpy.array([[-1e9, -1e9, -numpy.inf], [1e9, -1e9, 0.0]])
    # "O" is before "O" and "B", which stand in the first columns
    summed = TagSet("BIO", ("T",)).after.log_sum(logs)[:, 0]
    assert summed.tolist() == [pytest.approx(numpy.log(2) - 1e9, abs=1e-6), 1e9]
