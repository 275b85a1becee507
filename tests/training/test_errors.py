"""Errors by kind: tables by hand, and what holds of any entities."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.ner.tags import Entity
from adaptive_spacy.training.errors import (
    KINDS,
    PAIRED,
    RIGHT,
    Finding,
    compare,
    count_errors,
    f1,
    mend,
    put_beside,
    render_errors,
)
from adaptive_spacy.training.seqeval_report import ScoredSentence, seqeval_report
from tests.tiers import examples


def entities(text: str) -> list[Entity]:
    """RETURNS (list[Entity]): Of "0-2 PER, 3-4 LOC"; none of ""."""
    parts = [one.split() for one in text.split(",") if one.strip()]
    return [Entity(*map(int, span.split("-")), label) for span, label in parts]


@pytest.mark.parametrize(
    ("gold", "found", "kinds"),
    [
        ("", "", []),
        ("0-2 PER", "0-2 PER", ["right"]),
        ("0-2 PER", "", ["missed"]),
        ("", "0-2 PER", ["spurious"]),
        ("0-2 PER", "0-2 ORG", ["type"]),
        ("0-2 PER", "0-1 PER", ["boundary"]),
        ("0-2 PER", "1-4 PER", ["boundary"]),
        ("0-2 PER", "0-3 ORG", ["both"]),
        # side by side is not together
        ("0-2 PER", "2-3 PER", ["missed", "spurious"]),
        # two halves of one: the longer half is its pair
        ("0-3 PER", "0-1 PER, 1-3 PER", ["boundary", "spurious"]),
        ("0-1 PER, 1-3 PER", "0-3 PER", ["missed", "boundary"]),
        # the same type before a larger share
        ("0-4 PER", "0-3 ORG, 3-5 PER", ["boundary", "spurious"]),
        # the same tokens before the same type
        ("0-2 PER, 2-4 LOC", "0-2 LOC, 2-4 PER", ["type", "type"]),
        # what is right is never taken for another's pair
        ("0-1 PER, 1-3 PER", "1-3 PER, 0-2 PER", ["boundary", "right"]),
    ],
)
def test_compare_finds_the_kind(gold: str, found: str, kinds: list[str]) -> None:
    findings = compare(entities(gold), entities(found))
    assert sorted(one.kind for one in findings) == sorted(kinds)


@pytest.mark.parametrize(
    ("gold", "found", "expected"),
    [
        # the pair of the annotated one is its longer half
        ("0-3 PER", "0-1 PER, 1-3 PER", ["boundary", "boundary"]),
        ("0-3 PER", "0-1 LOC, 1-3 PER", ["both", "boundary"]),
        ("0-1 PER, 1-3 PER", "0-3 PER", ["boundary", "boundary"]),
        ("0-1 LOC, 1-3 PER", "0-3 PER", ["both", "boundary"]),
        # side by side is not together
        ("0-2 PER", "2-3 PER", ["missed", "spurious"]),
        ("0-2 PER", "0-2 PER, 3-4 PER", ["right", "spurious"]),
    ],
)
def test_what_is_left_over_is_put_beside_what_it_shares_tokens_with(
    gold: str, found: str, expected: list[str]
) -> None:
    sides = entities(gold), entities(found)
    beside = [put_beside(one, *sides) for one in compare(*sides)]
    assert [one.kind for one in beside] == expected
    for one, former in zip(beside, compare(*sides), strict=True):
        assert former.gold in (one.gold, None)
        assert former.found in (one.found, None)
        # pairs are as they were
        assert one == former or former.kind in ("missed", "spurious")


def test_left_over_is_put_beside_what_shares_most() -> None:
    left = Finding("spurious", None, Entity(1, 5, "PER"))
    gold = entities("0-2 LOC, 2-5 LOC")
    assert put_beside(left, gold, []) == Finding("both", gold[1], left.found)
    # but the same type before others
    gold = entities("0-2 PER, 2-5 LOC")
    assert put_beside(left, gold, []) == Finding("boundary", gold[0], left.found)


def test_compare_pairs_what_shares_most() -> None:
    alone, pair = compare(entities("0-4 PER"), entities("0-1 PER, 1-4 PER"))
    assert pair == Finding("boundary", Entity(0, 4, "PER"), Entity(1, 4, "PER"))
    assert alone == Finding("spurious", None, Entity(0, 1, "PER"))


@st.composite
def apart(draw: Any) -> list[Entity]:
    """Entities that share no token."""
    lengths = draw(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3)), max_size=5))
    found, at = [], 0
    for gap, length in lengths:
        start = at + gap
        at = start + length
        found.append(Entity(start, at, draw(st.sampled_from(["PER", "LOC", "ORG"]))))
    return found


@given(gold=apart(), found=apart())
@examples(200)
def test_each_entity_is_counted_once_and_right_is_what_scores_count(
    gold: list[Entity], found: list[Entity]
) -> None:
    findings = compare(gold, found)
    assert sorted(one.gold for one in findings if one.gold) == gold
    assert sorted(one.found for one in findings if one.found) == found
    for one in findings:
        if one.gold is None or one.found is None:
            assert one.kind == ("missed" if one.gold else "spurious")
            continue
        same_type = one.gold.type == one.found.type
        same_span = one.gold[:2] == one.found[:2]
        assert max(one.gold.start, one.found.start) < min(one.gold.end, one.found.end)
        expected = {(True, True): RIGHT, (False, True): "type", (True, False): "boundary"}
        assert one.kind == expected.get((same_type, same_span), "both")
    right, wrong, missed = ScoredSentence(30, gold, found).counts()
    kinds = [one.kind for one in findings]
    pairs = sum(map(kinds.count, PAIRED))
    assert kinds.count(RIGHT) == right
    assert pairs + kinds.count("spurious") == wrong
    assert pairs + kinds.count("missed") == missed


@given(gold=apart(), found=apart())
@examples(200)
def test_compare_is_the_same_from_either_side(gold: list[Entity], found: list[Entity]) -> None:
    swapped = {"missed": "spurious", "spurious": "missed"}
    there = {(one.kind, one.gold, one.found) for one in compare(gold, found)}
    back = {(swapped.get(one.kind, one.kind), one.found, one.gold) for one in compare(found, gold)}
    assert there == back


@given(gold=apart(), found=apart(), data=st.data())
@examples(50)
def test_compare_does_not_depend_on_the_order(
    gold: list[Entity], found: list[Entity], data: st.DataObject
) -> None:
    shuffled = compare(data.draw(st.permutations(gold)), data.draw(st.permutations(found)))
    assert shuffled == compare(gold, found)


@given(pairs=st.lists(st.tuples(apart(), apart()), min_size=1, max_size=3))
@examples(100)
def test_f1_of_the_counts_is_that_of_seqeval(
    pairs: list[tuple[list[Entity], list[Entity]]],
) -> None:
    sentences = [ScoredSentence(30, gold, found) for gold, found in pairs]
    errors = count_errors(sentences)
    expected = seqeval_report(sentences)["micro"]["f1"]
    assert errors["f1"] == (None if expected is None else pytest.approx(expected))
    for kind in KINDS:
        mended = errors["f1_if_mended"][kind]
        if errors["f1"] is not None and mended is not None:
            assert mended >= errors["f1"]


#: PER: one right, one as ORG, one missed; LOC: wrong boundary, both wrong; ORG only predicted
SENTENCES = [
    ScoredSentence(9, entities("0-1 PER, 2-4 LOC, 6-7 PER"), entities("0-1 PER, 2-3 LOC, 6-7 ORG")),
    ScoredSentence(9, entities("0-1 PER, 4-6 LOC"), entities("4-5 PER, 8-9 ORG")),
]


def test_errors_are_counted_by_kind_and_type() -> None:
    errors = count_errors(SENTENCES)
    nothing = dict.fromkeys((RIGHT, *KINDS), 0)
    assert errors["per_type"] == {
        "LOC": {**nothing, "boundary": 1, "both": 1},
        "ORG": {**nothing, "spurious": 1},
        "PER": {**nothing, RIGHT: 1, "type": 1, "missed": 1},
    }
    assert errors["total"] == {
        **{RIGHT: 1, "type": 1, "boundary": 1, "both": 1, "missed": 1, "spurious": 1}
    }
    assert errors["confusions"] == [{"gold": "PER", "found": "ORG", "count": 1}]
    # 1 right of 5 annotated and 5 predicted
    assert errors["f1"] == pytest.approx(1 / 5)
    assert errors["f1_if_mended"] == {
        "type": pytest.approx(2 / 5),
        "boundary": pytest.approx(2 / 5),
        "both": pytest.approx(2 / 5),
        "missed": pytest.approx(4 / 11),
        "spurious": pytest.approx(2 / 9),
    }


def test_mend_leaves_the_others() -> None:
    counts = {RIGHT: 3, "missed": 2, "spurious": 4}
    assert mend(counts, "missed") == {RIGHT: 5, "missed": 0, "spurious": 4}
    assert mend(counts, "spurious") == {RIGHT: 3, "missed": 2, "spurious": 0}
    assert f1({}) is None


def test_errors_are_shown_by_kind_and_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSI_COLORS_DISABLED", "1")
    lines = render_errors(count_errors(SENTENCES)).splitlines()
    rows = [line.split() for line in lines]
    assert ["PER", "1", "1", "0", "0", "1", "0"] in rows
    assert ["all", "1", "1", "1", "1", "1", "1"] in rows
    assert ["F1", "if", "mended", "+20.00", "+20.00", "+20.00", "+16.36", "+2.22"] in rows
    assert lines[-1] == "Types taken for others: PER as ORG 1"
    assert max(map(len, lines)) <= 80


def test_errors_of_nothing_are_shown() -> None:
    errors = count_errors([ScoredSentence(3, [], [])])
    assert errors["f1"] is None
    assert set(errors["f1_if_mended"].values()) == {None}
    assert "if mended" not in render_errors(errors)
    perfect = count_errors([ScoredSentence(3, entities("0-1 PER"), entities("0-1 PER"))])
    assert perfect["f1"] == perfect["f1_if_mended"]["missed"] == 1.0


def test_errors_where_nothing_is_annotated_are_shown() -> None:
    errors = count_errors([ScoredSentence(3, [], entities("0-1 PER"))])
    assert errors["f1"] == 0.0
    assert errors["f1_if_mended"]["spurious"] is None
    rows = [line.split() for line in render_errors(errors).splitlines()]
    assert ["F1", "if", "mended", *["+0.00"] * 4, "-"] in rows


def test_few_confusions_are_shown() -> None:
    sentences = [ScoredSentence(2, [Entity(0, 1, "A")], [Entity(0, 1, f"T{i}")]) for i in range(9)]
    last = render_errors(count_errors(sentences)).splitlines()[-1]
    assert last.endswith("A as T4 1 and 4 more pairs")
