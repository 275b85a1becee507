"""Tag scores to tags: greedy and Viterbi, each with the probability of an entity.

Batches are packed: sequences in order of falling length, so that at position t the first n_t of
them are alive and each step is one array operation over those.

Shapes: n sequences, T positions (the longest length), K tags.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy
from numpy.typing import NDArray
from thinc.api import ConfigValidationError, NumpyOps

from adaptive_spacy.ner.tags import Entity, TagSet

Floats = NDArray[numpy.floating]
DECODERS = ("viterbi", "greedy")


class Decoded(NamedTuple):
    """entity (Entity): Offsets are positions of the sequence. confidence (float): In [0, 1]."""

    entity: Entity
    confidence: float


def decode(logits: Sequence[Floats], tagset: TagSet, decoder: str) -> list[list[Decoded]]:
    """Entities of each sequence, with their confidence.

    logits (Sequence[array]): One per sequence. *Shape:* (length, K)
    tagset (TagSet): The tags.
    decoder (str): "viterbi": the best legal sequence; an entity's confidence is its share of
        the weight of all legal sequences. "greedy": the best tag of each position; the
        confidence is the product of its tags' probabilities.
    RETURNS (list[list[Decoded]]): Per sequence, in order.
    """
    if decoder == "greedy":
        return [_greedy(one, tagset) for one in logits]
    columns = viterbi(logits, tagset)
    entities = [tagset.decode(one) for one in columns]
    some = [i for i, found in enumerate(entities) if found]
    weighed = iter(forward_backward([logits[i] for i in some], tagset))
    return [
        _with_confidence(found, next(weighed), column, tagset) if found else []
        for found, column in zip(entities, columns, strict=True)
    ]


def require_decoder(decoder: str) -> str:
    """RETURNS (str): The name. RAISES (ConfigValidationError): If there is no such decoder."""
    if decoder not in DECODERS:
        raise ConfigValidationError(
            title="Unknown decoder",
            desc=f"[components.transformer_ner] decoder: expected one of {', '.join(DECODERS)}, "
            f"got {decoder!r}",
        )
    return decoder


def _greedy(logits: Floats, tagset: TagSet) -> list[Decoded]:
    if not len(logits):
        return []
    columns = logits.argmax(axis=1)
    best = _probabilities(logits).max(axis=1)
    return [
        Decoded(entity, float(best[entity.start : entity.end].prod()))
        for entity in tagset.decode(columns)
    ]


def _probabilities(logits: Floats) -> Floats:
    return NumpyOps().softmax(logits.astype("float64"), axis=1)


class _Packed(NamedTuple):
    """order: indices of the sequences by falling length. lengths: in that order.
    values: *Shape:* (T, n, K), rows past the length unused. alive: n_t per position."""

    order: NDArray[numpy.int64]
    lengths: NDArray[numpy.int64]
    values: Floats
    alive: NDArray[numpy.int64]

    def going_on(self, t: int) -> int:
        """RETURNS (int): Sequences that have a position after t."""
        return int(self.alive[t + 1]) if t + 1 < len(self.alive) else 0


def _pack(arrays: Sequence[Floats], n_tags: int) -> _Packed:
    sizes = numpy.array([len(one) for one in arrays], dtype=numpy.int64)
    order = numpy.argsort(-sizes, kind="stable")
    lengths = sizes[order]
    longest = int(lengths[0]) if len(lengths) else 0
    values = numpy.zeros((longest, len(arrays), n_tags))
    for row, i in enumerate(order):
        values[: sizes[i], row] = arrays[i]
    alive = (lengths[None, :] > numpy.arange(longest)[:, None]).sum(axis=1)
    return _Packed(order, lengths, values, alive)


class _Neighbours(NamedTuple):
    """Which tags may stand next to which, on one side. Tags with the same neighbours share the work
    on them. For the tags before, a position costs in proportion to the tags, not to their square;
    for the tags after, of which BIO and BILOU give each type a set of its own, to a part of it.

    groups (list[array]): The sets of neighbours, those of a size together.
        *Shape:* (n_sets, size)
    of_tag (array): The set that each tag has, counted through all groups. *Shape:* (K,)
    """

    groups: list[NDArray[numpy.int64]]
    of_tag: NDArray[numpy.int64]

    def best(self, scores: Floats) -> tuple[Floats, NDArray[numpy.int64]]:
        """The highest score among each tag's neighbours, and the first of those that has it.

        scores (array): *Shape:* (n, K). RETURNS (tuple): Two arrays of the same shape.
        """
        highest, tags = [], []
        for group in self.groups:
            candidates = scores[:, group]
            chosen = candidates.argmax(axis=2)
            highest.append(numpy.take_along_axis(candidates, chosen[:, :, None], axis=2)[:, :, 0])
            tags.append(group[numpy.arange(len(group)), chosen])
        return self._spread(highest), self._spread(tags)

    def sum(self, weights: Floats) -> Floats:
        """The summed weight of each tag's neighbours.

        weights (array): *Shape:* (n, K). RETURNS (array): The same shape.
        """
        return self._spread([weights[:, group].sum(axis=2) for group in self.groups])

    def _spread(self, per_set: list[NDArray[Any]]) -> NDArray[Any]:
        return numpy.concatenate(per_set, axis=1)[:, self.of_tag]


@cache
def _before(tagset: TagSet) -> _Neighbours:
    return _neighbours(tagset.transitions)


@cache
def _after(tagset: TagSet) -> _Neighbours:
    return _neighbours(tagset.transitions.T)


def _neighbours(allowed: NDArray[numpy.bool_]) -> _Neighbours:
    """allowed (array): Whether row i may be the neighbour of column j; no column is all false."""
    sets, of_tag = numpy.unique(allowed, axis=1, return_inverse=True)
    sizes = sets.sum(axis=0)
    groups, order = [], []
    for size in numpy.unique(sizes):
        alike = numpy.flatnonzero(sizes == size)
        order.append(alike)
        groups.append(numpy.nonzero(sets[:, alike].T)[1].reshape(len(alike), size))
    places = numpy.argsort(numpy.concatenate(order))
    return _Neighbours(groups, places[of_tag.ravel()])


def viterbi(logits: Sequence[Floats], tagset: TagSet) -> list[NDArray[numpy.int64]]:
    """The legal tag sequence of the highest summed score.

    logits (Sequence[array]): One per sequence. *Shape:* (length, K)
    RETURNS (list[array]): Columns. *Shape:* (length,)
    """
    packed = _pack(logits, len(tagset.tags))
    longest, n, n_tags = packed.values.shape
    before = _before(tagset)
    score = numpy.where(tagset.starts, 0.0, -numpy.inf)[None, :].repeat(n, axis=0)
    back = numpy.zeros((longest, n, n_tags), dtype=numpy.int64)
    for t, alive in enumerate(packed.alive):
        if t:
            score[:alive], back[t, :alive] = before.best(score[:alive])
        score[:alive] += packed.values[t, :alive]
    final = (score + numpy.where(tagset.ends, 0.0, -numpy.inf)).argmax(axis=1)
    columns = numpy.zeros((longest, n), dtype=numpy.int64)
    for t in range(longest - 1, -1, -1):
        going_on = packed.going_on(t)
        if going_on:
            rows = numpy.arange(going_on)
            columns[t, :going_on] = back[t + 1, rows, columns[t + 1, :going_on]]
        ending = slice(going_on, packed.alive[t])
        columns[t, ending] = final[ending]
    result = [columns[:0, 0]] * n if n else []
    for row, i in enumerate(packed.order):
        result[i] = columns[: packed.lengths[row], row]
    return result


class Weighed(NamedTuple):
    """Scaled forward and backward weights of a sequence (Rabiner 1989, section V.A).

    tags: the probability of each tag at each position by itself. *Shape:* (length, K)
    forward: weight of all legal beginnings, normalized at each position. *Shape:* (length, K)
    backward: weight of all legal continuations, by the same scales. *Shape:* (length, K)
    scale: the normalizers. *Shape:* (length,)
    """

    tags: Floats
    forward: Floats
    backward: Floats
    scale: Floats


def forward_backward(logits: Sequence[Floats], tagset: TagSet) -> list[Weighed]:
    """Weights of the legal sequences, each weighing the product of its tags' probabilities."""
    n_tags = len(tagset.tags)
    packed = _pack([_probabilities(one) for one in logits], n_tags)
    longest, n, _ = packed.values.shape
    before, after = _before(tagset), _after(tagset)
    forward = numpy.zeros((longest, n, n_tags))
    backward = numpy.zeros((longest, n, n_tags))
    scale = numpy.ones((longest, n))
    for t, alive in enumerate(packed.alive):
        reach = before.sum(forward[t - 1, :alive]) if t else tagset.starts[None, :]
        forward[t, :alive] = reach * packed.values[t, :alive]
        scale[t, :alive] = numpy.maximum(forward[t, :alive].sum(axis=1), _TINY)
        forward[t, :alive] /= scale[t, :alive, None]
    for t in range(longest - 1, -1, -1):
        going_on = packed.going_on(t)
        if going_on:
            onward = packed.values[t + 1, :going_on] * backward[t + 1, :going_on]
            backward[t, :going_on] = after.sum(onward) / scale[t + 1, :going_on, None]
        ending = slice(going_on, packed.alive[t])
        last = forward[t, ending] @ tagset.ends
        backward[t, ending] = tagset.ends / numpy.maximum(last, _TINY)[:, None]
    result: list[Weighed] = [None] * n  # type: ignore[list-item]
    for row, i in enumerate(packed.order):
        length = packed.lengths[row]
        arrays = (packed.values, forward, backward, scale)
        result[i] = Weighed(*(one[:length, row] for one in arrays))
    return result


