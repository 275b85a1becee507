"""Tagging schemes: types to tags, BILOU tags to columns of the output layer, and back to
entities."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import numpy
from numpy.typing import NDArray
from thinc.api import ConfigValidationError

from adaptive_spacy.ner.neighbours import Neighbours

Columns = int | NDArray[numpy.int64]

#: Prefixes per scheme, in the order of a type's tags
SCHEMES: dict[str, tuple[str, ...]] = {
    "BIO": ("B", "I"),
    "BILOU": ("B", "I", "L", "U"),
    "IO": ("I",),
}
#: How the BILOU prefixes that spaCy aligns gold annotation with read in the other schemes
FROM_BILOU: dict[str, dict[str, str]] = {
    "BIO": {"B": "B", "I": "I", "L": "I", "U": "B"},
    "BILOU": {"B": "B", "I": "I", "L": "L", "U": "U"},
    "IO": {"B": "I", "I": "I", "L": "I", "U": "I"},
}
MISSING = -1


def require_scheme(scheme: str, pipe: str = "transformer_ner") -> str:
    """RETURNS (str): The name. RAISES (ConfigValidationError): If there is no such scheme."""
    if not isinstance(scheme, str) or scheme not in SCHEMES:
        raise ConfigValidationError(
            title="Unknown tagging scheme",
            desc=f"[components.{pipe}] scheme: expected one of {', '.join(SCHEMES)}, "
            f"got {scheme!r}",
        )
    return scheme


def count_tags(scheme: str, types: int) -> int:
    """RETURNS (int): How many tags so many types have, with "O"."""
    return 1 + types * len(SCHEMES[scheme])


class Entity(NamedTuple):
    """start, end (int): Token offsets, end exclusive. type (str): The entity's type."""

    start: int
    end: int
    type: str


