"""What several pipelines predict of one corpus."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.cli._util import setup_gpu
from spacy.training import Example
from spacy.util import is_package

from adaptive_spacy.experiments.bootstrap import Counts
from adaptive_spacy.experiments.paired import Gap, compare_paired
from adaptive_spacy.experiments.predictions import find_corpus
from adaptive_spacy.parsing import reading
from adaptive_spacy.printable import called, one_line
from adaptive_spacy.report.run.passages import Document, find_all, read_documents
from adaptive_spacy.report.run.scores import Score, count, measure
from adaptive_spacy.training.evaluation import (
    open_pipeline,
    predict,
    read_corpus,
    require_corpus,
    score_entities,
)
from adaptive_spacy.training.known_texts import count_learnt

#: More than these have no room side by side
MOST = 6


@dataclass(frozen=True)
class Rival:
    """A pipeline and what it predicted.

    name (str): How it is called.
    documents (list[Document]): Annotated sentences with its predictions.
    score (Score): Of all entities. types (list[Score]): Of each type.
    counts (Counts): Right, wrong and missed of each sentence. *Shape:* (n_sentences, 3)
    """

    name: str
    documents: list[Document]
    score: Score
    types: list[Score]
    counts: Counts


@dataclass(frozen=True)
class Rivalry:
    """corpus (Path): What they predicted. rivals (list[Rival]): The reference first. gaps
    (list[Gap]): Of the others, beside it."""

    corpus: Path
    rivals: list[Rival]
    gaps: list[Gap]


def compare_models(
    pipelines: Sequence[str], *, corpus: Path | None = None, gpu_id: int = -1
) -> Rivalry:
    """Let pipelines predict the same corpus, one after the other.

    pipelines (Sequence[str]): Folders or packages, or output folders of trainings, of which the
        last checkpoint is taken. The first one is the reference.
    corpus (Path | None): Annotated sentences; None: the test set beside the first one's dev set, or
        that dev set.
    gpu_id (int): Number of the GPU; -1: the processor.
    RETURNS (Rivalry): What each predicted, and the gaps.
    RAISES (ValueError): If there are too few or too many, one or the corpus cannot be read, or one
        has no component that finds entities.
    """
    if not 2 <= len(pipelines) <= MOST:
        raise ValueError(f"compare: expected 2 to {MOST} pipelines, got {len(pipelines)}")
    for pipeline in pipelines:
        _require_pipeline(pipeline)
    found = corpus or _corpus_of(pipelines[0])
    require_corpus(found)
    setup_gpu(gpu_id, silent=True)
    rivals = [
        predict_all(name, _checkpoint(pipeline), found)
        for name, pipeline in zip(name_all(pipelines), pipelines, strict=True)
    ]
    first, *others = (rival.counts for rival in rivals)
    return Rivalry(found, rivals, compare_paired(first, others))


def predict_all(name: str, pipeline: str, corpus: Path) -> Rival:
    """RETURNS (Rival): A pipeline's predictions of a corpus.
    RAISES (ValueError): If it cannot be read, or has no component that finds entities.
    """
    nlp = open_pipeline(pipeline)
    examples = read_corpus(corpus, nlp)
    warn_if_learnt(name, Path(pipeline), examples)
    # any component may be in it
    with reading(pipeline, "a pipeline that can predict"):
        predict(nlp, examples)
    # first, as scoring drops what confidences are made of
    documents = read_documents(examples)
    score_entities(nlp, examples, name=pipeline)
    findings = find_all(documents)
    score, types = measure(findings, len(documents))
    _, counts = count(findings, len(documents))
    return Rival(name, documents, score, types, counts.sum(axis=1))


def warn_if_learnt(name: str, pipeline: Path, examples: Sequence[Example]) -> None:
    """Say how many docs a pipeline has learnt from, as far as its training is known."""
    if learnt := count_learnt(pipeline, [eg.reference for eg in examples]):
        warnings.warn(
            f"{name} has learnt from {learnt:,} of the {len(examples):,} documents that are "
            "compared: what it makes of them tells nothing of others (--corpus names others)",
            stacklevel=4,
        )


def name_all(pipelines: Sequence[str]) -> list[str]:
    """Name pipelines so that all differ: by the end of their paths, as long as needed.

    RETURNS (list[str]): "a/model-last" and "b/model-last"; with a number where they are the same.
    """
    parts = [called(Path(one)).parts for one in pipelines]
    for length in range(1, max(map(len, parts)) + 1):
        names = ["/".join(one[-length:]) for one in parts]
        if len(set(names)) == len(names):
            return [one_line(name) for name in names]
    return [f"{one_line(pipeline)} ({i})" for i, pipeline in enumerate(pipelines, 1)]


def _checkpoint(pipeline: str) -> str:
    last = Path(pipeline) / "model-last"
    return str(last) if (last / "config.cfg").is_file() else pipeline


def _require_pipeline(pipeline: str) -> None:
    """RAISES (ValueError): If there is none: found before another one predicts."""
    if is_package(pipeline):
        return
    if not Path(pipeline).exists():
        raise ValueError(f"{pipeline}: expected a pipeline, found neither a folder nor a package")
    folder = Path(_checkpoint(pipeline))
    # what lacks its config alone is told when it is opened
    if not any((folder / name).is_file() for name in ("config.cfg", "meta.json")):
        raise ValueError(
            f"{pipeline}: expected a pipeline, or a training with its model-last, found neither"
        )


def _corpus_of(pipeline: str) -> Path:
    path, _ = find_corpus(Path(_checkpoint(pipeline)))
    if path is None:
        raise ValueError(
            f"--corpus: expected annotated sentences to compare on, as {pipeline} names none that "
            "are there and that it has not learnt from"
        )
    return path
