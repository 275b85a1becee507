"""What a part of a training does to be resumed with it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from spacy.language import Language
from thinc.api import ConfigValidationError

from adaptive_spacy.config.names import CORPUS, UNTIL_FINISHED

#: What the names of our functions begin with
OURS = "adaptive_spacy."
#: What else may be done where a function is forgotten that is no callback or logger
REMEDIES = {
    CORPUS: "take the `shuffle` of {inner} out",
    UNTIL_FINISHED: "put {inner} first, with {outer} as its `batcher`",
}


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


def require_remembered(config: Mapping[str, Any], parts: Mapping[str, Any]) -> None:
    """Refuse parts of ours inside of another's that does not pass on what they remember: a
    training that is resumed would go on without it.

    config (Mapping): A config, interpolated.
    parts (Mapping): What its callbacks, logger, batcher and readers are, by their dotted names.
    RAISES (ConfigValidationError): If one is forgotten. Names the block and what to do.
    """
    for name, part in parts.items():
        for outer, inner in _find_forgotten(_find_block(config, name), part):
            remedy = REMEDIES.get(inner, "put {inner} first, with {outer} as its `then`")
            raise ConfigValidationError(
                title="This training could not be resumed",
                desc=f"[{name}]: {inner} stands inside of {outer}, which does not have save_state "
                f"and load_state, so that --resume would forget it. Give {outer} both methods, "
                f"{remedy.format(inner=inner, outer=outer)}, or train with spacy train",
            )


def _find_block(config: Any, name: str) -> Any:
    """RETURNS (Any): The block of a dotted name, or that of a function that gives what is inside
    of it, as one that makes all of `[corpora]`."""
    for key in name.split("."):
        if not isinstance(config, Mapping) or _name_of(config) is not None:
            break
        config = config.get(key)
    return config


def _find_forgotten(block: Any, part: Any) -> Iterator[tuple[str, str]]:
    """YIELDS (tuple[str, str]): Names of a function of another's, and of one of ours within."""
    if not isinstance(block, Mapping):
        return
    name = _name_of(block)
    if name is not None and not name.startswith(OURS):
        if not isinstance(part, Resumable):
            within = [one for key, one in block.items() if not key.startswith("@")]
            yield from ((name, inner) for inner in _remembering(within))
        return
    for key, inner in block.items():
        yield from _find_forgotten(inner, getattr(part, key, None))


def _name_of(block: Mapping[str, Any]) -> str | None:
    """RETURNS (str | None): The function that a block calls."""
    return next((str(one) for key, one in block.items() if key.startswith("@")), None)


def _remembering(value: Any) -> Iterator[str]:
    """YIELDS (str): The functions of ours in a value that remember something, outer ones first."""
    if isinstance(value, Mapping):
        name = _name_of(value)
        if name is not None and name.startswith(OURS) and _remembers(name, value):
            yield name
        value = list(value.values())
    if isinstance(value, list | tuple):
        for one in value:
            yield from _remembering(one)


def _remembers(name: str, block: Mapping[str, Any]) -> bool:
    """RETURNS (bool): Whether what a function of ours makes remembers something."""
    if name == CORPUS:
        # by which pass it is; without, all are the same
        return bool(block.get("shuffle"))
    # what the batcher underneath remembers
    return "@callbacks" in block or "@loggers" in block or name == UNTIL_FINISHED


def save_parts(parts: dict[str, Any], nlp: Language) -> dict[str, Any]:
    """RETURNS (dict): The states of those parts that have one, by name."""
    return {name: one.save_state(nlp) for name, one in parts.items() if isinstance(one, Resumable)}


def load_parts(
    parts: dict[str, Any], nlp: Language, states: dict[str, Any], output: Path | None
) -> None:
    """Have the parts go on from what `save_parts` returned."""
    for name, state in states.items():
        parts[name].load_state(nlp, state, output)
