import random
from itertools import count, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from thinc.api import ConfigValidationError

from adaptive_spacy.training.batching import make_buckets_v1
from tests.batches import padding


class Item:
    """Something with a length and an identity."""

    def __init__(self, name: int, size: int) -> None:
        self.name = name
        self.size = size

    def __len__(self) -> int:
        return self.size


#: Number of items, then size and number of their batches
SIZES = {3: (4, 1), 20: (4, 5), 40: (5, 8), 80: (10, 8), 127: (15, 9), 128: (16, 8), 800: (16, 50)}


def make_items(sizes: list[int]) -> list[Item]:
    return [Item(i, size) for i, size in enumerate(sizes)]


def names(batches) -> list[list[int]]:
    return [[item.name for item in batch] for batch in batches]


@given(
    st.lists(st.integers(0, 60), max_size=120),
    st.integers(1, 9),
    st.integers(1, 5),
    st.floats(0, 0.9),
)
def test_buckets_give_each_item_once_in_as_many_batches(sizes, size, window, jitter) -> None:
    items = make_items(sizes)
    batches = names(make_buckets_v1(size, window, jitter)(items))
    assert sorted(name for batch in batches for name in batch) == [item.name for item in items]
    assert len(batches) == -(-len(sizes) // size) == make_buckets_v1(size).count(len(sizes))
    assert all(0 < len(batch) <= size for batch in batches)


@given(st.integers(0, 300), st.integers(1, 20), st.integers(1, 9), st.integers(1, 9))
def test_few_items_make_smaller_batches(number, size, batches, smallest) -> None:
    batcher = make_buckets_v1(size, window=12, batches=batches, smallest=smallest)
    found = names(batcher(make_items([7] * number)))
    assert sorted(name for batch in found for name in batch) == list(range(number))
    assert len(found) == batcher.count(number)
    largest = max(map(len, found), default=0)
    assert largest <= size
    if largest > smallest:
        # no batch is larger than a share of the items, unless nobody knew how few there are
        assert largest <= number // batches or number >= 12 * size
    # and none smaller than that allows, but the last of a window
    assert sum(len(batch) < min(size, smallest) for batch in found) <= 1 + number // (12 * size)


def test_twenty_sentences_are_five_updates_and_fifty_eight() -> None:
    batcher = make_buckets_v1(16, batches=8)
    found = {number: (batcher.size_of(number), batcher.count(number)) for number in SIZES}
    assert found == SIZES


def test_buckets_without_jitter_hold_neighbours_in_length() -> None:
    batches = list(make_buckets_v1(2, jitter=0.0)(make_items([5, 1, 9, 2, 8, 6])))
    assert sorted(sorted(map(len, batch)) for batch in batches) == [[1, 2], [5, 6], [8, 9]]


def test_buckets_are_a_function_of_the_order() -> None:
    items = make_items([random.Random(3).randint(1, 40) for _ in range(100)])
    batcher = make_buckets_v1(8)
    first = names(batcher(items))
    # neither an earlier call nor the global random state matters
    random.random()
    assert names(batcher(items)) == first == names(make_buckets_v1(8)(items))
    assert names(make_buckets_v1(8, seed=1)(items)) != first


def test_buckets_mix_anew_in_every_epoch() -> None:
    generator = random.Random(0)
    items = make_items([generator.randint(1, 40) for _ in range(400)])
    batcher = make_buckets_v1(8)
    together: set[tuple[int, int]] = set()
    longest = []
    for _ in range(10):
        generator.shuffle(items)
        batches = list(batcher(items))
        together |= {
            (a.name, b.name) for batch in batches for a in batch for b in batch if a is not b
        }
        longest.append(max(range(len(batches)), key=lambda i: max(map(len, batches[i]))))
    # ten epochs without mixing would show each item 7 others
    assert len(together) / len(items) > 20
    assert len(set(longest)) > 5


def test_buckets_save_most_of_the_padding() -> None:
    generator = random.Random(0)
    items = make_items([max(1, round(generator.gammavariate(2, 12))) for _ in range(1600)])
    plain = [items[i : i + 16] for i in range(0, len(items), 16)]
    assert padding(plain) > 0.5
    assert padding(make_buckets_v1(16)(items)) < 0.15


def test_buckets_read_no_further_than_a_window() -> None:
    endless = (Item(i, i % 7) for i in count())
    assert len(list(islice(make_buckets_v1(4, window=3)(endless), 5))) == 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 0}, "size: expected a whole number >= 1, got 0"),
        ({"window": 0}, "window: expected a whole number >= 1, got 0"),
        ({"jitter": 1.0}, r"jitter: expected a number in \[0, 1\), got 1.0"),
        ({"size": 1.5}, "size: expected a whole number >= 1, got 1.5"),
        ({"batches": 0}, "batches: expected a whole number >= 1 or null, got 0"),
        ({"smallest": 0}, "smallest: expected a whole number >= 1, got 0"),
        ({"seed": -1}, "seed: expected a whole number >= 0, got -1"),
    ],
)
def test_buckets_refuse_bad_arguments(arguments, message) -> None:
    with pytest.raises(ConfigValidationError, match=message):
        make_buckets_v1(**arguments)
