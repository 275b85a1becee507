"""Every registered name is found by spaCy and gives what it promises."""

from configparser import ConfigParser
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.training.batchers import configure_minibatch
from spacy.util import registry
from spacy_transformers.span_getters import get_doc_spans
from thinc.api import Linear, Model, reduce_mean

from adaptive_spacy.adaptive.callback import Adapt
from adaptive_spacy.adaptive.schedule import AdaptiveSchedule, PhaseSchedule
from adaptive_spacy.adaptive.stopping import UntilFinished
from adaptive_spacy.data.corpus import FractionCorpus, make_corpus_v1
from adaptive_spacy.ner.component import TransformerNER
from adaptive_spacy.training.checkpoints import Checkpoint
from adaptive_spacy.training.guard import Guard
from adaptive_spacy.training.optimizer import AdamW
from adaptive_spacy.transformer.cleaner import TransformerCleaner
from adaptive_spacy.transformer.shim import TransformerShim
from tests.conftest import ROOT
from tests.util import write_texts

GROUPS = {
    "thinc_schedules": "schedules",
    "thinc_layers": "layers",
    "thinc_optimizers": "optimizers",
    "spacy_callbacks": "callbacks",
    "spacy_batchers": "batchers",
    "spacy_misc": "misc",
    "spacy_architectures": "architectures",
    "spacy_scorers": "scorers",
    "spacy_readers": "readers",
    "spacy_tokenizers": "tokenizers",
    "spacy_loggers": "loggers",
}


def entry_points() -> dict[str, list[str]]:
    parser = ConfigParser(delimiters=["="])
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(ROOT / "setup.cfg", encoding="utf8")
    groups = dict(parser["options.entry_points"])
    return {
        group: [line.split(" = ")[0] for line in text.strip().splitlines()]
        for group, text in groups.items()
        if group != "console_scripts"
    }


def corpus(folder: Path) -> FractionCorpus:
    return make_corpus_v1(write_texts(folder / "train.spacy", 20))


def tracker(package: str, **arguments: str) -> dict[str, str]:
    """RETURNS (dict): Arguments; skips where the tool is not installed."""
    pytest.importorskip(package, reason=f'{package} is missing: pip install -e ".[track]"')
    return arguments


