"""Whether the corpora of a training have documents and entities: what it looks at each time."""

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import spacy
from spacy.util import resolve_dot_names

from adaptive_spacy.config.blocks import find_blocks, resolve_value
from adaptive_spacy.config.names import ADAPTIVE
from adaptive_spacy.config.randomness import same_randomness
from adaptive_spacy.data.validation import describe_noise
from adaptive_spacy.training.checks.types import find_type_faults

if TYPE_CHECKING:
    from spacy.language import Language

ENTITY_FACTORIES = {"transformer_ner", "ner", "beam_ner"}


@dataclass
class Census:
    """What one corpus has.

    name (str): Its section. path (Any): What it was read from.
    documents (int), types (Counter[str]): Documents, and entities per type.
    """

    name: str
    path: Any
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
    corpora = []
    for key in ("train_corpus", "dev_corpus"):
        corpora.append(take_census(nlp, key))
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
    for doubt in [noise, *(find_type_faults(train, dev) if learns else ())]:
        if doubt:
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


def take_census(nlp: "Language", key: str) -> Census:
    """RETURNS (Census): Of the corpus that `[training]` names by the key."""
    config = nlp.config.interpolate()
    name = config["training"][key]
    (corpus,) = resolve_dot_names(config, [name])
    census = Census(name, getattr(corpus, "path", name))
    with same_randomness():
        for example in corpus(spacy.blank(str(nlp.lang))):
            census.documents += 1
            census.types.update(ent.label_ for ent in example.reference.ents)
    return census
