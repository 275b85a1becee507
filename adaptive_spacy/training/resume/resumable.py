"""What a part of a training does to be resumed with it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from spacy.language import Language
from thinc.api import ConfigValidationError

#: What the names of our functions begin with
OURS = "adaptive_spacy."


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


def require_remembered(training: Mapping[str, Any], parts: Mapping[str, Any]) -> None:
    """Refuse parts of ours inside of another's that does not pass on what they remember: a
    training that is resumed would go on without it.

    training (Mapping): `[training]`, interpolated.
    parts (Mapping): What its callbacks and loggers are, by their keys there.
    RAISES (ConfigValidationError): If one is forgotten. Names the block and what to do.
    """
    for key, part in parts.items():
        for outer, inner in _find_forgotten(training.get(key), part):
            raise ConfigValidationError(
                title="This training could not be resumed",
                desc=f"[training.{key}]: {inner} stands inside of {outer}, which does not have "
                f"save_state and load_state, so that --resume would forget it. Put {inner} first, "
                f"with {outer} as its `then`, give {outer} both methods, or train with spacy train",
            )


def _find_forgotten(block: Any, part: Any) -> Iterator[tuple[str, str]]:
    """YIELDS (tuple[str, str]): Names of a function of another's, and of one of ours within."""
    if not isinstance(block, Mapping):
        return
    name = next((str(one) for key, one in block.items() if key.startswith("@")), None)
    if name is not None and not name.startswith(OURS):
        if not isinstance(part, Resumable):
            within = [one for key, one in block.items() if not key.startswith("@")]
            yield from ((name, inner) for inner in _named(within))
        return
    for key, inner in block.items():
        yield from _find_forgotten(inner, getattr(part, key, None))


def _named(value: Any) -> Iterator[str]:
    """YIELDS (str): The functions of ours that are called in a value, outer ones first."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            if key.startswith("@") and str(one).startswith(OURS):
                yield str(one)
        value = list(value.values())
    if isinstance(value, list | tuple):
        for one in value:
            yield from _named(one)


def save_parts(parts: dict[str, Any], nlp: Language) -> dict[str, Any]:
    """RETURNS (dict): The states of those parts that have one, by name."""
    return {name: one.save_state(nlp) for name, one in parts.items() if isinstance(one, Resumable)}


def load_parts(
    parts: dict[str, Any], nlp: Language, states: dict[str, Any], output: Path | None
) -> None:
    """Have the parts go on from what `save_parts` returned."""
    for name, state in states.items():
        parts[name].load_state(nlp, state, output)