# registered name: smallest arguments, what comes of it
TABLE = {
    "adaptive_spacy.adaptive.v1": (
        lambda path: {"rate": 0.1, "interval": 2},
        lambda it: isinstance(it, AdaptiveSchedule) and next(it) == pytest.approx(0.1 / 4),
    ),
    "adaptive_spacy.hybrid.v1": (
        lambda path: {"rate": 0.1, "interval": 2, "total": 9},
        lambda it: isinstance(it, PhaseSchedule) and next(it) == pytest.approx(0.1 / 4),
    ),
    "adaptive_spacy.linear.v1": (
        lambda path: {"rate": 0.1, "interval": 2, "total": 9},
        lambda it: isinstance(it, PhaseSchedule) and [next(it), next(it)] == [0.0, 0.1 / 4],
    ),
    "adaptive_spacy.adapt.v1": (lambda path: {}, lambda it: isinstance(it, Adapt)),
    "adaptive_spacy.check.v1": (
        lambda path: {},
        # a pipeline without corpora has nothing to check against
        lambda it: callable(it),
    ),
    "adaptive_spacy.checkpoint.v1": (
        lambda path: {},
        lambda it: isinstance(it(spacy.blank("en")), Checkpoint),
    ),
    "adaptive_spacy.guard.v1": (lambda path: {}, lambda it: isinstance(it, Guard)),
    "adaptive_spacy.until_finished.v1": (
        lambda path: {"batcher": configure_minibatch(2)},
        lambda it: isinstance(it, UntilFinished) and list(it("abc")) == [["a", "b"], ["c"]],
    ),
    "adaptive_spacy.buckets.v1": (
        lambda path: {"size": 2},
        lambda it: sorted(map(len, it(["a", "bb", "c"]))) == [1, 2],
    ),
    "adaptive_spacy.steps.v1": (
        lambda path: {"corpus": corpus(path), "batcher": configure_minibatch(3)},
        lambda it: it == 7,
    ),
    "adaptive_spacy.rate.v1": (
        lambda folder: {"rate": 2e-5, "name": str(folder)},
        lambda rate: rate == 2e-5,
    ),
    "adaptive_spacy.piece_lengths.v1": (
        # the tokenizer is loaded when it is needed
        lambda path: {"name": "tiny"},
        lambda it: it([]) == [],
    ),
    "adaptive_spacy.AdamW.v1": (
        lambda path: {"learn_rate": 0.1},
        lambda it: isinstance(it, AdamW) and it.learn_rate == 0.1,
    ),
    "adaptive_spacy.TransformerModel.v1": (
        lambda path: {"name": "tiny", "get_spans": get_doc_spans},
        lambda it: isinstance(it, Model) and isinstance(it.layers[0].shims[0], TransformerShim),
    ),
    "adaptive_spacy.Tok2VecTransformer.v1": (
        lambda path: {"name": "tiny", "get_spans": get_doc_spans, "pooling": reduce_mean()},
        lambda it: isinstance(it, Model) and any(node.name == "transformer" for node in it.walk()),
    ),
    "adaptive_spacy.TokenClassifier.v1": (
        lambda path: {"tok2vec": Linear(2, 2)},
        lambda it: isinstance(it, Model) and it.name == "token_classifier",
    ),
    "adaptive_spacy.first_piece.v1": (
        lambda path: {},
        lambda it: isinstance(it, Model) and it.name == "first_piece",
    ),
    "adaptive_spacy.ner_scorer.v1": (
        lambda path: {},
        lambda it: it([], ents_loss=0.5)["ents_loss"] == 0.5,
    ),
    "adaptive_spacy.Corpus.v1": (
        lambda path: {"path": write_texts(path / "train.spacy", 20), "fraction": 0.25},
        lambda it: len(list(it(spacy.blank("en")))) == 5,
    ),
    "adaptive_spacy.Tokenizer.v1": (
        lambda path: {},
        lambda it: [token.text for token in it(spacy.blank("en"))("can't")] == ["ca", "n't"],
    ),
    "adaptive_spacy.Logger.v1": (lambda path: {}, callable),
    "adaptive_spacy.ExperimentLogger.v1": (
        lambda path: {"folder": str(path), "test": corpus(path)},
        callable,
    ),
    "adaptive_spacy.MLflow.v1": (lambda path: tracker("mlflow"), callable),
    "adaptive_spacy.TensorBoard.v1": (lambda path: tracker("tensorboard"), callable),
    "adaptive_spacy.Wandb.v1": (lambda path: tracker("wandb", project="x"), callable),
}


def test_table_names_every_entry_point() -> None:
    names = {name for group, found in entry_points().items() for name in found}
    assert names == {*TABLE, "transformer_ner", "transformer_cleaner"}
    assert set(entry_points()) == {*GROUPS, "spacy_factories"}


@pytest.mark.parametrize(
    ("group", "name"),
    [(g, n) for g, names in entry_points().items() for n in names if g in GROUPS],
)
def test_registered_function_works(group: str, name: str, tmp_path: Path) -> None:
    arguments, holds = TABLE[name]
    function = registry.get(GROUPS[group], name)
    assert holds(function(**arguments(tmp_path)))


def test_registered_factory_works() -> None:
    nlp = spacy.blank("en")
    assert isinstance(nlp.add_pipe("transformer_ner"), TransformerNER)
    meta = Language.get_factory_meta("transformer_ner")
    assert "ents_loss" in meta.scores
    assert meta.default_score_weights["ents_f"] == 1.0
    assert isinstance(nlp.add_pipe("transformer_cleaner"), TransformerCleaner)
