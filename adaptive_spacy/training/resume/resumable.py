"""What a part of a training does to be resumed with it."""

from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from spacy.language import Language


@runtime_checkable
class Resumable(Protocol):
    """A part that remembers something from one update to the next: a callback, a logger, a reader,
    a component. Parts without these methods begin anew when a training is resumed.

    States are dicts, lists, texts, numbers and arrays of NumPy or torch, at any depth.
    """

    def save_state(self, nlp: Language) -> dict[str, Any]:
        """RETURNS (dict): What it remembers between two updates."""

    def load_state(self, nlp: Language, state: dict[str, Any], output: Path | None) -> None:
        """Go on from a state.

        nlp (Language): The pipeline, with its weights and scores of then.
        state (dict): What `save_state` returned; arrays are tensors of torch.
        output (Path | None): The output folder of the training, which may have moved.
        """


def save_parts(parts: dict[str, Any], nlp: Language) -> dict[str, Any]:
    """RETURNS (dict): The states of those parts that have one, by name."""
    return {name: one.save_state(nlp) for name, one in parts.items() if isinstance(one, Resumable)}


def load_parts(
    parts: dict[str, Any], nlp: Language, states: dict[str, Any], output: Path | None
) -> None:
    """Have the parts go on from what `save_parts` returned."""
    for name, state in states.items():
        parts[name].load_state(nlp, state, output)
