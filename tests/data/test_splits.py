"""Division into splits: shares, copies of a text, types in each split."""

from collections import Counter

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaptive_spacy.data.convert import convert
from adaptive_spacy.data.splits import NO_SPLIT, Pool, spread
from tests.data.util import WORDS, first_words, write_numbers

Texts = list[tuple[int, set[str]]]


def divide(texts: Texts, split: dict[str, float], stratify: bool = True) -> list[int]:
    pool = Pool()
    for rank, labels in texts:
        pool.add(rank, labels)
    return pool.divide(split, stratify=stratify).tolist()


def list_present(texts: Texts, chosen: list[int]) -> dict[str, set[int]]:
    """The splits of each type."""
    present: dict[str, set[int]] = {}
    for (_, labels), split in zip(texts, chosen, strict=True):
        for label in labels:
            present.setdefault(label, set()).add(split)
    return present


RANKS = st.integers(0, 2**64 - 1)
THREE = {"train": 0.8, "dev": 0.1, "test": 0.1}


@given(
    counts=st.dictionaries(RANKS, st.integers(1, 3), min_size=12),
    shares=st.tuples(st.floats(0.3, 0.34), st.floats(0.3, 0.33), st.floats(0.3, 0.33)),
)
def test_divide_misses_the_shares_by_less_than_the_copies_of_a_text(counts, shares):
    split = dict(zip(["train", "dev", "test"], shares, strict=True))
    texts: Texts = [(rank, set()) for rank, count in counts.items() for _ in range(count)]
    found = Counter(divide(texts, split, stratify=False))
    end, taken = 0.0, 0
    for number, share in enumerate(shares):
        taken += found[number]
        end += share * len(texts)
        assert end - 0.5 <= taken < end + 0.5 + 3


def pools(least: int) -> st.SearchStrategy[dict[int, set[str]]]:
    """Texts by their ranks."""
    return st.dictionaries(RANKS, st.sets(st.sampled_from("ABCDE"), max_size=2), min_size=least)


@given(pool=pools(20), stratify=st.booleans())
def test_divide_never_puts_one_text_into_two_splits(pool, stratify):
    texts = list(pool.items())
    texts += texts[::3] + [(rank, set()) for rank, _ in texts[::5]]
    places: dict[int, set[int]] = {}
    for (rank, _), split in zip(texts, divide(texts, THREE, stratify), strict=True):
        places.setdefault(rank, set()).add(split)
    assert all(len(splits) == 1 for splits in places.values())


@given(pool=pools(60))
def test_divide_keeps_the_shares_and_puts_each_type_into_each_split(pool):
    texts = list(pool.items())
    chosen = divide(texts, THREE)
    # types that are alone in as many texts as there are splits can always be in each
    alone = Counter(min(labels) for labels in pool.values() if len(labels) == 1)
    present = list_present(texts, chosen)
    for label, count in alone.items():
        if count >= 3:
            assert present[label] == {0, 1, 2}
    # each of the five types may want one text of a split that its share does not have
    found = Counter(chosen)
    for number, share in enumerate(THREE.values()):
        assert abs(found[number] - share * len(texts)) <= 10


def test_divide_gives_each_type_its_share():
    texts: Texts = [(i * 7919 % 10007, {"A"} if i % 10 else {"B"}) for i in range(1000)]
    chosen = divide(texts, THREE)
    found = Counter((min(labels), split) for (_, labels), split in zip(texts, chosen, strict=True))
    assert found == {
        ("A", 0): 720,
        ("A", 1): 90,
        ("A", 2): 90,
        ("B", 0): 80,
        ("B", 1): 10,
        ("B", 2): 10,
    }


def test_divide_gives_scarce_types_to_the_first_splits():
    texts: Texts = [(i, set()) for i in range(100)]
    texts += [(1000, {"once"}), (1001, {"twice"}), (1002, {"twice"})]
    present = list_present(texts, divide(texts, THREE))
    assert present == {"once": {0}, "twice": {0, 1}}


def test_divide_leaves_out_what_is_beyond_the_shares():
    texts: Texts = [(i, {"A"} if i % 2 else set()) for i in range(100)]
    found = Counter(divide(texts, {"train": 0.3, "dev": 0.1}))
    assert found == {0: 30, 1: 10, NO_SPLIT: 60}


