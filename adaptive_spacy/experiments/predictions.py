"""Predictions of a training for sentences that it did not learn from: what its page is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import spacy
from spacy.cli._util import setup_gpu
from spacy.training import Example
from spacy.training.loop import DIR_MODEL_BEST, DIR_MODEL_LAST
from spacy.util import dot_to_object
from thinc.api import Config

from adaptive_spacy.config.loading import read_config
from adaptive_spacy.data.shared_texts import text_key
from adaptive_spacy.data.spacy_files import (
    find_test,
    holds_docs,
    locate,
    read_corpus_docs,
    read_docs,
)
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

CONFIG = "config.cfg"
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
    """

    corpus: Path
    role: str
    examples: Sequence[Example]
    metrics: dict[str, Any]
    folds: Folds | None = None


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
    RETURNS (Predictions | None): None without a checkpoint yet, or if its corpora are gone.
    RAISES (ValueError): If a corpus was named and cannot be read.
    """
    if corpus is not None:
        require_corpus(corpus)
    model = training / CHECKPOINTS[select]
    if not (model / CONFIG).is_file():
        return None
    found, role = (corpus, OTHER) if corpus is not None else find_corpus(training, select)
    if found is None:
        return None
    setup_gpu(gpu_id, silent=True)
    nlp = open_pipeline(str(model))
    examples = read_corpus(found, nlp)
    # any component may be in it
    with reading(model, "a pipeline that can predict"):
        predict(nlp, examples)
    return Predictions(found, role, examples, score(nlp, examples))


def count_learnt(training: Path, examples: Sequence[Example]) -> int:
    """RETURNS (int): Annotated docs whose text a training's last model has learnt, as far as what
    its config names is there."""
    config = read_checkpoint_config(training)
    path = None if config is None else path_of(config, "train")
    if path is None or not holds_docs(path):
        return 0
    texts = {text_key(doc.text) for doc in read_corpus_docs(path, spacy.blank("xx").vocab)}
    return sum(text_key(eg.reference.text) in texts for eg in examples)


def read_checkpoint_config(training: Path, select: str = "last") -> Config | None:
    """RETURNS (Config | None): The config of a checkpoint, interpolated; None if there is none."""
    path = training / CHECKPOINTS[select] / CONFIG
    return read_config(path, interpolate=True) if path.is_file() else None


def find_corpus(training: Path, select: str = "last") -> tuple[Path | None, str]:
    """RETURNS (tuple): The test set beside a training's dev set, or that, and what it is; None if
    neither is there any more, or the checkpoint has learnt from what is there."""
    config = read_checkpoint_config(training, select)
    dev = None if config is None else path_of(config, "dev")
    learnt = find_whole(training / CHECKPOINTS[select])
    # the config of crossfit's model names the parts of its first fold
    if dev is None or CROSSFITTED in learnt:
        return None, DEV
    test = find_test(dev)
    if test is not None:
        return test, TEST
    return (dev if dev.exists() and not learnt else None), DEV


def path_of(config: Config, split: str) -> Path | None:
    """RETURNS (Path | None): Where the corpus of a split is; None if its reader has no path."""
    try:
        path = dot_to_object(config, config["training"][f"{split}_corpus"])["path"]
    except (KeyError, TypeError):
        return None
    return locate(path) if isinstance(path, str) and path else None
