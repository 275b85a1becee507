"""Batches of sentences of similar length: `adaptive_spacy.buckets.v1`.

A batch is padded to its longest sentence. Drawn at random, most of a batch of short sentences is
padding; drawn from sentences of similar length, hardly any of it is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy
from numpy.random import Generator, default_rng
from spacy.training import Example

from adaptive_spacy.config.requirements import BELOW_ONE, whole

Batcher = Callable[[Iterable[Any]], Iterator[list[Any]]]
Lengths = Callable[[Sequence[Any]], Sequence[int]]


def make_buckets_v1(
    size: int = 16,
    window: int = 100,
    jitter: float = 0.02,
    seed: int = 0,
    lengths: Lengths | None = None,
    batches: int | None = None,
    smallest: int = 4,
) -> "Buckets":
    """Registered as `adaptive_spacy.buckets.v1`; see `Buckets`."""
    return Buckets(
        size,
        window=window,
        jitter=jitter,
        seed=seed,
        lengths=lengths,
        batches=batches,
        smallest=smallest,
    )


class Buckets:
    """Sorts a window of items by length, cuts it into batches and shuffles those.

    The number of batches is that of batches in plain order, ceil(n / size), and each item comes
    once per epoch. Few items can make smaller batches, so that an epoch has enough updates. The
    same items in the same order give the same batches, whatever happened before: the order, which
    spaCy shuffles by `training.seed`, is part of the seed. So every epoch has other batches, and no
    state is kept.

    size (int): Items per batch.
    window (int): Batches that are sorted together, which bounds the memory of a streamed corpus.
        Within a window the last batch may be smaller.
    jitter (float): Lengths are multiplied by a random factor in [1 - jitter, 1 + jitter] before
        they are sorted, so that the same neighbours do not meet in every epoch.
    seed (int): Another number gives other batches.
    lengths (Callable | None): Lengths of docs, e.g. `adaptive_spacy.piece_lengths.v1`; None:
        tokens.
    batches (int | None): The fewest batches that an epoch should have: fewer items make smaller
        batches; None: they make fewer.
    smallest (int): Items per batch even so.
    """

    def __init__(
        self,
        size: int = 16,
        *,
        window: int = 100,
        jitter: float = 0.02,
        seed: int = 0,
        lengths: Lengths | None = None,
        batches: int | None = None,
        smallest: int = 4,
    ) -> None:
        for name, value, requirement in (
            ("size", size, whole(1)),
            ("window", window, whole(1)),
            ("jitter", jitter, BELOW_ONE),
            ("seed", seed, whole(0)),
            ("batches", batches, whole(1).or_null()),
            ("smallest", smallest, whole(1)),
        ):
            requirement.check("Bad batcher", f"[training.batcher] {name}", value)
        self.size = size
        self.window = window
        self.jitter = jitter
        self.seed = seed
        self.lengths = lengths or token_lengths
        self.batches = batches
        self.smallest = smallest

    def __call__(self, items: Iterable[Any]) -> Iterator[list[Any]]:
        """Yield the batches of an epoch.

        items (Iterable): Examples, or anything with a length.
        """
        rest = iter(items)
        window = list(islice(rest, self.window * self.size))
        size = self.size_of(len(window))
        while window:
            lengths = self.lengths([_doc(one) for one in window])
            random = default_rng([self.seed, *lengths])
            for indices in self.cut(lengths, random, size):
                yield [window[i] for i in indices]
            window = list(islice(rest, self.window * self.size))

    def count(self, items: int) -> int:
        """RETURNS (int): Batches of that many items."""
        return -(-items // self.size_of(items))

    def size_of(self, items: int) -> int:
        """RETURNS (int): Items per batch, where there are that many."""
        # of a whole window nobody knows yet what follows
        if self.batches is None or items >= self.window * self.size:
            return self.size
        return min(self.size, max(self.smallest, items // self.batches))

    def cut(self, lengths: Sequence[int], random: Generator, size: int) -> list[list[int]]:
        """RETURNS (list[list[int]]): The items of each batch of a size, by index."""
        factors = random.uniform(1 - self.jitter, 1 + self.jitter, len(lengths))
        order = numpy.argsort(numpy.asarray(lengths) * factors, kind="stable").tolist()
        batches = [order[i : i + size] for i in range(0, len(order), size)]
        return [batches[i] for i in random.permutation(len(batches))]


def token_lengths(docs: Sequence[Any]) -> list[int]:
    """RETURNS (list[int]): Tokens of each doc."""
    return [len(doc) for doc in docs]


def _doc(item: Any) -> Any:
    return item.predicted if isinstance(item, Example) else item
