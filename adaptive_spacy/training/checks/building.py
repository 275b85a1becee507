"""Whether spaCy can build and find what a config names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spacy.schemas import ConfigSchemaInit, ConfigSchemaTraining
from spacy.util import is_package, registry, resolve_dot_names
from thinc.api import Config

from adaptive_spacy.parsing import describe_reason


def require_buildable(config: Config) -> None:
    """Build what spaCy builds first of all: what follows may rely on the types.

    RAISES (ValueError): If it cannot be built.
    """
    for name, schema in (("training", ConfigSchemaTraining), ("initialize", ConfigSchemaInit)):
        try:
            registry.resolve(config[name], schema=schema)
            resolve_dot_names(config, [*corpus_names(config["training"])])
        except ValueError:
            # says itself where
            raise
        except Exception as error:
            reason = describe_reason(error)
            raise ValueError(f"[{name}]: expected what spaCy can build; {reason}") from None


def find_missing_files(initialize: dict[str, Any]) -> Iterator[str]:
    """Files that spaCy looks for only after the former models are gone."""
    vectors = initialize["vectors"]
    for key in ("vocab_data", "init_tok2vec"):
        path = initialize[key]
        if path is not None and not Path(str(path)).is_file():
            yield f"[initialize] {key}: expected a file, got {path!r}"
    if vectors is not None and not (is_package(str(vectors)) or Path(str(vectors)).exists()):
        yield f"[initialize] vectors: expected a pipeline's folder or package, got {vectors!r}"


def corpus_names(training: dict[str, Any]) -> list[str]:
    return [training["train_corpus"], training["dev_corpus"]]
