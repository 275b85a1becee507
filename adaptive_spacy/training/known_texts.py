"""Texts that a training knew: what it learnt from and what it watched, as far as that is there.

Of a corpus that our reader reads these are what it draws, as by `fraction`: what a share leaves out
was not learnt. A reader of another package is not run: of its corpus all counts.
"""

import warnings
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import spacy
from spacy.tokens import Doc
from spacy.util import dot_to_object
from thinc.api import Config

from adaptive_spacy.config.loading import read_config
from adaptive_spacy.config.names import CORPUS
from adaptive_spacy.data.corpus import FractionCorpus, cut_sentences
from adaptive_spacy.data.shared_texts import count_copies, keys_of, text_key
from adaptive_spacy.data.spacy_files import holds_docs, locate, read_corpus_docs
from adaptive_spacy.parsing import describe_reason
from adaptive_spacy.printable import called
from adaptive_spacy.training.history import find_checkpoint

CONFIG = "config.cfg"
#: Arguments of our reader that say what it draws
DRAWN = ("fraction", "seed", "limit", "units")


def path_of(config: Config, split: str) -> Path | None:
    """RETURNS (Path | None): Where the corpus of a split is; None if its reader has no path."""
    path = _reader_of(config, split).get("path")
    return locate(path) if isinstance(path, str) and path else None


def find_split(pipeline: Path, split: str) -> Path | None:
    """RETURNS (Path | None): The corpus that a pipeline's training had as "train" or "dev"; None if
    its config names none, or it is gone."""
    path = path_of(_read_config(pipeline), split)
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
        path = find_split(pipeline, split)
        drawn = None if path is None else _find_drawn(pipeline, split, path)
        return read_keys(path) if drawn is None else _read_drawn(drawn)
    except (ValueError, OSError) as error:
        told = f"so which sentences its training had as {split} is not known"
        warnings.warn(f"{describe_reason(error)}; {told}", stacklevel=2)
        return array("Q")


def count_learnt(pipeline: Path, docs: Iterable[Doc]) -> int:
    """RETURNS (int): How many annotated docs have a text that a pipeline has learnt, as far as what
    its config names is there.

    pipeline (Path): Its folder, e.g. model-last of a training.
    """
    return count_copies(_keys_of(docs), read_known(pipeline, "train"))


def _read_config(pipeline: Path) -> Config:
    """RETURNS (Config): Empty without one."""
    file = pipeline / CONFIG
    return read_config(file, interpolate=True) if file.is_file() else Config()


def _reader_of(config: Config, split: str) -> dict[str, Any]:
    """RETURNS (dict): The block of a split's reader; empty without one."""
    try:
        block = dot_to_object(config, config["training"][f"{split}_corpus"])
    except (KeyError, TypeError):
        return {}
    return block if isinstance(block, dict) else {}


def _find_drawn(pipeline: Path, split: str, path: Path) -> FractionCorpus | None:
    """RETURNS (FractionCorpus | None): Our reader of a corpus that is there, by the arguments that
    the training had; None if all of it was read, or another reader read it."""
    block = _reader_of(_read_config(pipeline), split)
    if block.get("@readers") != CORPUS:
        return None
    corpus = FractionCorpus(path, **{key: block[key] for key in DRAWN if key in block})
    return corpus if corpus.fraction != 1.0 or corpus.limit else None


def _read_drawn(corpus: FractionCorpus) -> "array[int]":
    """RETURNS (array[int]): The keys of the annotated texts that a reader draws."""
    vocab = spacy.blank("xx").vocab
    keys = _keys_of(corpus.read_docbin(vocab, corpus.files()))
    if corpus.units == "docs":
        return keys
    # whoever meets a whole doc meets the sentences that were learnt
    drawn = set(keys)
    docs = read_corpus_docs(corpus.path, vocab)
    return keys + _keys_of(
        doc for doc in docs if any(text_key(one.text) in drawn for one in cut_sentences(doc))
    )


def _keys_of(docs: Iterable[Doc]) -> "array[int]":
    # what is not annotated is neither learnt nor scored
    return keys_of(doc.text for doc in docs if len(doc) and doc.has_annotation("ENT_IOB"))
