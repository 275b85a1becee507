"""The temperature that fits best, in cases that can be computed by hand or by brute force."""

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from adaptive_spacy.ner import temperature
from adaptive_spacy.ner.decoding import decode
from adaptive_spacy.ner.tags import SCHEMES, TagSet
from adaptive_spacy.ner.temperature import (
    HIGHEST,
    LOWEST,
    Tokens,
    best_temperature,
    entity_tokens,
    mean_loss_at,
    refined_loss,
    usable,
)


def tokens_of(*rows: tuple[list[float], int]) -> list[Tokens]:
    """A doc of one token per row: its scores and its gold tag."""
    return [Tokens(numpy.array([logits], "float32"), numpy.array([gold])) for logits, gold in rows]


def fitted(tokens: list[Tokens]) -> tuple[float, float]:
    return refined_loss(tokens, mean_loss_at(tokens, 1.0)), best_temperature(tokens)


def test_temperature_of_scores_that_are_right_three_times_of_four() -> None:
    # sure to e^4 : 1, right 3 : 1, so that e^(4 / T) = 3
    tokens = tokens_of(*[([4.0, 0.0], 0)] * 3, ([4.0, 0.0], 1))
    loss, found = fitted(tokens)
    assert found == pytest.approx(4 / numpy.log(3), abs=1e-6)
    # the entropy of 3 : 1, which no temperature mends
    assert loss == pytest.approx(-0.75 * numpy.log(0.75) - 0.25 * numpy.log(0.25))


def test_temperature_is_below_1_where_scores_are_not_sure_enough() -> None:
    tokens = tokens_of(*[([1.0, 0.0], 0)] * 9, ([1.0, 0.0], 1))
    assert fitted(tokens)[1] == pytest.approx(1 / numpy.log(9), abs=1e-6)


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        # all right: the surer the better
        (tokens_of(([2.0, 0.0], 0), ([0.0, 3.0], 1)), LOWEST),
        (tokens_of(([900.0, 0.0], 0)), LOWEST),
        # worse than none: the less sure the better
        (tokens_of(([2.0, 0.0], 1), ([0.0, 3.0], 0)), HIGHEST),
        # all tags alike
        (tokens_of(([2.0, 2.0], 0), ([0.0, 0.0], 1)), 1.0),
    ],
)
def test_temperature_where_the_loss_has_no_minimum(tokens, expected: float) -> None:
    loss, found = fitted(tokens)
    assert found == expected
    assert loss == pytest.approx(mean_loss_at(tokens, expected))


@pytest.mark.parametrize("strange", [float("nan"), float("inf"), -float("inf")])
def test_temperature_of_scores_that_are_no_numbers(strange: float) -> None:
    tokens = tokens_of(([4.0, strange], 0), ([4.0, 0.0], 1))
    with numpy.errstate(invalid="ignore"):
        assert best_temperature(tokens) == 1.0


def test_tokens_of_entities_are_annotated_or_taken_for_one() -> None:
    tokens = tokens_of(([4.0, 0.0], 0), ([4.0, 0.0], 1), ([0.0, 3.0], 0), ([0.0, 3.0], 1))
    assert [len(one.gold) for one in entity_tokens(tokens)] == [0, 1, 1, 1]
    # where there is none, nothing says how sure to be
    assert best_temperature(entity_tokens(tokens[:1])) == best_temperature([]) == 1.0


def test_docs_without_tokens_do_not_count() -> None:
    nothing = Tokens(numpy.zeros((0, 0)), numpy.zeros(0, "int64"))
    tokens = tokens_of(*[([4.0, 0.0], 0)] * 3, ([4.0, 0.0], 1))
    assert fitted([nothing, *tokens, nothing]) == fitted(tokens)


def test_temperature_does_not_depend_on_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = numpy.random.default_rng(0)
    tokens = [
        Tokens(generator.normal(size=(n, 5)) * 4, generator.integers(5, size=n)) for n in range(40)
    ]
    whole = fitted(tokens)
    monkeypatch.setattr(temperature, "BLOCK_CELLS", 70)
    blocks = list(temperature._blocks(tokens))
    assert len(blocks) > 10
    assert max(one.logits.size for one in blocks[:-1]) <= 5 * 40
    assert fitted(tokens) == pytest.approx(whole, rel=1e-9)


@given(
    logits=arrays("float32", (12, 4), elements=st.floats(-20, 20, width=32)),
    gold=arrays("int64", 12, elements=st.integers(0, 3)),
)
@settings(max_examples=60, deadline=None)
def test_no_temperature_is_better(logits: numpy.ndarray, gold: numpy.ndarray) -> None:
    tokens = [Tokens(logits, gold)]
    plain = mean_loss_at(tokens, 1.0)
    loss, found = fitted(tokens)
    assert LOWEST <= found <= HIGHEST
    assert loss <= plain
    tried = numpy.geomspace(LOWEST, HIGHEST, 40)
    assert loss <= min(mean_loss_at(tokens, float(one)) for one in tried) + 1e-6
    # the same again, and as exact as files keep it
    assert fitted(tokens) == (loss, found)
    assert round(found, temperature.DECIMALS) == found


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("decoder", ["viterbi", "greedy"])
@given(
    logits=arrays("float32", (9, 7), elements=st.floats(-8, 8, width=32)),
    at=st.floats(LOWEST, HIGHEST),
)
@settings(max_examples=25, deadline=None)
def test_no_entity_depends_on_the_temperature(scheme, decoder, logits, at: float) -> None:
    tagset = TagSet(scheme, ("A", "B", "C", "D", "E", "F")[: 6 // len(SCHEMES[scheme])])
    scores = [logits[:, : len(tagset.columns)], logits[:0, : len(tagset.columns)]]
    plain, tempered = (decode(scores, tagset, decoder, one) for one in (1.0, at))
    assert [[one.entity for one in found] for found in plain] == [
        [one.entity for one in found] for found in tempered
    ]
    assert all(0.0 <= one.confidence <= 1.0 for found in tempered for one in found)
    # at 1, to the bit what it was before there were temperatures
    assert plain == decode(scores, tagset, decoder)


def test_confidence_falls_as_the_temperature_rises() -> None:
    tagset = TagSet("BIO", ("A",))
    logits = [numpy.array([[0.0, 3.0, 1.0], [0.0, 0.0, 2.0], [4.0, 0.0, 0.0]])]
    for decoder in ("viterbi", "greedy"):
        sure = [decode(logits, tagset, decoder, at)[0][0].confidence for at in (0.5, 1.0, 2.0, 4.0)]
        assert sure == sorted(sure, reverse=True)
        assert len(set(sure)) == 4


@pytest.mark.parametrize(("fitted", "stated"), [(LOWEST, 1.0), (0.11, 0.11), (HIGHEST, HIGHEST)])
def test_where_all_was_right_scores_stay_as_they_are(fitted: float, stated: float) -> None:
    assert usable(fitted) == stated
