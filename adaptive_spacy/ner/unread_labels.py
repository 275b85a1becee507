"""Labels in `[initialize]` that nobody reads.

spaCy initializes neither frozen nor sourced pipes (spacy/training/initialize.py, `init_nlp`), so
what `[initialize.components]` says of their labels would be passed over in silence.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from spacy.language import Language
from spacy.util import registry
from thinc.api import Config


def find_unread_labels(nlp: Language) -> Iterator[str]:
    """Find labels for a pipe that is not initialized and lacks them. To be called while spaCy has
    those pipes disabled: in `before_init`.

    nlp (Language): The pipeline.
    YIELDS (str): One line each.
    """
    settings = nlp.config.interpolate()["initialize"].get("components", {})
    for name in nlp.disabled:
        labels = settings.get(name, {}).get("labels")
        pipe = nlp.get_pipe(name)
        known = {*getattr(pipe, "labels", ()), *_names(getattr(pipe, "label_data", None))}
        unread = _missing(labels or (), known)
        if unread:
            yield (
                f"[initialize.components.{name}] labels: expected none, or those that the pipe "
                f"has, since a sourced or frozen pipe is not initialized; got "
                f"{', '.join(unread[:5])}. Add them with add_label to the pipeline that it is "
                "taken from, or create the pipe by its factory"
            )


def _missing(labels: Any, known: Collection[str]) -> list[str]:
    """RETURNS (list[str]): Labels of the setting that the pipe lacks."""
    if isinstance(labels, dict):
        labels = registry.resolve(Config({"labels": labels}))["labels"]
    return [str(one) for one in _names(labels) if one not in known]


def _names(labels: Any) -> Iterator[Any]:
    """YIELDS (Any): The names in what `spacy init labels` writes: a list, or a table that has them
    by action, as that of ner and parser."""
    if isinstance(labels, Mapping):
        for key, value in labels.items():
            yield from value if isinstance(value, Mapping) else [key]
    elif isinstance(labels, Iterable):
        yield from labels
