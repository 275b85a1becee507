"""Tag scores to tags: greedy and Viterbi, each with the probability of an entity.

Batches are packed: sequences in order of falling length, so that at position t the first n_t of
them are alive and each step is one array operation over those. Time and memory are in proportion to
the positions times the tags.

Shapes: n sequences, N positions of all of them together, K tags.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy
from numpy.typing import NDArray
from thinc.api import ConfigValidationError, NumpyOps

from adaptive_spacy.ner.tags import Entity, TagSet
from adaptive_spacy.ner.temperature import scale

Floats = NDArray[numpy.floating]
DECODERS = ("viterbi", "greedy")
#: Scores that are decoded at once: 32 MB in double precision
GROUP_CELLS = 2**22


class Decoded(NamedTuple):
    """entity (Entity): Offsets are positions of the sequence. confidence (float): In [0, 1]."""

    entity: Entity
    confidence: float


def decode(
    logits: Sequence[Floats], tagset: TagSet, decoder: str, temperature: float = 1.0
) -> list[list[Decoded]]:
    """Entities of each sequence, with their confidence.

    logits (Sequence[array]): One per sequence. *Shape:* (length, K)
    tagset (TagSet): The tags.
    decoder (str): "viterbi": the best legal sequence; an entity's confidence is its share of
        the weight of all legal sequences. "greedy": the best tag of each position; the
        confidence is the product of its tags' probabilities.
    temperature (float): What confidences are computed at; the entities are those at 1.
    RETURNS (list[list[Decoded]]): Per sequence, in order.
    """
    if decoder == "greedy":
        return [_greedy(one, tagset, temperature) for one in logits]
    result: list[list[Decoded]] = [[] for _ in logits]
    for group in _groups([len(one) for one in logits], len(tagset.columns)):
        decoded = _viterbi([logits[i] for i in group], tagset, temperature)
        for i, found in zip(group, decoded, strict=True):
            result[i] = found
    return result


def _groups(lengths: Sequence[int], n_tags: int) -> Iterator[list[int]]:
    """Yield sequences of similar length whose scores take a bounded place in memory."""
    group: list[int] = []
    cells = 0
    for i in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
        size = lengths[i] * n_tags
        if group and cells + size > GROUP_CELLS:
            yield group
            group, cells = [], 0
        group.append(i)
        cells += size
    if group:
        yield group


def _viterbi(logits: Sequence[Floats], tagset: TagSet, temperature: float) -> list[list[Decoded]]:
    columns = viterbi(logits, tagset)
    entities = [tagset.decode(one) for one in columns]
    some = [i for i, found in enumerate(entities) if found]
    weighed = iter(forward_backward([scale(logits[i], temperature) for i in some], tagset))
    return [
        _with_confidence(found, next(weighed), column, tagset) if found else []
        for found, column in zip(entities, columns, strict=True)
    ]


def require_decoder(decoder: str, pipe: str = "transformer_ner") -> str:
    """RETURNS (str): The name. RAISES (ConfigValidationError): If there is no such decoder."""
    if decoder not in DECODERS:
        raise ConfigValidationError(
            title="Unknown decoder",
            desc=f"[components.{pipe}] decoder: expected one of {', '.join(DECODERS)}, "
            f"got {decoder!r}",
        )
    return decoder


def _greedy(logits: Floats, tagset: TagSet, temperature: float) -> list[Decoded]:
    if not len(logits):
        return []
    columns = logits.argmax(axis=1)
    best = _probabilities(scale(logits, temperature)).max(axis=1)
    return [
        Decoded(entity, float(best[entity.start : entity.end].prod()))
        for entity in tagset.decode(columns)
    ]


def _probabilities(logits: Floats) -> Floats:
    return NumpyOps().softmax(logits.astype("float64"), axis=1)


class _Packed(NamedTuple):
    """order: indices of the sequences by falling length. lengths: in that order. alive: n_t per
    position. begins: row of each position's first sequence. values: *Shape:* (N, K)"""

    order: NDArray[numpy.int64]
    lengths: NDArray[numpy.int64]
    alive: NDArray[numpy.int64]
    begins: NDArray[numpy.int64]
    values: Floats

    def at(self, t: int) -> slice:
        """RETURNS (slice): The rows of position t."""
        return slice(self.begins[t], self.begins[t + 1])

    def going_on(self, t: int) -> int:
        """RETURNS (int): Sequences that have a position after t."""
        return int(self.alive[t + 1]) if t + 1 < len(self.alive) else 0

    def rows(self, place: int) -> NDArray[numpy.int64]:
        """RETURNS (array): The rows of a sequence, by its place in the order."""
        return self.begins[: self.lengths[place]] + place


def _pack(arrays: Sequence[Floats], n_tags: int) -> _Packed:
    sizes = numpy.array([len(one) for one in arrays], dtype=numpy.int64)
    order = numpy.argsort(-sizes, kind="stable")
    lengths = sizes[order]
    longest = int(lengths[0]) if len(lengths) else 0
    # the lengths fall: so many are beyond t
    alive = numpy.searchsorted(-lengths, -numpy.arange(longest), side="left")
    begins = numpy.concatenate([[0], numpy.cumsum(alive)]).astype(numpy.int64)
    packed = _Packed(order, lengths, alive, begins, numpy.empty((begins[-1], n_tags)))
    for place, i in enumerate(order):
        packed.values[packed.rows(place)] = arrays[i]
    return packed


