"""The shares by which a pool is divided, as the user writes them: `train=0.8,dev=0.2`."""

import re
from collections.abc import Mapping

SPLIT_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


def parse_split(text: str) -> dict[str, float]:
    """Read the shares of a division, e.g. `train=0.8,dev=0.2`.

    RAISES (ValueError): What is not of that form. The numbers are checked by `check_split`.
    """
    split: dict[str, float] = {}
    for part in text.split(","):
        name, _, share = (piece.strip() for piece in part.partition("="))
        try:
            number = float(share)
        except ValueError:
            raise ValueError(
                f"--split: expected NAME=SHARE,... such as train=0.8,dev=0.2, got {part!r}"
            ) from None
        if name in split:
            raise ValueError(f"--split: expected each name once, got {name!r} twice")
        split[name] = number
    return split


def check_split(split: Mapping[str, float]) -> list[str]:
    """RETURNS (list[str]): What is wrong with the shares of a division."""
    faults = []
    for name, share in split.items():
        if SPLIT_NAME.fullmatch(name) is None:
            faults.append(f"expected names of letters, digits, - and _, got {name!r}")
        if not 0.0 < share <= 1.0:
            faults.append(f"expected shares in (0, 1], got {name}={share}")
    # a few units in the last place of sums such as 0.7 + 0.15 + 0.15
    if not faults and sum(split.values()) > 1.0 + 1e-9:
        faults.append(f"expected shares that sum to at most 1, got {sum(split.values()):g}")
    return faults
