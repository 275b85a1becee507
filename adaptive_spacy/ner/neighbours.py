"""Which tags may stand next to which, in proportion to the tags and not to their square.

All types obey the same rules, so the tags before or behind a tag are at most two sets: a common one
that does not depend on its type, and some tags of its own type. Here the two are summed and
searched once per position and handed out to the tags.

Shapes: n sequences, K tags, T types of P prefixes each, K = 1 + T * P, "O" first.
"""

from typing import Any, NamedTuple

import numpy
from numpy.typing import NDArray

Floats = NDArray[numpy.floating]
Ints = NDArray[numpy.int64]


class Neighbours(NamedTuple):
    """The tags that may stand on one side of each tag.

    common (array): Columns that many tags share as neighbours.
    own (array): Prefixes of the tag's own type that are neighbours beside those, from 0.
    takes_common, takes_own (array): Whether tags of a kind have the one and the other; "O" is kind
        0, the prefixes follow. *Shape:* (1 + P,)
    """

    common: Ints
    own: Ints
    takes_common: NDArray[numpy.bool_]
    takes_own: NDArray[numpy.bool_]

    @classmethod
    def build(
        cls, same: NDArray[numpy.bool_], other: NDArray[numpy.bool_], n_types: int
    ) -> "Neighbours":
        """same, other (array): Whether kind j may be the neighbour of kind i, where both are of the
        same type and where not. *Shape:* (1 + P, 1 + P)
        n_types (int): Number of types."""
        beside = same & ~other
        beside[:, 0] = False
        in_common: Any = other.any(axis=0)
        kinds = numpy.arange(len(same))
        columns = kinds[1:] + (len(same) - 1) * numpy.arange(n_types)[:, None]
        common = numpy.concatenate([kinds[:1][in_common[:1]], columns[:, in_common[1:]].ravel()])
        own = numpy.flatnonzero(beside[:, 1:].any(axis=0))
        takes_common: Any = other.any(axis=1)
        takes_own: Any = beside.any(axis=1)
        return cls(common, own, takes_common, takes_own)

    def log_sum(self, weights: Floats) -> Floats:
        """The summed weight of each tag's neighbours, in logarithms.

        weights (array): Logarithms. *Shape:* (n, K). RETURNS (array): The same shape.
        """
        total = numpy.logaddexp.reduce(weights[:, self.common], axis=1)
        result = numpy.full_like(weights, -numpy.inf)
        if self.takes_common[0]:
            result[:, 0] = total
        by_type = self._by_type(result)
        by_type[:, :, self.takes_common[1:]] = total[:, None, None]
        if len(self.own):
            own = numpy.logaddexp.reduce(self._by_type(weights)[:, :, self.own], axis=2)[:, :, None]
            by_type[:, :, self.takes_own[1:]] = own
            both = self.takes_own[1:] & self.takes_common[1:]
            if both.any():
                by_type[:, :, both] = numpy.logaddexp(own, total[:, None, None])
        return result

    def best(self, scores: Floats) -> tuple[Floats, Ints]:
        """The highest score among each tag's neighbours, and the first of those that has it. For
        sides on which each tag has one of the two sets: the tags before.

        scores (array): *Shape:* (n, K). RETURNS (tuple): Two arrays of the same shape.
        """
        chosen = self.common[scores[:, self.common].argmax(axis=1)]
        highest = numpy.empty_like(scores)
        columns = numpy.empty(scores.shape, dtype=numpy.int64)
        highest[:] = scores[numpy.arange(len(scores)), chosen][:, None]
        columns[:] = chosen[:, None]
        if len(self.own):
            own = self._by_type(scores)[:, :, self.own]
            first = own.argmax(axis=2)
            users = numpy.flatnonzero(self.takes_own[1:])
            starts = 1 + len(self.takes_own[1:]) * numpy.arange(own.shape[1])
            self._by_type(highest)[:, :, users] = own.max(axis=2)[:, :, None]
            self._by_type(columns)[:, :, users] = (starts + self.own[first])[:, :, None]
        return highest, columns

    def _by_type(self, array: NDArray[Any]) -> NDArray[Any]:
        """RETURNS (array): A view of the tags of types. *Shape:* (n, T, P)"""
        prefixes = len(self.takes_own) - 1
        return array[:, 1:].reshape(len(array), (array.shape[1] - 1) // prefixes, prefixes)
