"""Adaptive fine-tuning of transformers in spaCy.

Imports nothing heavy: what stands here is loaded when it is first asked for.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

#: Functions for programs, by the module that has them
_FUNCTIONS = {"crossfit": "adaptive_spacy.experiments.crossfit"}

__all__ = ["__version__", *_FUNCTIONS]


def __getattr__(name: str) -> Any:
    if name not in _FUNCTIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_FUNCTIONS[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_FUNCTIONS])
