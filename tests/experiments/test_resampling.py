import numpy
import pytest
from scipy import stats
from sklearn.metrics import f1_score

from adaptive_spacy.experiments.resampling import MARGIN, Pair, difference, f1


def pair(first, second, cell="a", dataset="news") -> Pair:
    return Pair(dataset, cell, numpy.array(first), numpy.array(second))


def drawn(generator, rate: float, sentences: int = 400) -> numpy.ndarray:
    """Sentences of two entities each, found with a probability."""
    found = generator.binomial(2, rate, sentences)
    return numpy.stack([found, numpy.zeros_like(found), 2 - found], axis=1)


def test_f1_is_the_usual_one() -> None:
    gold = [1, 1, 1, 0, 0, 1]
    found = [1, 0, 1, 1, 0, 1]
    counts = numpy.array([3, 1, 1])
    assert f1(counts) == pytest.approx(100 * f1_score(gold, found))
    assert f1(numpy.zeros(3)) == 0.0
    assert f1(numpy.array([[1, 0, 0], [0, 1, 1]])).tolist() == [100.0, 0.0]


def test_mean_is_over_samples_then_over_cells() -> None:
    right, wrong, half = [[2, 0, 0]], [[0, 0, 2]], [[1, 1, 1]]
    pairs = [pair(right, wrong), pair(half, half), pair(right, half, cell="b")]
    found = difference(pairs)
    # (100 + 0) / 2 in the first cell, 50 in the second
    assert found.mean == pytest.approx((50 + 50) / 2)
    assert (found.samples, found.cells) == (3, 2)
    # nobody can tell the chance of a single sample
    assert (found.interval, found.p, found.p_alike) == (None, None, None)


def test_difference_that_is_there_is_shown() -> None:
    generator = numpy.random.default_rng(1)
    pairs = [pair(drawn(generator, 0.8), drawn(generator, 0.6)) for _ in range(6)]
    found = difference(pairs)
    assert found.interval is not None
    assert 0 < found.interval[0] < found.mean < found.interval[1]
    assert found.p < 0.01
    assert found.p_alike > 0.9


def test_approaches_that_are_alike_are_shown_alike() -> None:
    generator = numpy.random.default_rng(2)
    pairs = []
    for _ in range(6):
        base = drawn(generator, 0.7, 4000)
        pairs.append(pair(base, base[generator.permutation(len(base))]))
    # the same counts in another order: no difference, only the chance of the sentences
    found = difference(pairs)
    assert found.mean == 0.0
    assert found.p > 0.5
    assert found.p_alike < 0.05


def test_few_noisy_samples_show_neither() -> None:
    generator = numpy.random.default_rng(3)
    rates = [(0.5, 0.7), (0.7, 0.5), (0.62, 0.6)]
    found = difference([pair(drawn(generator, a), drawn(generator, b)) for a, b in rates])
    assert found.p > 0.05
    assert found.p_alike > 0.05


def test_interval_covers_both_chances() -> None:
    """Its width against the normal theory: samples of variance s² give s² / n."""
    generator = numpy.random.default_rng(4)
    many = 20_000
    pairs = [
        pair(drawn(generator, rate, many), drawn(generator, 0.6, many))
        for rate in (0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
    ]
    # with so many sentences only the samples vary
    gaps = [float(f1(one.first.sum(0)) - f1(one.second.sum(0))) for one in pairs]
    found = difference(pairs)
    width = found.interval[1] - found.interval[0]
    assert width == pytest.approx(2 * 1.96 * stats.sem(gaps), rel=0.1)
    # and with samples that are alike only the sentences do
    first, second = drawn(generator, 0.8, 300), drawn(generator, 0.6, 300)
    found = difference([pair(first, second)] * 2)
    recall = [counts[:, 0].mean() / 2 for counts in (first, second)]
    slope = [200 / (1 + rate) ** 2 for rate in recall]
    error = (
        sum(
            (k * counts[:, 0].std() / 2) ** 2 / 300
            for k, counts in zip(slope, (first, second), strict=True)
        )
        ** 0.5
    )
    assert found.interval[1] - found.interval[0] == pytest.approx(2 * 1.96 * error, rel=0.15)


def test_test_sentences_are_drawn_once_for_a_data_set() -> None:
    """Two budgets on one test set share its chance: their mean is no surer than one of them."""
    generator = numpy.random.default_rng(5)
    first, second = drawn(generator, 0.8, 100), drawn(generator, 0.6, 100)
    one = difference([pair(first, second)] * 2)
    same = difference([pair(first, second, cell) for cell in "ab" for _ in range(2)])
    others = difference(
        [pair(first, second, cell, dataset=cell) for cell in "ab" for _ in range(2)]
    )
    widths = [found.interval[1] - found.interval[0] for found in (one, same, others)]
    assert widths[1] == pytest.approx(widths[0], rel=0.05)
    assert widths[2] == pytest.approx(widths[0] / 2**0.5, rel=0.15)


def test_same_numbers_each_time_and_another_test_set_is_refused() -> None:
    generator = numpy.random.default_rng(6)
    pairs = [pair(drawn(generator, 0.8), drawn(generator, 0.7)) for _ in range(3)]
    assert difference(pairs) == difference(pairs)
    with pytest.raises(ValueError, match="news: expected the same test sentences for all, got 400"):
        difference([*pairs, pair(drawn(generator, 0.8, 10), drawn(generator, 0.7, 10))])
    assert MARGIN == 1.0