def viterbi(logits: Sequence[Floats], tagset: TagSet) -> list[NDArray[numpy.int64]]:
    """The legal tag sequence of the highest summed score.

    logits (Sequence[array]): One per sequence. *Shape:* (length, K)
    RETURNS (list[array]): Columns. *Shape:* (length,)
    """
    n, n_tags = len(logits), len(tagset.columns)
    packed = _pack(logits, n_tags)
    score = numpy.where(tagset.starts, 0.0, -numpy.inf)[None, :].repeat(n, axis=0)
    back = numpy.zeros(packed.values.shape, dtype=numpy.int32)
    for t, alive in enumerate(packed.alive):
        if t:
            score[:alive], back[packed.at(t)] = tagset.before.best(score[:alive])
        score[:alive] += packed.values[packed.at(t)]
    final = (score + numpy.where(tagset.ends, 0.0, -numpy.inf)).argmax(axis=1)
    columns = numpy.zeros(len(packed.values), dtype=numpy.int64)
    following = columns[:0]
    for t in range(len(packed.alive) - 1, -1, -1):
        going_on = packed.going_on(t)
        here = final[: packed.alive[t]].copy()
        if going_on:
            rows = packed.begins[t + 1] + numpy.arange(going_on)
            here[:going_on] = back[rows, following]
        columns[packed.at(t)] = following = here
    result = [columns[:0]] * n
    for place, i in enumerate(packed.order):
        result[i] = columns[packed.rows(place)]
    return result


class Weighed(NamedTuple):
    """Scaled forward and backward weights of a sequence (Rabiner 1989, section V.A), all of them
    logarithms: at a low temperature, or after a high score of a tag that is illegal there, every
    legal weight may underflow.

    tags: the weight of each tag at each position by itself. *Shape:* (length, K)
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
    packed = _pack(logits, len(tagset.columns))
    starts, ends = (numpy.where(one, 0.0, -numpy.inf) for one in (tagset.starts, tagset.ends))
    forward = numpy.empty(packed.values.shape)
    backward = numpy.empty(packed.values.shape)
    scale = numpy.empty(len(packed.values))
    for t, alive in enumerate(packed.alive):
        here = packed.at(t)
        reach = tagset.before.log_sum(forward[packed.at(t - 1)][:alive]) if t else starts
        weight = reach + packed.values[here]
        scale[here] = numpy.logaddexp.reduce(weight, axis=1)
        forward[here] = weight - scale[here, None]
    for t in range(len(packed.alive) - 1, -1, -1):
        here, going_on = packed.at(t), packed.going_on(t)
        weight = backward[here]
        if going_on:
            onward = packed.at(t + 1)
            following = tagset.after.log_sum(packed.values[onward] + backward[onward])
            weight[:going_on] = following - scale[onward, None]
        if going_on < len(weight):
            # summed row by row: what a sequence gets does not depend on those beside it
            last = numpy.logaddexp.reduce(forward[here][going_on:] + ends, axis=1)
            weight[going_on:] = ends - last[:, None]
    result: list[Weighed] = [None] * len(logits)  # type: ignore[list-item]
    for place, i in enumerate(packed.order):
        rows = packed.rows(place)
        result[i] = Weighed(packed.values[rows], forward[rows], backward[rows], scale[rows])
    return result


def _with_confidence(
    entities: list[Entity], weighed: Weighed, columns: NDArray[numpy.int64], tagset: TagSet
) -> list[Decoded]:
    shares = _shares(entities, weighed, columns, tagset).tolist()
    return list(map(Decoded, entities, shares))


def _shares(
    entities: list[Entity], weighed: Weighed, columns: NDArray[numpy.int64], tagset: TagSet
) -> Floats:
    """RETURNS (array): Of each entity, the share of the weight of all legal sequences in which
    exactly it stands. *Shape:* (n_entities,)"""
    bounds = numpy.array([(one.start, one.end) for one in entities])
    starts, ends = bounds.T
    # around a sequence, all is outside
    outside = numpy.where(tagset.columns, -numpy.inf, 0.0)
    reach = weighed.forward[starts - 1]
    reach[starts == 0] = outside
    following = numpy.minimum(ends, len(columns) - 1)
    onward = weighed.tags[following] + weighed.backward[following]
    onward -= weighed.scale[following, None]
    onward[ends == len(columns)] = outside + weighed.backward[-1]
    begins = numpy.stack([_beginning(tagset, one) for one in columns[starts].tolist()])
    stops = numpy.stack([_ending(tagset, one) for one in columns[ends - 1].tolist()])
    by_token = weighed.tags[numpy.arange(len(columns)), columns] - weighed.scale
    # every second sum is of what lies between two entities
    inside = numpy.add.reduceat(numpy.append(by_token, 0.0), bounds.ravel())[::2]
    weights = inside + numpy.logaddexp.reduce(reach, axis=1, where=begins)
    weights += numpy.logaddexp.reduce(onward, axis=1, where=stops)
    # above 1 by rounding only, and what is no number stays none
    return numpy.exp(numpy.minimum(weights, 0.0))


@lru_cache(maxsize=256)
def _beginning(tagset: TagSet, column: int) -> NDArray[numpy.bool_]:
    """RETURNS (array): The tags that a tag may follow as the first of its entity. *Shape:* (K,)"""
    return tagset.allows(tagset.columns, column) & ~tagset.joins(tagset.columns, column)


@lru_cache(maxsize=256)
def _ending(tagset: TagSet, column: int) -> NDArray[numpy.bool_]:
    """RETURNS (array): The tags that may follow a tag as the last of its entity. *Shape:* (K,)"""
    return tagset.allows(column, tagset.columns) & ~tagset.joins(column, tagset.columns)
