"""Whether the corpora of a training have documents and entities: what it looks at each time."""

import warnings
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import spacy
from spacy.util import resolve_dot_names

from adaptive_spacy.config.randomness import same_randomness
from adaptive_spacy.data.validation import describe_noise

if TYPE_CHECKING:
    from spacy.language import Language

ENTITY_FACTORIES = {"transformer_ner", "ner", "beam_ner"}


def find_data_faults(nlp: "Language") -> Iterator[str]:
    """Faults that the data shows; warns of what is only suspicious.

    nlp (Language): The pipeline, not initialized yet.
    YIELDS (str): One line each.
    """
    config = nlp.config.interpolate()
    training = config["training"]
    # streamed: there is no end to look for
    if training["max_epochs"] < 0:
        return
    types: dict[str, Counter[str]] = {}
    documents: Counter[str] = Counter()
    for split in ("train", "dev"):
        name = training[f"{split}_corpus"]
        (corpus,) = resolve_dot_names(config, [name])
        types[split] = Counter()
        with same_randomness():
            for example in corpus(spacy.blank(str(nlp.lang))):
                documents[split] += 1
                types[split].update(ent.label_ for ent in example.reference.ents)
        if not documents[split]:
            yield (
                f"[{name}] path: expected at least one example, got none from "
                f"{getattr(corpus, 'path', name)}"
            )
    factories = {nlp.get_pipe_meta(pipe).factory for pipe in nlp.component_names}
    if not all(documents[split] for split in types):
        return
    if not factories & ENTITY_FACTORIES:
        if noise := describe_noise(f"[{training['dev_corpus']}]", documents=documents["dev"]):
            warnings.warn(noise, stacklevel=2)
        return
    if not types["train"]:
        yield (
            f"[{training['train_corpus']}]: expected at least one entity, got none: there is "
            "nothing to learn"
        )
        return
    noise = describe_noise(
        f"[{training['dev_corpus']}]", documents=documents["dev"], entities=types["dev"].total()
    )
    if noise:
        warnings.warn(noise, stacklevel=2)
    for label in sorted(types["dev"].keys() - types["train"].keys()):
        warnings.warn(
            f"[{training['dev_corpus']}] has {types['dev'][label]} entities of type {label}, "
            "the training corpus has none: they can only be missed",
            stacklevel=2,
        )
    if not types["dev"]:
        warnings.warn(
            f"[{training['dev_corpus']}] has 0 entities (the training corpus "
            f"{sum(types['train'].values())}): F1 says nothing, the loss little",
            stacklevel=2,
        )
