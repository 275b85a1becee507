"""What a training was made of: its data in numbers, its config, versions, and hashes of files."""

import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import spacy
from spacy.tokens import Doc
from spacy.util import resolve_dot_names
from thinc.api import Config

from adaptive_spacy.data.spacy_files import find_files, read_docs
from adaptive_spacy.hashing import hash_file
from adaptive_spacy.training.history import HISTORY
from adaptive_spacy.training.known_texts import path_of

PACKAGES = ("adaptive-spacy", "spacy", "spacy-transformers", "transformers", "thinc", "torch")
#: Digits of a hash that are shown
DIGITS = 16


@dataclass
class Split:
    """docs, tokens, missing (int): How many, and tokens without annotation. types (Counter):
    Entities."""

    docs: int = 0
    tokens: int = 0
    missing: int = 0
    types: Counter[str] = field(default_factory=Counter)

    def add(self, doc: Doc) -> None:
        """Count a doc."""
        self.docs += 1
        self.tokens += len(doc)
        self.missing += sum(not token.ent_iob for token in doc)
        self.types.update(ent.label_ for ent in doc.ents)

    @property
    def entities(self) -> int:
        """RETURNS (int): Of all types."""
        return self.types.total()


def count(docs: Iterable[Doc]) -> Split:
    """RETURNS (Split): What is in some docs."""
    split = Split()
    for doc in docs:
        split.add(doc)
    return split


def count_splits(config: Config | None) -> dict[str, Split]:
    """RETURNS (dict[str, Split]): What a training had as train and dev, by its own readers; without
    what is not there any more."""
    found: dict[str, Split] = {}
    if config is None:
        return found
    for split in ("train", "dev"):
        try:
            (reader,) = resolve_dot_names(config, [config["training"][f"{split}_corpus"]])
            nlp = spacy.blank(config["nlp"]["lang"])
            found[split] = count(eg.reference for eg in reader(nlp))
        except (KeyError, OSError, TypeError, ValueError):
            continue
    return found


def count_file(path: Path) -> Split:
    """RETURNS (Split): What is in a .spacy file."""
    return count(read_docs(path, spacy.blank("xx").vocab))


def list_versions() -> dict[str, str]:
    """RETURNS (dict[str, str]): Of the packages that made the page."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def list_hashes(training: Path, config: Config | None, model: Path) -> dict[str, str]:
    """RETURNS (dict[str, str]): Of the files that made the training and came out of it, by path:
    the first digits of SHA-256."""
    corpora = [path_of(config, split) for split in ("train", "dev")] if config is not None else []
    paths = [training / HISTORY, *(model / name for name in ("config.cfg", "meta.json"))]
    paths += [one for path in corpora if path is not None for one in find_files(path)]
    return {
        path.as_posix(): hash_file(path)[:DIGITS] for path in dict.fromkeys(paths) if path.is_file()
    }


def settings_of(config: Config | None) -> Mapping[str, str]:
    """RETURNS (dict[str, str]): The settings that most trainings differ in."""
    if config is None:
        return {}
    variables = config.get("variables", {})
    chosen = {f"variables.{key}": _shown(value) for key, value in variables.items()}
    training = config["training"]
    for key in ("seed", "max_epochs", "max_steps", "patience", "accumulate_gradient"):
        if key in training:
            chosen[f"training.{key}"] = _shown(training[key])
    return chosen


def _shown(value: object) -> str:
    # 0.3, and not what a sum of fractions makes of it
    return f"{value:.12g}" if isinstance(value, float) else str(value)
