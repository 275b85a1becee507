"""Changes to a config of which each says what it did."""

from collections.abc import Mapping
from typing import Any

from adaptive_spacy.config.blocks import find_blocks

Block = dict[str, Any]


def put_callback(block: Block, key: str, callback: str) -> str | None:
    """Put a callback where another may stand, which becomes its `then`.

    RETURNS (str | None): The other's name, empty if there is none; None: nothing was to be done.
    """
    former = block.get(key)
    if find_blocks(former, "callbacks", callback):
        return None
    block[key] = {"@callbacks": callback}
    if former is None:
        return ""
    block[key]["then"] = former
    return name_of(former)


def set_value(
    block: Block,
    key: str,
    value: Any,
    name: str,
    done: list[str],
    plain: Mapping[str, Any] | None = None,
) -> None:
    """Set a value unless it is that already; say so."""
    missing = object()
    former = (plain or block).get(key, missing)
    if former == value:
        return
    block[key] = value
    was = "" if former is missing or (plain is None and former is None) else f" (was {former})"
    text = "null" if value is None else value
    done.append(f"{name} {key} = {text}{was}")


def name_of(block: Any) -> str:
    """RETURNS (str): The registered name that a block calls."""
    if isinstance(block, Mapping):
        return next((str(block[key]) for key in block if key.startswith("@")), "a block")
    return str(block)
