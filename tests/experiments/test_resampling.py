import numpy
import pytest
from scipy import stats

from adaptive_spacy.experiments.bootstrap import f1
from adaptive_spacy.experiments.resampling import (
    ALWAYS_SAME,
    NEVER_VARIED,
    TOO_FEW,
    Pair,
    _draw_sentences,
    difference,
)
from adaptive_spacy.experiments.statistics import ALPHA, holm


def pair(first, second, seed=1, cell="a", dataset="news") -> Pair:
    return Pair(dataset, cell, seed, numpy.array(first), numpy.array(second))


def drawn(generator, rate: float, sentences: int = 400) -> numpy.ndarray:
    """Sentences of two entities each, found with a probability."""
    found = generator.binomial(2, rate, sentences)
    return numpy.stack([found, numpy.zeros_like(found), 2 - found], axis=1)


def gap(one: Pair) -> float:
    return float(f1(one.first.sum(axis=0)) - f1(one.second.sum(axis=0)))


def width(found) -> float:
    return found.interval[1] - found.interval[0]


def test_mean_is_over_samples_then_over_cells() -> None:
    right, wrong, half = [[2, 0, 0]], [[0, 0, 2]], [[1, 1, 1]]
    pairs = [pair(right, wrong), pair(half, half, seed=2), pair(right, half, cell="b")]
    found = difference(pairs)
    # (100 + 0) / 2 in the first cell, 50 in the second
    assert found.mean == pytest.approx((50 + 50) / 2)
    assert (found.samples, found.cells) == (3, 2)
    # nobody can tell the chance of a single sample
    assert (found.untold, found.interval, found.p, found.p_alike) == (TOO_FEW, None, None, None)


def test_difference_that_is_there_is_shown() -> None:
    generator = numpy.random.default_rng(1)
    pairs = [pair(drawn(generator, 0.8), drawn(generator, 0.6), seed) for seed in range(6)]
    found = difference(pairs)
    assert found.interval is not None
    assert 0 < found.interval[0] < found.mean < found.interval[1]
    # small enough for the 176 rows of the whole grid
    assert holm([found.p] * 176)[0] < ALPHA
    assert found.p_alike > 0.9
    # whichever is named first
    other = difference([one._replace(first=one.second, second=one.first) for one in pairs])
    assert (other.mean, other.p) == (-found.mean, found.p)
    assert other.p_alike == pytest.approx(found.p_alike)


def test_approaches_that_are_alike_are_shown_alike() -> None:
    generator = numpy.random.default_rng(2)
    pairs = []
    for seed in range(6):
        base = drawn(generator, 0.7, 4000)
        pairs.append(pair(base, base[generator.permutation(len(base))], seed))
    # the same counts in another order: no difference, only the chance of the sentences
    found = difference(pairs)
    assert found.mean == 0.0
    assert found.p > 0.5
    assert found.p_alike < ALPHA


def test_few_noisy_samples_show_neither() -> None:
    generator = numpy.random.default_rng(3)
    rates = [(0.5, 0.7), (0.7, 0.5), (0.62, 0.6)]
    found = difference(
        [
            pair(drawn(generator, first), drawn(generator, other), seed)
            for seed, (first, other) in enumerate(rates)
        ]
    )
    assert found.p > ALPHA
    assert found.p_alike > ALPHA


def test_where_only_samples_differ_it_is_the_paired_t_test() -> None:
    generator = numpy.random.default_rng(4)
    rates = (0.55, 0.6, 0.65, 0.7)
    # so many sentences that their chance is small beside that of the samples
    pairs = [
        pair(drawn(generator, rate, 20_000), drawn(generator, 0.6, 20_000), seed)
        for seed, rate in enumerate(rates)
    ]
    theirs = stats.ttest_1samp([gap(one) for one in pairs], 0)
    low, high = theirs.confidence_interval()
    found = difference(pairs)
    assert found.p == pytest.approx(theirs.pvalue, rel=0.02)
    assert found.interval == pytest.approx((low, high), rel=0.02)


