"""Whether the corpora of a training have documents and entities: what it looks at each time."""

import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import spacy
from spacy.util import resolve_dot_names

from adaptive_spacy.config.blocks import find_blocks, resolve_value
from adaptive_spacy.config.names import ADAPTIVE
from adaptive_spacy.config.randomness import same_randomness
from adaptive_spacy.data.validation import describe_noise
from adaptive_spacy.training.checks.edges import FACTORY, Edges, leave_told
from adaptive_spacy.training.checks.types import find_type_faults
from adaptive_spacy.training.checks.windows import Window, find_windows

if TYPE_CHECKING:
    from spacy.language import Language

ENTITY_FACTORIES = {FACTORY, "ner", "beam_ner"}


@dataclass
class Census:
    """What one corpus has.

    name (str): Its section. path (Any): What it was read from.
    edges (Edges): Entities with an edge that cannot be predicted.
    documents (int), types (Counter[str]): Documents, and entities per type.
    """

    name: str
    path: Any
    edges: Edges
    documents: int = 0
    types: Counter[str] = field(default_factory=Counter)


def find_data_faults(nlp: "Language") -> Iterator[str]:
    """Faults that the data shows; warns of what is only suspicious.

    nlp (Language): The pipeline, not initialized yet.
    YIELDS (str): One line each.
    """
    training = nlp.config.interpolate()["training"]
    # streamed: there is no end to look for
    if training["max_epochs"] < 0:
        return
    corpora: list[Census] = []
    windows = cache(lambda: _windows_that_load(nlp))
    for key in ("train_corpus", "dev_corpus"):
        corpora.append(take_census(nlp, key, windows))
        if not corpora[-1].documents:
            yield (
                f"[{corpora[-1].name}] path: expected at least one example, got none from "
                f"{corpora[-1].path}"
            )
    train, dev = corpora
    if not train.documents or not dev.documents:
        return
    learns = {nlp.get_pipe_meta(pipe).factory for pipe in nlp.component_names} & ENTITY_FACTORIES
    if learns and not train.types:
        yield f"[{train.name}]: expected at least one entity, got none: there is nothing to learn"
        return
    entities = dev.types.total() if learns else None
    noise = find_noise(training, dev.name, documents=dev.documents, entities=entities)
    doubts = [noise, *(find_type_faults(train, dev) if learns else ())]
    if FACTORY in learns:
        doubts += [line for one in corpora for line in one.edges.describe(one.types.total())]
        leave_told(nlp)
    for doubt in filter(None, doubts):
        warnings.warn(doubt, stacklevel=2)


def find_noise(
    training: Mapping[str, Any], name: str, *, documents: int, entities: int | None
) -> str | None:
    """As `describe_noise`, of the dev set of a training.

    training (Mapping): The section `[training]`, interpolated.
    RETURNS (str | None): A line; None: there is enough, or no score says how long is trained, as in
        crossfit's last training.
    """
    if find_blocks(training["optimizer"], "schedules", ADAPTIVE):
        decides = "cool down"
    elif resolve_value(training["patience"]):
        decides = "stop"
    else:
        return None
    return describe_noise(f"[{name}]", documents=documents, entities=entities, decides=decides)


def take_census(nlp: "Language", key: str, windows: Callable[[], Sequence[Window]]) -> Census:
    """RETURNS (Census): Of the corpus that `[training]` names by the key. windows (Callable):
    Returns how the transformers cut docs."""
    config = nlp.config.interpolate()
    name = config["training"][key]
    (corpus,) = resolve_dot_names(config, [name])
    census = Census(name, getattr(corpus, "path", name), Edges(name, windows))
    with same_randomness():
        for example in corpus(spacy.blank(str(nlp.lang))):
            census.documents += 1
            census.types.update(ent.label_ for ent in example.reference.ents)
            census.edges.look(census.documents, example)
    return census


def _windows_that_load(nlp: "Language") -> Sequence[Window]:
    """RETURNS (Sequence[Window]): None, where the tokenizer that a trained pipeline came from is
    gone: then white space alone is known to have no word piece."""
    try:
        return find_windows(nlp)
    except ValueError:
        return []
