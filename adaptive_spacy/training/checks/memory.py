"""Models that no memory of this machine holds, found before a weight of them is made."""

import math
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from thinc.api import Model

if TYPE_CHECKING:
    from spacy.language import Language

#: Parameters of thinc's layers that have all dimensions of their layer
FULL = ("W", "E")
BYTES = 4


def find_size_faults(nlp: "Language") -> Iterator[str]:
    """What spaCy would break off at with a MemoryError, once it has begun.

    nlp (Language): The pipeline, not initialized yet.
    YIELDS (str): A line for each component whose model is larger than the memory.
    """
    memory = memory_of_machine()
    if memory is None:
        return
    for name, pipe in nlp.components:
        model = getattr(pipe, "model", None)
        least = sum(map(_least_bytes, model.walk())) if isinstance(model, Model) else 0
        if least > memory:
            yield (
                f"[components.{name}.model]: expected sizes that fit into memory, got weights of "
                f"at least {least / 2**30:,.0f} GiB; this machine has {memory / 2**30:,.0f} GiB"
            )


def memory_of_machine() -> int | None:
    """RETURNS (int | None): Its bytes; None: the system does not tell."""
    try:
        pages = os.sysconf("SC_PHYS_PAGES")
        return os.sysconf("SC_PAGE_SIZE") * pages if pages > 0 else None
    except (AttributeError, ValueError, OSError):
        return None


def _least_bytes(node: "Model[Any, Any]") -> int:
    """Those of a layer that has no weights yet; sizes that only the data tell count as 1."""
    if not any(name in FULL and node.has_param(name) is None for name in node.param_names):
        return 0
    return BYTES * math.prod(node.get_dim(one) for one in node.dim_names if node.has_dim(one))