def test_where_only_sentences_differ_it_is_their_bootstrap() -> None:
    generator = numpy.random.default_rng(5)
    first, second = drawn(generator, 0.8, 300), drawn(generator, 0.6, 300)
    found = difference([pair(first, second, seed) for seed in (1, 2)])
    # by the delta method: F1 of these counts is 2r / (1 + r)
    recall = [counts[:, 0].mean() / 2 for counts in (first, second)]
    slopes = [200 / (1 + rate) ** 2 for rate in recall]
    spreads = [counts[:, 0].std() / 2 for counts in (first, second)]
    parts = [(slope * spread) ** 2 / 300 for slope, spread in zip(slopes, spreads, strict=True)]
    assert width(found) == pytest.approx(2 * 1.96 * sum(parts) ** 0.5, rel=0.1)


@pytest.mark.parametrize("samples", [2, 3, 6])
def test_interval_holds_the_truth_as_often_as_it_says(samples: int) -> None:
    """Approaches of one quality, each sample of which turns out better or worse by chance."""
    generator = numpy.random.default_rng(6)
    trials, held = 400, 0
    for _ in range(trials):
        # one test sentence of many entities has no chance of its own
        rates = 5000 + 300 * generator.standard_normal((samples, 2))
        pairs = [
            pair([[a, 0, 10_000 - a]], [[b, 0, 10_000 - b]], seed)
            for seed, (a, b) in enumerate(rates.astype(int))
        ]
        low, high = difference(pairs).interval
        held += low <= 0 <= high
    assert held / trials == pytest.approx(0.95, abs=0.03)


@pytest.mark.parametrize(("calm", "counts"), [(300, (4, 4)), (30, (4, 4)), (30, (3, 6))])
def test_data_sets_differ_in_how_much_their_samples_do(
    calm: float, counts: tuple[int, int]
) -> None:
    """The mean of two data sets' differences is Welch's t-test of one against the other's negative,
    whose degrees of freedom are Satterthwaite's."""
    generator = numpy.random.default_rng(9)
    pairs = [
        # one test sentence of many entities has no chance of its own
        pair([[found, 0, 10_000 - found]], [[5000, 0, 5000]], seed, name, name)
        for name, spread, count in zip("ab", (300, calm), counts, strict=True)
        for seed, found in enumerate((5100 + spread * generator.standard_normal(count)).astype(int))
    ]
    a, b = ([gap(one) for one in pairs if one.dataset == name] for name in "ab")
    welch = stats.ttest_ind(a, [-one for one in b], equal_var=False)
    low, high = welch.confidence_interval()
    found = difference(pairs)
    assert found.p == pytest.approx(welch.pvalue)
    assert found.interval == pytest.approx((low / 2, high / 2))


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("counts", [(2, 6), (6, 2), (3, 3)])
def test_interval_holds_the_truth_where_budgets_have_other_numbers_of_samples(
    counts: tuple[int, int], together: bool
) -> None:
    generator = numpy.random.default_rng(10)
    trials, held = 600, 0
    for _ in range(trials):
        # what a seed's samples have in common, if anything
        shared = generator.standard_normal(6)
        pairs = []
        for cell, count in zip("ab", counts, strict=True):
            own = shared if together else generator.standard_normal(6)
            for seed in range(count):
                right = int(5000 + 200 * own[seed])
                pairs.append(pair([[right, 0, 10_000 - right]], [[5000, 0, 5000]], seed, cell))
        low, high = difference(pairs).interval
        held += low <= 0 <= high
    assert held / trials >= 0.94


def test_samples_of_a_seed_are_one_unit_over_budgets() -> None:
    generator = numpy.random.default_rng(7)
    rates = 5000 + 300 * generator.standard_normal((5, 2))
    counts = [([[int(a), 0, 10_000 - int(a)]], [[int(b), 0, 10_000 - int(b)]]) for a, b in rates]
    one = difference([pair(*both, seed) for seed, both in enumerate(counts)])
    # the same samples at another budget tell nothing new
    again = [pair(*both, seed, cell) for cell in "ab" for seed, both in enumerate(counts)]
    assert width(difference(again)) == pytest.approx(width(one))
    # other samples do
    more = [
        pair(*both, seed + 5 * (cell == "b"), cell)
        for cell in "ab"
        for seed, both in enumerate(counts)
    ]
    other = difference([one._replace(dataset=one.cell) for one in more])
    assert width(other) < 0.75 * width(one)