#: Keeps a position at which every legal tag underflows from dividing by zero
_TINY = numpy.finfo("float64").tiny


def _with_confidence(
    entities: list[Entity], weighed: Weighed, columns: NDArray[numpy.int64], tagset: TagSet
) -> list[Decoded]:
    return [Decoded(entity, _share(entity, weighed, columns, tagset)) for entity in entities]


def _share(
    entity: Entity, weighed: Weighed, columns: NDArray[numpy.int64], tagset: TagSet
) -> float:
    """Share of the weight of all legal sequences in which exactly this entity stands."""
    start, end = entity.start, entity.end
    first, last = columns[start], columns[end - 1]
    if start == 0:
        weight = float(tagset.starts[first])
    else:
        before = tagset.transitions[:, first] & ~tagset.joins[:, first]
        weight = weighed.forward[start - 1, before].sum()
    inside = weighed.tags[numpy.arange(start, end), columns[start:end]]
    weight *= (inside / weighed.scale[start:end]).prod()
    if end == len(columns):
        weight *= weighed.backward[end - 1, last]
    else:
        after = tagset.transitions[last] & ~tagset.joins[last]
        onward = weighed.tags[end, after] * weighed.backward[end, after]
        weight *= onward.sum() / weighed.scale[end]
    return float(min(1.0, weight))