@dataclass(frozen=True)
class TagSet:
    """The tags of some entity types under a scheme, and which may follow which.

    scheme (str): "BIO", "BILOU" or "IO".
    types (tuple[str, ...]): Entity types. Tags of a type added at the end come last, so the rows
        of a trained output layer keep their meaning.
    """

    scheme: str
    types: tuple[str, ...]

    def __post_init__(self) -> None:
        require_scheme(self.scheme)

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """RETURNS (tuple[str, ...]): "O" first, then the tags of each type."""
        return ("O", *(f"{p}-{t}" for t in self.types for p in SCHEMES[self.scheme]))

    @cached_property
    def index(self) -> dict[str, int]:
        """RETURNS (dict[str, int]): Column of each tag."""
        return {tag: i for i, tag in enumerate(self.tags)}

    def joins(self, tags: Columns, following: Columns) -> NDArray[numpy.bool_]:
        """Whether tags continue the entity of the tags before them, read leniently: also where the
        scheme forbids the pair.

        tags, following (array): Columns, element by element. RETURNS (array): The same shape.
        """
        kinds, types = self._kinds(tags)
        kinds_following, types_following = self._kinds(following)
        joins = _joining(self.scheme)[kinds, kinds_following]
        return joins & (types == types_following)

    def allows(self, tags: Columns, following: Columns) -> NDArray[numpy.bool_]:
        """Whether the scheme lets tags follow those before them.

        tags, following (array): Columns, element by element. RETURNS (array): The same shape.
        """
        kinds, types = self._kinds(tags)
        kinds_following, types_following = self._kinds(following)
        same, other = _rules(self.scheme)
        return numpy.where(
            types == types_following, same[kinds, kinds_following], other[kinds, kinds_following]
        )

    @cached_property
    def before(self) -> Neighbours:
        """RETURNS (Neighbours): The tags that each tag may follow."""
        same, other = _rules(self.scheme)
        return Neighbours.build(same.T, other.T, len(self.types))

    @cached_property
    def after(self) -> Neighbours:
        """RETURNS (Neighbours): The tags that may follow each tag."""
        return Neighbours.build(*_rules(self.scheme), len(self.types))

    @cached_property
    def columns(self) -> NDArray[numpy.int64]:
        """RETURNS (array): All columns. *Shape:* (n_tags,)"""
        return numpy.arange(1 + len(self.types) * len(SCHEMES[self.scheme]))

    @cached_property
    def starts(self) -> NDArray[numpy.bool_]:
        """RETURNS (array): *Shape:* (n_tags,). Whether a tag may come first."""
        return self.allows(0, self.columns)

    @cached_property
    def ends(self) -> NDArray[numpy.bool_]:
        """RETURNS (array): *Shape:* (n_tags,). Whether a tag may come last."""
        return self.allows(self.columns, 0)

    def encode(self, bilou: Sequence[str | None]) -> tuple[NDArray[numpy.int64], int]:
        """Turn spaCy's aligned BILOU tags into columns.

        bilou (Sequence[str | None]): One tag per token, None or "-" where annotation is missing.
        RETURNS (tuple): The columns, `MISSING` where annotation is missing or of a type that the
            set lacks, and the number of tokens of such types.
        """
        prefixes = FROM_BILOU[self.scheme]
        columns = numpy.full(len(bilou), MISSING, dtype=numpy.int64)
        unknown = 0
        for i, tag in enumerate(bilou):
            if tag == "O":
                columns[i] = 0
            elif tag and tag != "-":
                prefix, _, type_ = tag.partition("-")
                columns[i] = self.index.get(f"{prefixes[prefix]}-{type_}", MISSING)
                unknown += columns[i] == MISSING
        return columns, int(unknown)

    def decode(self, columns: Sequence[int] | NDArray[numpy.int64]) -> list[Entity]:
        """Read entities off a tag sequence, leniently: an illegal I starts an entity.

        columns (Sequence[int]): One tag per token. *Shape:* (n_tokens,)
        RETURNS (list[Entity]): Entities in order.
        """
        tags = numpy.asarray(columns, dtype=numpy.int64)
        before = numpy.concatenate([[0], tags[:-1]])
        continues = self.joins(before, tags)
        goes_on = numpy.concatenate([continues[1:], [False]])
        begins = numpy.flatnonzero((tags != 0) & ~continues)
        ends = numpy.flatnonzero((tags != 0) & ~goes_on) + 1
        types = [self.type_of(tag) for tag in tags[begins].tolist()]
        return list(map(Entity, begins.tolist(), ends.tolist(), types))

    def type_of(self, column: int) -> str:
        """RETURNS (str): The entity type of a tag other than "O"."""
        return self.types[(column - 1) // len(SCHEMES[self.scheme])]

    def _kinds(self, columns: Columns) -> tuple[NDArray[numpy.int64], NDArray[numpy.int64]]:
        """RETURNS (tuple): 0 for "O", else 1 and the place of the tag's prefix in the scheme; and
        the place of its type, below 0 for "O"."""
        prefixes = len(SCHEMES[self.scheme])
        types, places = numpy.divmod(numpy.asarray(columns) - 1, prefixes)
        return numpy.where(types < 0, 0, 1 + places), types


@cache
def _rules(scheme: str) -> tuple[NDArray[numpy.bool_], NDArray[numpy.bool_]]:
    """Whether a kind of tag may be followed by another, of the same type and of another one.

    RETURNS (tuple): *Shape:* (1 + n_prefixes, 1 + n_prefixes) each; "O" is kind 0.
    """

    def legal(tag: str, following: str) -> bool:
        return _legal(scheme, tag, following)

    kinds, others = _kinds_of(scheme, "a"), _kinds_of(scheme, "b")
    other = numpy.array([[legal(tag, following) for following in others] for tag in kinds])
    return _same_type(scheme, legal), other


@cache
def _joining(scheme: str) -> NDArray[numpy.bool_]:
    """RETURNS (array): Whether a kind of tag continues an entity of its type. *Shape:* as above."""
    return _same_type(scheme, _joins)


def _same_type(scheme: str, holds: Callable[[str, str], bool]) -> NDArray[numpy.bool_]:
    kinds = _kinds_of(scheme, "a")
    return numpy.array([[holds(tag, following) for following in kinds] for tag in kinds])


def _kinds_of(scheme: str, type_: str) -> list[str]:
    return ["O", *(f"{prefix}-{type_}" for prefix in SCHEMES[scheme])]


def _joins(tag: str, following: str) -> bool:
    same_type = tag != "O" and tag[2:] == following[2:]
    return same_type and tag[0] in "BI" and following[0] in "IL"


def _legal(scheme: str, tag: str, following: str) -> bool:
    if scheme == "IO":
        return True
    if following[0] in "IL":
        return _joins(tag, following)
    # BILOU entities end explicitly: after B or I something must follow
    return scheme != "BILOU" or tag[0] not in "BI"