def test_divide_does_not_depend_on_the_order_of_texts():
    texts: Texts = [(i * 7919 % 10007, set("ABC"[: i % 4])) for i in range(200)]
    there = dict(zip([rank for rank, _ in texts], divide(texts, THREE), strict=True))
    texts.reverse()
    assert dict(zip([rank for rank, _ in texts], divide(texts, THREE), strict=True)) == there


def test_divide_refuses_a_split_without_a_sentence():
    with pytest.raises(ValueError) as error:  # noqa: PT011
        divide([(1, set()), (2, set()), (3, set())], {"train": 0.9, "dev": 0.1})
    assert str(error.value) == (
        "--split: expected something for each split, but dev=0.1 of 3 sentences is none"
    )


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ([[0, 1, 2]], {0: 2, 1: 1, 2: 0}),
        ([[4]], {4: 0}),
        # 0 to 3 have a type each that is nowhere else; together they have one that can be in all
        ([[0], [1], [2], [3], [0, 1, 2, 3]], {0: 2, 1: 1, 2: 0, 3: 0}),
        # held-out splits take texts without the scarce type
        ([[0], [0, 1, 2, 3]], {0: 0, 1: 2, 2: 1, 3: 0}),
    ],
)
def test_spread_puts_each_type_into_each_split(types, expected):
    found = spread(5, [numpy.array(texts) for texts in types], 3)
    assert found == expected


def test_convert_divides_the_pool_by_seed_and_keeps_its_order(tmp_path):
    pool = write_numbers(tmp_path / "all.conll", WORDS)
    shares = {"train": 0.6, "dev": 0.2, "test": 0.2}
    summary = convert([pool], tmp_path / "out", split=shares, stratify=False)
    # literal, as it must be the same on every platform and with every version of Python
    assert {name: first_words(tmp_path / "out" / f"{name}.spacy") for name in shares} == {
        "train": ["one", "two", "four", "five", "seven", "eight"],
        "dev": ["three", "six"],
        "test": ["nine", "ten"],
    }
    assert [split.sentences for split in summary.splits.values()] == [6, 2, 2]
    assert summary.warnings() == []


def test_convert_divides_differently_by_another_seed(tmp_path):
    pool = write_numbers(tmp_path / "all.conll", WORDS)
    for seed in (0, 1):
        convert([pool], tmp_path / str(seed), split={"train": 0.5, "dev": 0.5}, seed=seed)
    zero, one = (first_words(tmp_path / str(seed) / "dev.spacy") for seed in (0, 1))
    assert zero != one


def test_convert_divides_each_type_by_the_shares(tmp_path):
    # 40 texts of a PER, 20 of a LOC, 3 of an ORG, 40 of nothing
    kinds = ["B-PER"] * 40 + ["B-LOC"] * 20 + ["B-ORG"] * 3 + ["O"] * 40
    pool = tmp_path / "all.conll"
    pool.write_text("\n".join(f"w{i} {tag}\n" for i, tag in enumerate(kinds)))
    shares = {"train": 0.8, "dev": 0.1, "test": 0.1}
    summary = convert([pool], tmp_path / "out", split=shares)
    assert {name: dict(split.entities) for name, split in summary.splits.items()} == {
        "train": {"PER": 32, "LOC": 16, "ORG": 1},
        "dev": {"PER": 4, "LOC": 2, "ORG": 1},
        "test": {"PER": 4, "LOC": 2, "ORG": 1},
    }
    assert [split.sentences for split in summary.splits.values()] == [82, 11, 10]
    # literal, as it must be the same on every platform and with every version of Python
    assert first_words(tmp_path / "out" / "dev.spacy") == [
        "w2",
        "w3",
        "w14",
        "w26",
        "w41",
        "w49",
        "w62",
        "w67",
        "w68",
        "w87",
        "w93",
    ]


def test_convert_leaves_out_what_is_beyond_the_shares_and_says_so(tmp_path):
    pool = write_numbers(tmp_path / "all.conll", WORDS)
    summary = convert([pool], tmp_path / "out", split={"train": 0.3})
    assert summary.splits == {"train": summary.splits["train"]}
    assert summary.splits["train"].sentences == 3
    assert summary.warnings() == ["Sentences in no split, as the shares sum to less than 1: 7"]
