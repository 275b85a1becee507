"""Labelled sentences: the sample that a job is given, to be divided into train and dev.

What a user has and pays for is sentences with labels; that some of them watch the training instead
of teaching it is the approach's own choice. So the pool is train and dev together, and how many
sentences of it are labelled is what approaches are compared at. Each seed draws another sample,
nested like `fraction`: the 25 sentences of a seed are among its 50.
"""

import functools
from collections.abc import Mapping
from pathlib import Path

import numpy
import spacy
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from adaptive_spacy.data.corpus import FractionCorpus, count_drawn, draw_number, rank
from adaptive_spacy.data.splits import Pool
from adaptive_spacy.experiments.job import SPLITS, Job
from adaptive_spacy.hashing import hash_content


def count_pool(job: Job) -> int:
    """RETURNS (int): Sentences of train and dev together, counted once as long as they do not
    change."""
    return sum(_count_splits(job))


def count_sentences(job: Job) -> tuple[int, int] | None:
    """RETURNS (tuple[int, int] | None): About as many as a job learns from, and as many as it is
    evaluated on; None: they are a share of a corpus that is not there yet."""
    if job.labels is not None and job.dev is not None:
        dev = max(1, round(job.labels * job.dev))
        train = max(1, job.labels - dev)
    elif job.has_files():
        train, dev = (count_drawn(count, job.fraction) for count in _count_splits(job))
    else:
        return None
    return train + dev if job.learns_from_all else train, dev


def require_labels(job: Job) -> None:
    """RAISES (ValueError): If the pool has fewer sentences than the job is to be given."""
    if job.labels is not None and job.labels > (pool := count_pool(job)):
        raise ValueError(
            f"labels: expected at most the {pool} sentences of train and dev of "
            f"datasets.{job.dataset}, got {job.labels}"
        )


def draw_labels(job: Job, files: Mapping[str, Path], folder: Path) -> dict[str, Path]:
    """Draw the labelled sentences, divide them as `convert --split` does, and write them.

    job (Job): A job with `labels`. One that learns from all has them all in train, and dev's
        scores are of seen data.
    files (Mapping[str, Path]): The data set's splits.
    folder (Path): Gets train.spacy and dev.spacy.
    RETURNS (dict[str, Path]): These two.
    RAISES (ValueError): If the pool has too few, or one of the two would be empty.
    """
    assert job.labels is not None
    assert job.dev is not None
    require_labels(job)
    vocab = spacy.blank(job.lang).vocab
    docs = [doc for split in SPLITS[:2] for doc in _read(files[split], vocab)]
    ranks = [rank(job.seed, doc.text) for doc in docs]
    chosen = draw_number(ranks, job.labels)
    pool = Pool()
    for i in chosen:
        pool.add(ranks[i], (ent.label_ for ent in docs[i].ents))
    place = pool.divide({"train": 1 - job.dev, "dev": job.dev})
    labelled = [docs[i] for i in chosen]
    parts = {
        split: [labelled[i] for i in numpy.flatnonzero(place == number)]
        for number, split in enumerate(SPLITS[:2])
    }
    if job.learns_from_all:
        parts["train"] = labelled
    return {split: _write(part, folder / f"{split}.spacy") for split, part in parts.items()}


def _read(path: Path, vocab: Vocab) -> list[Doc]:
    reader = FractionCorpus(path)
    return list(reader.read_docbin(vocab, reader.files()))


def _write(docs: list[Doc], path: Path) -> Path:
    DocBin(docs=docs, store_user_data=True).to_disk(path)
    return path.resolve()


def _count_splits(job: Job) -> list[int]:
    """RETURNS (list[int]): Sentences of train and of dev, whole."""
    files = job.files()
    return [_count(path, hash_content(path)) for path in (files["train"], files["dev"])]


@functools.cache
def _count(path: Path, content: str) -> int:
    return len(_read(path, Vocab()))
