"""Whether the entity types of a dev set are those that a training learns."""

from collections import Counter
from collections.abc import Iterator
from typing import Protocol


class Typed(Protocol):
    """name (str): A corpus' section. types (Counter[str]): Entities per type."""

    name: str
    types: Counter[str]


def find_type_faults(train: Typed, dev: Typed) -> Iterator[str]:
    """YIELDS (str): What the entities of dev cannot show, a line each."""
    for label in sorted(dev.types.keys() - train.types.keys()):
        yield (
            f"[{dev.name}] has {dev.types[label]:,} entities of type {label}, [{train.name}] has "
            "none: they can only be missed"
        )
    if not dev.types.keys() & train.types.keys():
        yield (
            f"[{dev.name}] has no entity of a type that [{train.name}] has: F1 says nothing, and "
            "the loss not when to stop"
        )