def test_what_a_seed_gains_at_one_budget_and_loses_at_another_does_not_count() -> None:
    generator = numpy.random.default_rng(11)
    moves = (300 * generator.standard_normal(5)).astype(int)

    def pairs(cell: str, times: int) -> list[Pair]:
        # one test sentence of many entities has no chance of its own
        right = [5000 + times * int(move) for move in moves]
        return [
            pair([[one, 0, 20_000 - 2 * one]], [[5000, 0, 10_000]], seed, cell)
            for seed, one in enumerate(right)
        ]

    both = difference([*pairs("a", 3), *pairs("b", -1)])
    assert width(both) == pytest.approx(width(difference(pairs("a", 1))))


def test_test_sentences_are_shared_within_a_data_set() -> None:
    """Two budgets on one test set share its chance: their mean is no surer than one of them."""
    generator = numpy.random.default_rng(8)
    first, second = drawn(generator, 0.8, 100), drawn(generator, 0.6, 100)
    one = difference([pair(first, second, seed) for seed in (1, 2)])
    both = [pair(first, second, seed, cell) for cell in "ab" for seed in (1, 2)]
    assert width(difference(both)) == pytest.approx(width(one), rel=0.01)
    others = difference([pair._replace(dataset=pair.cell) for pair in both])
    assert width(others) == pytest.approx(width(one) / 2**0.5, rel=0.01)


@pytest.mark.parametrize("same", [[[1, 0, 1]], [[0, 0, 2]] * 200])
def test_ties_tell_nothing_of_the_chance(same: list[list[int]]) -> None:
    """As where nothing was learnt, twice."""
    found = difference([pair(same, same, seed) for seed in (1, 2)])
    assert (found.mean, found.untold) == (0.0, ALWAYS_SAME)
    assert (found.interval, found.p, found.p_alike) == (None, None, None)


def test_gaps_of_cells_that_cancel_are_not_the_same() -> None:
    right, wrong = [[1, 0, 0]] * 20, [[0, 0, 1]] * 20
    cells = (("a", right, wrong), ("b", wrong, right))
    found = difference([pair(*of, seed, cell) for cell, *of in cells for seed in (1, 2)])
    assert (found.mean, found.untold) == (0.0, NEVER_VARIED)


def test_draws_without_entities_do_not_count_as_f1_0() -> None:
    """One draw of 22 has none of the three sentences with entities."""
    rest = [[0, 0, 0]] * 97
    first, second = [[1, 0, 0]] * 3 + rest, [[0, 1, 1]] * 3 + rest
    found = difference([pair(first, second, seed) for seed in (1, 2)])
    assert (found.mean, found.untold) == (100.0, NEVER_VARIED)
    nothing = [[0, 0, 0]] * 20
    assert difference([pair(nothing, nothing, seed) for seed in (1, 2)]).untold == ALWAYS_SAME


def test_same_numbers_each_time_and_another_test_set_is_refused() -> None:
    generator = numpy.random.default_rng(9)
    pairs = [pair(drawn(generator, 0.8), drawn(generator, 0.7), seed) for seed in range(3)]
    found = difference(pairs)
    # in another process too, which draws anew
    _draw_sentences.cache_clear()
    assert difference(pairs) == found
    with pytest.raises(ValueError, match="news: expected the same test sentences for all, got 400"):
        difference([*pairs, pair(drawn(generator, 0.8, 10), drawn(generator, 0.7, 10), 4)])


def test_a_small_difference_that_never_varies_is_not_shown_to_be_alike() -> None:
    first, second = [[1000, 0, 0]], [[998, 2, 2]]
    found = difference([pair(first, second, seed) for seed in (1, 2)])
    assert 0 < found.mean < 1
    assert (found.untold, found.p, found.p_alike) == (NEVER_VARIED, None, None)


def test_alike_is_told_by_students_t_of_the_samples() -> None:
    """As of two one-sided tests, where the chance in test sentences is next to none."""
    generator = numpy.random.default_rng(2)
    pairs = [
        pair(drawn(generator, 0.6 + shift, 60_000), drawn(generator, 0.6, 60_000), seed=seed)
        for seed, shift in enumerate((0.01, -0.02, 0.03, 0.0))
    ]
    gaps = [gap(one) for one in pairs]
    margin = 3.0
    known = max(
        stats.ttest_1samp(gaps, -margin, alternative="greater").pvalue,
        stats.ttest_1samp(gaps, margin, alternative="less").pvalue,
    )
    assert 0.02 < known < 0.3
    assert difference(pairs, margin=margin).p_alike == pytest.approx(known, rel=0.1)
