"""Texts that a training knew: what it learnt from and what it watched, as far as that is there."""

import warnings
from array import array
from collections.abc import Iterable
from pathlib import Path

import spacy
from spacy.tokens import Doc
from spacy.util import dot_to_object
from thinc.api import Config

from adaptive_spacy.config.loading import read_config
from adaptive_spacy.data.shared_texts import count_copies, keys_of
from adaptive_spacy.data.spacy_files import holds_docs, locate, read_corpus_docs
from adaptive_spacy.printable import called
from adaptive_spacy.training.history import find_checkpoint

CONFIG = "config.cfg"


def path_of(config: Config, split: str) -> Path | None:
    """RETURNS (Path | None): Where the corpus of a split is; None if its reader has no path."""
    try:
        path = dot_to_object(config, config["training"][f"{split}_corpus"])["path"]
    except (KeyError, TypeError):
        return None
    return locate(path) if isinstance(path, str) and path else None


def find_split(pipeline: Path, split: str) -> Path | None:
    """RETURNS (Path | None): The corpus that a pipeline's training had as "train" or "dev"; None if
    its config names none, or it is gone."""
    file = pipeline / CONFIG
    path = path_of(read_config(file, interpolate=True), split) if file.is_file() else None
    if path is None or holds_docs(path):
        return path
    # what refit, crossfit and jobs keep of their own lies beside the model, and moves with it
    beside = locate(find_checkpoint(pipeline).parent / called(path).name)
    return beside if holds_docs(beside) else None


def read_keys(path: str | Path | None) -> "array[int]":
    """RETURNS (array[int]): The keys of the annotated texts of a corpus; none without one.
    RAISES (ValueError): If it cannot be read."""
    if path is None:
        return array("Q")
    return _keys_of(read_corpus_docs(path, spacy.blank("xx").vocab))


def read_known(pipeline: Path, split: str) -> "array[int]":
    """RETURNS (array[int]): The keys of what a pipeline's training had as "train" or "dev"; none,
    with a warning, if that cannot be read."""
    try:
        return read_keys(find_split(pipeline, split))
    except (ValueError, OSError) as error:
        told = f"so which sentences its training had as {split} is not known"
        warnings.warn(f"{error}; {told}", stacklevel=2)
        return array("Q")


def count_learnt(pipeline: Path, docs: Iterable[Doc]) -> int:
    """RETURNS (int): How many annotated docs have a text that a pipeline has learnt, as far as what
    its config names is there.

    pipeline (Path): Its folder, e.g. model-last of a training.
    """
    return count_copies(_keys_of(docs), read_known(pipeline, "train"))


def _keys_of(docs: Iterable[Doc]) -> "array[int]":
    # what is not annotated is neither learnt nor scored
    return keys_of(doc.text for doc in docs if len(doc) and doc.has_annotation("ENT_IOB"))
