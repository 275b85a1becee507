"""The highest rate that the callback tells the schedule, which overrides the schedule's own."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from adaptive_spacy.config.edits import Block
from adaptive_spacy.config.names import ADAPT, RATE

#: A value that is another one
REFERENCE = re.compile(r"\$\{([\w.:]+)\}")
BEFORE_UPDATE = "training.before_update"


class Place(NamedTuple):
    """A value of a config: block, key, and the block's dotted name."""

    block: Block
    key: str
    name: str

    @property
    def value(self) -> Any:
        """RETURNS (Any): What is there; None: nothing."""
        return self.block.get(self.key)


def find_told_rate(config: Block) -> Place | None:
    """Find where the rate stands that the callback of a training tells.

    config (dict): Not interpolated.
    RETURNS (Place | None): The end of the references, so that what sets it from the command line
        still does; where that is no plain value, the callback's own. None: it tells none.
    """
    callback = find_callback(config)
    if callback is None or callback.value is None:
        return None
    place = callback
    seen: list[Place] = []
    # spaCy refuses references in a circle, but perhaps not before this
    while place not in seen:
        seen.append(place)
        value = place.value
        if isinstance(value, dict) and value.get("@misc") == RATE:
            place = Place(value, "rate", f"{place.name}.{place.key}")
        elif isinstance(value, str) and (found := REFERENCE.fullmatch(value)):
            target = _find(config, found[1].replace(":", "."))
            if target is None:
                break
            place = target
        elif isinstance(value, Mapping | list) or value is None or "${" in str(value):
            break
        else:
            return place
    return callback


def find_callback(config: Block) -> Place | None:
    """RETURNS (Place | None): The rate of the callback that tells the schedule of evaluations,
    wherever in the chain of callbacks it stands."""
    training = config.get("training", {})
    for block, name in _walk(training.get("before_update"), BEFORE_UPDATE):
        if block.get("@callbacks") == ADAPT:
            return Place(block, "rate", name)
    return None


def _walk(block: Any, name: str) -> Iterator[tuple[Block, str]]:
    """YIELDS (tuple): A block and those in it, outer ones first, each with its dotted name."""
    if isinstance(block, dict):
        yield block, name
        for key, inner in block.items():
            yield from _walk(inner, f"{name}.{key}")


def _find(config: Block, name: str) -> Place | None:
    outer, _, key = name.rpartition(".")
    block: Any = config
    for part in outer.split("."):
        block = block.get(part) if isinstance(block, dict) else None
    return Place(block, key, outer) if isinstance(block, dict) and key in block else None
