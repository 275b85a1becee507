import tracemalloc
from itertools import pairwise, product

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from thinc.api import ConfigValidationError

from adaptive_spacy.ner.decoding import decode, forward_backward, require_decoder, viterbi
from adaptive_spacy.ner.tags import SCHEMES, Entity, TagSet
from tests.tiers import examples


def legal(tagset: TagSet, columns: tuple[int, ...]) -> bool:
    pairs = pairwise(columns)
    return bool(
        tagset.starts[columns[0]]
        and tagset.ends[columns[-1]]
        and all(tagset.allows(a, b) for a, b in pairs)
    )


def table(tagset: TagSet) -> numpy.ndarray:
    """RETURNS (array): Whether column j may follow row i, for all pairs."""
    return tagset.allows(tagset.columns[:, None], tagset.columns[None, :])


def all_legal(tagset: TagSet, length: int) -> list[tuple[int, ...]]:
    columns = range(len(tagset.tags))
    return [one for one in product(columns, repeat=length) if legal(tagset, one)]


def weight(logits: numpy.ndarray, columns: tuple[int, ...]) -> float:
    return float(numpy.exp(logits[range(len(columns)), list(columns)].sum()))


def logits_of(length: int, n_tags: int) -> st.SearchStrategy:
    return arrays("float64", (length, n_tags), elements=st.floats(-6, 6, width=32))


@pytest.mark.parametrize("scheme", SCHEMES)
@given(data=st.data())
@examples(40)
def test_viterbi_finds_the_best_legal_sequence(scheme: str, data) -> None:
    tagset = TagSet(scheme, ("A",))
    batch = [
        data.draw(logits_of(length, len(tagset.tags)))
        for length in data.draw(st.lists(st.integers(0, 5), min_size=1, max_size=4))
    ]
    for logits, columns in zip(batch, viterbi(batch, tagset), strict=True):
        assert len(columns) == len(logits)
        if len(logits):
            found = tuple(columns.tolist())
            assert legal(tagset, found)
            best = max(weight(logits, one) for one in all_legal(tagset, len(logits)))
            assert weight(logits, found) == pytest.approx(best)


def simple_viterbi(logits: numpy.ndarray, tagset: TagSet) -> list[int]:
    """As textbooks have it: each tag looks at all tags before it."""
    forbid = numpy.where(table(tagset), 0.0, -numpy.inf)
    score = numpy.where(tagset.starts, 0.0, -numpy.inf) + logits[0]
    back = []
    for row in logits[1:]:
        paths = score[:, None] + forbid
        back.append(paths.argmax(axis=0))
        score = paths.max(axis=0) + row
    columns = [int((score + numpy.where(tagset.ends, 0.0, -numpy.inf)).argmax())]
    for before in reversed(back):
        columns.append(int(before[columns[-1]]))
    return columns[::-1]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("n_types", [0, 1, 2, 7, 40])
def test_viterbi_and_weights_with_any_number_of_types(scheme: str, n_types: int) -> None:
    tagset = TagSet(scheme, tuple(f"T{i}" for i in range(n_types)))
    random = numpy.random.default_rng(n_types)
    lengths = random.integers(1, 12, 20)
    # whole numbers: many scores are equal
    batch = [random.integers(-2, 3, (n, len(tagset.tags))).astype("float64") for n in lengths]
    for logits, columns in zip(batch, viterbi(batch, tagset), strict=True):
        assert columns.tolist() == simple_viterbi(logits, tagset)
    for weighed in forward_backward(batch, tagset):
        # of the weight of all legal sequences, at each position, by their tag there
        assert numpy.exp(weighed.forward + weighed.backward).sum(axis=1) == pytest.approx(1.0)


@pytest.mark.parametrize("scheme", SCHEMES)
@given(data=st.data())
@examples(40)
def test_viterbi_confidence_is_the_share_of_all_legal_sequences(scheme: str, data) -> None:
    tagset = TagSet(scheme, ("A", "B") if scheme == "IO" else ("A",))
    lengths = data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    batch = [data.draw(logits_of(length, len(tagset.tags))) for length in lengths]
    for logits, found in zip(batch, decode(batch, tagset, "viterbi"), strict=True):
        sequences = all_legal(tagset, len(logits))
        total = sum(weight(logits, one) for one in sequences)
        for entity, confidence in found:
            having = [one for one in sequences if entity in tagset.decode(one)]
            share = sum(weight(logits, one) for one in having) / total
            assert confidence == pytest.approx(share, rel=1e-6)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("temperature", [1.0, 0.1, 0.01, 1e-3, 1e-6])
def test_viterbi_confidence_at_low_temperatures(scheme: str, temperature: float) -> None:
    """What is legal may weigh less than a double can say of what is not."""
    tagset = TagSet(scheme, ("A", "B") if scheme == "IO" else ("A",))
    random = numpy.random.default_rng(0)
    batch = [random.normal(0, 6, (n, len(tagset.tags))).astype("float32") for n in (1, 2, 3, 4, 5)]
    # alike, so that no temperature decides between them
    batch.append(numpy.zeros((3, len(tagset.tags)), dtype="float32"))
    batch[-1][1:, 1] = 1.0
    n_found = 0
    for logits, found in zip(batch, decode(batch, tagset, "viterbi", temperature), strict=True):
        scores = logits.astype("float64") / temperature
        sequences = all_legal(tagset, len(logits))
        logs = numpy.array([scores[range(len(one)), list(one)].sum() for one in sequences])
        weights = numpy.exp(logs - logs.max())
        for entity, confidence in found:
            having = [entity in tagset.decode(one) for one in sequences]
            assert confidence == pytest.approx(weights[having].sum() / weights.sum(), rel=1e-6)
            n_found += 1
    assert n_found > 5


