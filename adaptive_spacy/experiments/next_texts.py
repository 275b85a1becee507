"""Which texts to label next: those that a model is most unsure of, and unlike each other.

How unsure is counted by entity (`ner/doubt.py`). Texts are taken one by one, each time the one with
the highest product of its doubts and its distance from the nearest that is taken already: maximal
marginal relevance (Carbonell and Goldstein 1998) with distances as in core sets (Sener and Savarese
2018, arXiv 1708.00489), so that the second text of a kind counts less than the first.
"""

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray
from spacy.cli._util import setup_gpu
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import Config, to_numpy
from tqdm import tqdm

from adaptive_spacy.data.shared_texts import without_spaces
from adaptive_spacy.data.texts import read_texts
from adaptive_spacy.experiments.predictions import CHECKPOINTS, read_checkpoint_config
from adaptive_spacy.experiments.shipping import read_splits
from adaptive_spacy.parsing import reading
from adaptive_spacy.training.evaluation import open_pipeline
from adaptive_spacy.transformer.cleaner import TransformerCleaner

Floats = NDArray[numpy.floating]


@dataclass(frozen=True)
class Candidate:
    """A text without labels. doc (Doc): With predicted entities. doubts (float): Mistakes to expect
    in them. vector (array | None): The mean of its word pieces' vectors; None if it has none.
    *Shape:* (width,)"""

    doc: Doc
    doubts: float
    vector: Floats | None


def choose_next(
    training: Path, texts: Path, *, count: int, gpu_id: int = -1
) -> tuple[list[Candidate], int]:
    """Choose texts to label for the next training.

    training (Path): The output folder of the last one, of `train` or `crossfit`; its last
        checkpoint judges. Texts of its corpora are left out.
    texts (Path): See `read_texts`.
    count (int): How many at most.
    RETURNS (tuple): The texts, the first to label first; and how many were new.
    RAISES (ValueError): If there is no checkpoint, or no text that is new.
    """
    model = training / CHECKPOINTS["last"]
    config = read_checkpoint_config(training)
    if config is None:
        raise ValueError(f"{training}: expected the output folder of a training with {model.name}")
    setup_gpu(gpu_id, silent=True)
    nlp, labelled = open_pipeline(str(model)), _labelled(config, training)
    # what is wrong with these is no fault of the pipeline
    found = list(read_texts(texts, nlp.vocab))
    with reading(model, "a pipeline that can predict"):
        candidates = judge(nlp, found, labelled)
    if not candidates:
        raise ValueError(f"{texts}: expected texts that the training had no labels of, found none")
    return choose(candidates, count), len(candidates)


def judge(nlp: Language, texts: Iterable[Doc | str], labelled: set[str]) -> list[Candidate]:
    """Predict texts, each that is new once.

    nlp (Language): A pipeline with `transformer_ner`.
    texts (Iterable[Doc | str]): Without labels.
    labelled (set[str]): Texts that have labels, which are left out, whatever their spaces.
    RETURNS (list[Candidate]): In their order.
    RAISES (ValueError): If no component says how unsure it is.
    """
    pipes = [pipe for _, pipe in nlp.pipeline if hasattr(pipe, "doubts")]
    if not pipes:
        raise ValueError(
            "expected a pipeline with transformer_ner, which says what it is unsure of, found one "
            f"of {', '.join(nlp.pipe_names)}"
        )
    new = list(_drop_repeated(texts, labelled))
    # they free the vectors that distances are made of
    cleaners = [name for name, pipe in nlp.pipeline if isinstance(pipe, TransformerCleaner)]
    clean, found = TransformerCleaner(), []
    with nlp.select_pipes(disable=cleaners):
        bar = tqdm(nlp.pipe(new), total=len(new), desc="Predicting", unit="text", disable=None)
        for doc in bar:
            doubts = sum(pipe.doubts(doc) or 0.0 for pipe in pipes)
            vector = _mean_vector(doc)
            found.append(Candidate(clean(doc), doubts, vector))
    return found


def choose(candidates: Sequence[Candidate], count: int) -> list[Candidate]:
    """Choose texts to label.

    count (int): How many at most.
    RETURNS (list[Candidate]): The best first.
    """
    if not candidates:
        return []
    doubts = numpy.array([one.doubts for one in candidates])
    vectors = _directions([one.vector for one in candidates])
    # a half of the cosine's range from 1 to -1: 0 is the same direction, 1 the opposite
    distance = numpy.ones(len(candidates))
    left = numpy.ones(len(candidates), dtype=bool)
    chosen = []
    for _ in range(min(count, len(candidates))):
        # taken ones come last, even where all others have no doubts
        best = int(numpy.where(left, doubts * distance, -1.0).argmax())
        left[best] = False
        chosen.append(candidates[best])
        distance = numpy.minimum(distance, (1 - vectors @ vectors[best]) / 2)
    return chosen


def _labelled(config: Config, training: Path) -> set[str]:
    """RETURNS (set[str]): The texts of a training's corpora, as its config reads them."""
    try:
        with reading(training, "a training whose corpora can be read"):
            splits = read_splits(config)
    except (ValueError, OSError) as error:
        warnings.warn(f"{error}; so texts that it has labels of may be chosen again", stacklevel=2)
        return set()
    return {doc.text for docs in splits.values() for doc in docs}


def _drop_repeated(texts: Iterable[Doc | str], labelled: set[str]) -> Iterator[Doc | str]:
    # labels of CoNLL have a space before each full stop, the text that they are of has none
    seen = {without_spaces(text) for text in labelled}
    for one in texts:
        text = without_spaces(one if isinstance(one, str) else one.text)
        if text not in seen:
            seen.add(text)
            yield one


def _directions(vectors: Sequence[Floats | None]) -> Floats:
    """RETURNS (array): Of length 1, from the mean of all: vectors of transformers lie close
    together, in a direction that says nothing. 0 for what has none. *Shape:* (n, width)"""
    known = [i for i, one in enumerate(vectors) if one is not None]
    if not known:
        return numpy.zeros((len(vectors), 1))
    stacked = numpy.stack([one for one in vectors if one is not None])
    centred = stacked - stacked.mean(axis=0)
    lengths = numpy.linalg.norm(centred, axis=1, keepdims=True)
    directions = numpy.zeros((len(vectors), stacked.shape[1]), dtype=stacked.dtype)
    directions[known] = centred / numpy.maximum(lengths, numpy.finfo("float32").tiny)
    return directions


def _mean_vector(doc: Doc) -> Floats | None:
    data: Any = doc._.trf_data if Doc.has_extension("trf_data") else None
    if data is not None and len(data.align.dataXd):
        vectors = data.model_output.last_hidden_state
        pieces = vectors.reshape(-1, vectors.shape[-1])[numpy.unique(to_numpy(data.align.dataXd))]
        return numpy.asarray(to_numpy(pieces).mean(axis=0))
    return to_numpy(doc.tensor).mean(axis=0) if len(doc.tensor) else None
