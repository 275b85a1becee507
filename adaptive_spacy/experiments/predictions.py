"""Predictions of a training for sentences that it did not learn from: what its page is about."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import spacy
from spacy.cli._util import setup_gpu
from spacy.training import Example
from spacy.training.loop import DIR_MODEL_BEST, DIR_MODEL_LAST
from thinc.api import Config

from adaptive_spacy.config.loading import read_config
from adaptive_spacy.data.spacy_files import find_test, is_annotated, read_docs
from adaptive_spacy.experiments.crossfit import CROSSFIT, LABELLED, read_expected
from adaptive_spacy.experiments.fold_outcomes import OUT_OF_FOLD, pair
from adaptive_spacy.experiments.shipping import MADE_BY
from adaptive_spacy.ner.confidence import register
from adaptive_spacy.parsing import read_object, reading
from adaptive_spacy.serving.facts import CROSSFITTED, find_whole
from adaptive_spacy.training.evaluation import (
    open_pipeline,
    predict,
    read_corpus,
    require_corpus,
    score,
)
from adaptive_spacy.training.known_texts import CONFIG, count_learnt, path_of

CHECKPOINTS = {"last": DIR_MODEL_LAST, "best": DIR_MODEL_BEST}
TEST, DEV, HELD_OUT = "the test set", "the dev set", "the labels, each held out once"
#: What a corpus is that `--corpus` names
OTHER = "the corpus that was named"


class Folds(NamedTuple):
    """What crossfit's record says of its folds together. number (int): How many they are. interval
    (tuple[float, float] | None): Of the F1 to expect, in [0, 1]; see `Expectation`."""

    number: int
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class Predictions:
    """What was predicted, beside what is annotated.

    corpus (Path): Where the annotated sentences are.
    role (str): What they are, in words.
    examples (Sequence[Example]): Predicted and annotated docs.
    metrics (dict): Of them, see `training.evaluation.score`; empty of held-out labels, which
        several models predicted.
    folds (Folds | None): Of these models; None where a single one predicted.
    learnt (int): Docs whose text the model has learnt, as far as its training is known.
    """

    corpus: Path
    role: str
    examples: Sequence[Example]
    metrics: dict[str, Any]
    folds: Folds | None = None
    learnt: int = 0


def require_folder(training: Path) -> None:
    """RAISES (ValueError): If a training's output folder is not there, or is one of a crossfit that
    has not come to its end."""
    if not training.is_dir():
        raise ValueError(f"{training}: expected the output folder of a training, found none there")
    mark = training / MADE_BY
    begun = mark.is_file() and mark.read_text(encoding="utf8").strip() == "crossfit"
    if begun and not is_crossfit(training):
        raise ValueError(
            f"{training}: this crossfit has not come to its end; the command that began it goes on"
        )


def is_crossfit(training: Path) -> bool:
    """RETURNS (bool): Whether a folder is the output of `crossfit`."""
    return all((training / name).is_file() for name in (CROSSFIT, LABELLED, OUT_OF_FOLD))


def read_held_out(training: Path) -> Predictions:
    """RETURNS (Predictions): What crossfit's models predicted for labels that they had not seen.
    RAISES (ValueError): If these are not of the labels, or crossfit's record cannot be read."""
    register()
    vocab = spacy.blank("xx").vocab
    predicted, labelled = (
        list(read_docs(training / name, vocab)) for name in (OUT_OF_FOLD, LABELLED)
    )
    if len(predicted) != len(labelled):
        raise ValueError(
            f"{training}: expected a prediction for each of the {len(labelled)} docs of "
            f"{LABELLED}, {OUT_OF_FOLD} has {len(predicted)}; run crossfit again"
        )
    examples = pair(predicted, labelled)
    return Predictions(training / LABELLED, HELD_OUT, examples, {}, read_folds(training))


def read_folds(training: Path) -> Folds:
    """RETURNS (Folds): Of an output of crossfit. RAISES (ValueError): If its record is none."""
    path, expected = training / CROSSFIT, "a record of crossfit"
    record = read_object(path, expected)
    with reading(path, expected):
        return Folds(len(record["folds"]), read_expected(record)["interval"])


def predict_corpus(
    training: Path, *, select: str = "last", corpus: Path | None = None, gpu_id: int = -1
) -> Predictions | None:
    """Predict with a checkpoint of a training.

    training (Path): Its output folder.
    select (str): The checkpoint, "last" or "best".
    corpus (Path | None): A .spacy file or a folder of them; None: test.spacy beside the dev set, or
        the dev set.
    RETURNS (Predictions | None): None without a checkpoint yet, or if its corpora are gone. It
        warns of what the checkpoint has learnt of the corpus, which it may have of any: a test set
        can be made of what was trained on, or be drawn from the same pool.
    RAISES (ValueError): If a corpus was named and cannot be read.
    """
    if corpus is not None:
        require_corpus(corpus)
    model = training / CHECKPOINTS[select]
    if not (model / CONFIG).is_file():
        return None
    found, role = (corpus, OTHER) if corpus is not None else find_corpus(model)
    if found is None:
        return None
    setup_gpu(gpu_id, silent=True)
    nlp = open_pipeline(str(model))
    examples = read_corpus(found, nlp)
    learnt = count_learnt(model, [eg.reference for eg in examples])
    if learnt:
        place = "--corpus" if corpus is not None else f"{found} (--corpus names others)"
        warnings.warn(
            f"{place}: {learnt:,} of {len(examples):,} documents are what this model has learnt "
            "from: of these it says what it was told",
            stacklevel=1,
        )
    # any component may be in it
    with reading(model, "a pipeline that can predict"):
        predict(nlp, examples)
    return Predictions(found, role, examples, score(nlp, examples), learnt=learnt)


def read_checkpoint_config(training: Path, select: str = "last") -> Config | None:
    """RETURNS (Config | None): The config of a checkpoint, interpolated; None if there is none."""
    return _read_config(training / CHECKPOINTS[select])


def find_corpus(model: Path) -> tuple[Path | None, str]:
    """RETURNS (tuple): The test set beside the dev set of a model's training, or that, and what it
    is; None if neither is there and annotated, or the model has learnt from what is there."""
    config = _read_config(model)
    dev = None if config is None else path_of(config, "dev")
    learnt = find_whole(model)
    # the config of crossfit's model names the parts of its first fold
    if dev is None or CROSSFITTED in learnt:
        return None, DEV
    test = find_test(dev)
    if test is not None:
        return test, TEST
    return (dev if not learnt and is_annotated(dev) else None), DEV


def _read_config(model: Path) -> Config | None:
    path = model / CONFIG
    return read_config(path, interpolate=True) if path.is_file() else None