@pytest.mark.filterwarnings("ignore")
def test_scores_that_are_no_numbers_make_no_confidence() -> None:
    logits = numpy.array([[0.0, 9.0, 0.0], [numpy.nan, numpy.nan, numpy.nan]])
    (found,) = decode([logits], TagSet("BIO", ("A",)), "viterbi")
    assert found
    assert all(numpy.isnan(confidence) for _, confidence in found)


@given(logits_of(4, 5))
def test_forward_backward_gives_each_position_weight_one(logits: numpy.ndarray) -> None:
    (weighed,) = forward_backward([logits], TagSet("BIO", ("A", "B")))
    sums = numpy.exp(weighed.forward + weighed.backward).sum(axis=1)
    assert sums == pytest.approx(numpy.ones(4))


def test_greedy_takes_the_best_tag_of_each_position() -> None:
    tagset = TagSet("BIO", ("A",))
    # O, then I-A without B-A: no legal sequence, but greedy reads it as an entity
    logits = numpy.log([[0.8, 0.1, 0.1], [0.2, 0.3, 0.5], [0.1, 0.3, 0.6]])
    (found,) = decode([logits], tagset, "greedy")
    assert [entity for entity, _ in found] == [Entity(1, 3, "A")]
    assert found[0].confidence == pytest.approx(0.5 * 0.6)


def test_viterbi_never_gives_an_illegal_sequence_where_greedy_does() -> None:
    tagset = TagSet("BILOU", ("A",))
    logits = numpy.zeros((1, 5))
    logits[0, tagset.index["B-A"]] = 5.0
    (columns,) = viterbi([logits], tagset)
    assert tagset.tags[columns[0]] in {"O", "U-A"}


def test_decoding_keeps_the_order_of_a_ragged_batch() -> None:
    tagset = TagSet("BIO", ("A",))
    sure = {"O": [9.0, 0, 0], "B": [0, 9.0, 0], "I": [0, 0, 9.0]}
    texts = ["O", "OBIO", "", "BB", "BIIO", "OOOOB"]
    batch = [numpy.array([sure[c] for c in text]).reshape(-1, 3) for text in texts]
    columns = viterbi(batch, tagset)
    assert ["".join("OBI"[c] for c in one) for one in columns] == texts
    entities = [[e for e, _ in found] for found in decode(batch, tagset, "viterbi")]
    assert entities == [
        [],
        [Entity(1, 3, "A")],
        [],
        [Entity(0, 1, "A"), Entity(1, 2, "A")],
        [Entity(0, 3, "A")],
        [Entity(4, 5, "A")],
    ]


@pytest.mark.parametrize("decoder", ["viterbi", "greedy"])
def test_decoding_survives_extreme_scores(decoder: str) -> None:
    tagset = TagSet("BIO", ("A",))
    logits = numpy.array([[0.0, 1e4, -1e4], [-1e4, 0.0, 1e4], [0.0, -1e4, -1e4]])
    (found,) = decode([logits], tagset, decoder)
    assert found == [(Entity(0, 2, "A"), pytest.approx(1.0))]


def test_decoding_of_nothing() -> None:
    tagset = TagSet("BIO", ("A",))
    for decoder in ("viterbi", "greedy"):
        assert decode([], tagset, decoder) == []
        assert decode([numpy.zeros((0, 3))], tagset, decoder) == [[]]


def test_decoder_unknown_is_refused() -> None:
    with pytest.raises(ConfigValidationError) as error:
        require_decoder("beam")
    assert error.value.desc == (
        "[components.transformer_ner] decoder: expected one of viterbi, greedy, got 'beam'"
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_decoding_does_not_depend_on_what_is_decoded_beside_it(scheme: str, monkeypatch) -> None:
    tagset = TagSet(scheme, ("A", "B", "C"))
    random = numpy.random.default_rng(1)
    n_tags = len(tagset.tags)
    batch = [random.normal(scale=3.0, size=(n, n_tags)) for n in random.integers(0, 30, 40)]
    together = decode(batch, tagset, "viterbi")
    assert together == [decode([one], tagset, "viterbi")[0] for one in batch]
    monkeypatch.setattr("adaptive_spacy.ner.decoding.GROUP_CELLS", 20 * n_tags)
    assert decode(batch, tagset, "viterbi") == together


def test_decoding_of_many_types_keeps_no_table_of_their_pairs() -> None:
    """A table of 20,001 times 20,001 truth values would take 400 MB."""
    tagset = TagSet("BIO", tuple(f"T{i}" for i in range(10_000)))
    logits = numpy.zeros((3, 20_001))
    logits[0, tagset.index["B-T9999"]] = logits[1, tagset.index["I-T9999"]] = 50.0
    tracemalloc.start()
    (found,) = decode([logits], tagset, "viterbi")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found[0].entity == Entity(0, 2, "T9999")
    assert peak < 40 * 1024**2
