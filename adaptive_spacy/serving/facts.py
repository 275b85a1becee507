"""How a packaged pipeline was made, for its meta.json and its card."""

from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.util import resolve_dot_names
from thinc.api import Config

from adaptive_spacy.config.blocks import find_transformers
from adaptive_spacy.config.loading import read_config
from adaptive_spacy.ner.component import TransformerNER
from adaptive_spacy.parsing import read_object
from adaptive_spacy.training.history import (
    BEST,
    LAST,
    Evaluation,
    find_checkpoint,
    read_history,
    rounds_are_epochs,
)
from adaptive_spacy.transformer.dtypes import AUTO

RATES = ("rate", "initial_rate")
META = "meta.json"
#: Blocks that commands leave in the meta of what they made of all labels
CROSSFITTED, REFITTED = "crossfit", "refit"


def describe_training(pipeline: Path) -> dict[str, Any]:
    """Say how a pipeline was trained, as far as its config, its corpora and the history beside it
    tell.

    pipeline (Path): model-last or model-best of a training, or another folder.
    RETURNS (dict[str, Any]): Values by what they are called in a table.
    """
    config = read_config(pipeline / "config.cfg", interpolate=True)
    training = config.get("training", {})
    facts: dict[str, Any] = {}
    whole = find_whole(pipeline)
    for split, count in count_sentences(config).items():
        if split == "train" or not whole:
            facts[f"sentences of {split}"] = count
    share = config.get("variables", {}).get("fraction")
    if isinstance(share, float) and share < 1:
        facts["share of the data"] = f"{100 * share:g} %"
    rate = find_rate(config)
    if rate is not None:
        facts["highest learning rate"] = f"{rate:g}"
    learn_rate = training.get("optimizer", {}).get("learn_rate")
    if isinstance(learn_rate, dict):
        facts["schedule"] = learn_rate.get("@schedules", "-")
    if "seed" in training:
        facts["seed"] = training["seed"]
    history = find_history(pipeline)
    if history:
        facts.update(describe_length(history))
    precision = describe_precision(config, history)
    if precision is not None:
        facts["precision"] = precision
    facts["checkpoint"] = describe_checkpoint(pipeline, history)
    return facts


def find_whole(pipeline: Path) -> set[str]:
    """RETURNS (set[str]): Which commands made a pipeline of all labels, its dev set with them, by
    the blocks that they leave in its meta.json; empty for a training that keeps a dev set."""
    path = pipeline / META
    meta = read_object(path, "the meta of a pipeline") if path.is_file() else {}
    return {CROSSFITTED, REFITTED} & meta.keys()


def states_scores(pipeline: Path) -> bool:
    """RETURNS (bool): Whether a checkpoint's meta.json has scores, or does not know of any. Those
    of a last one are empty if its training went on after the last evaluation."""
    path = pipeline / META
    meta = read_object(path, "the meta of a pipeline") if path.is_file() else {}
    return meta.get("performance") != {}


def describe_length(history: list[Evaluation]) -> dict[str, str]:
    """RETURNS (dict[str, str]): How long a training was."""
    last = history[-1]
    rounds = last.step / last.steps_per_round
    unit = "epochs" if rounds_are_epochs(history) else "rounds of evaluation"
    return {"length": f"{rounds:.4g} {unit}, {last.step} steps"}


def describe_precision(config: Config, history: list[Evaluation]) -> str | None:
    """RETURNS (str | None): What a pipeline was trained in and what it computes in; None: the
    transformer is not ours."""
    found = [str(one["precision"]) for one in find_transformers(config) if "precision" in one]
    where = f"{AUTO}, bfloat16 where the device is faster in it and float32 elsewhere"
    asked = " and ".join(where if one == AUTO else one for one in dict.fromkeys(found)) or None
    # a training that went on elsewhere may have had several
    precisions = dict.fromkeys(one.precision for one in history if one.precision is not None)
    trained = " and ".join(precisions) or None
    if trained is None or asked is None:
        return asked
    return f"trained in {trained}; computes in {asked}"


def describe_checkpoint(pipeline: Path, history: list[Evaluation]) -> str:
    """RETURNS (str): By which rule the pipeline was chosen among a training's checkpoints."""
    name = find_checkpoint(pipeline).name
    if name == LAST:
        return "the last one"
    best = [one for one in history if one.best]
    if name == BEST:
        when = f", after step {best[-1].step}" if best else ""
        return f"the one with the best score on dev{when}"
    return "not known"


def find_entity_types(nlp: Language) -> list[str]:
    """RETURNS (list[str]): Of the entities that a pipeline finds, sorted: the labels of components
    that set `doc.ents`, and not those of a tagger or parser beside them."""
    found: set[str] = set()
    for name, pipe in nlp.pipeline:
        # of the span ruler its settings say it
        if "doc.ents" in nlp.get_pipe_meta(name).assigns or getattr(pipe, "annotate_ents", False):
            found.update(getattr(pipe, "labels", ()))
    return sorted(found)


def find_temperatures(nlp: Language) -> list[float]:
    """RETURNS (list[float]): Of the components of a pipeline that state confidences, 1.0 where
    none was fitted; empty if none does."""
    return [pipe.temperature for _, pipe in nlp.pipeline if isinstance(pipe, TransformerNER)]


def find_history(pipeline: Path) -> list[Evaluation]:
    """RETURNS (list[Evaluation]): Of the training that left a checkpoint; empty if it is not
    there."""
    checkpoint = find_checkpoint(pipeline)
    if not checkpoint.name.startswith("model-"):
        return []
    try:
        return read_history(checkpoint.parent)
    except (ValueError, OSError):
        return []


def find_rate(config: dict[str, Any]) -> float | None:
    """RETURNS (float | None): The highest learning rate that a config asks for."""
    rate = config.get("training", {}).get("optimizer", {}).get("learn_rate")
    if isinstance(rate, dict):
        rate = next((rate[key] for key in RATES if key in rate), None)
    if not isinstance(rate, int | float):
        rate = config.get("variables", {}).get("rate")
    return rate if isinstance(rate, int | float) else None


def count_sentences(config: Any) -> dict[str, int]:
    """RETURNS (dict[str, int]): Sentences of train and dev that the training had; empty if the
    corpora are not there any more."""
    training = config.get("training", {})
    try:
        names = [training[f"{split}_corpus"] for split in ("train", "dev")]
        readers = resolve_dot_names(config, names)
        nlp = spacy.blank(config["nlp"]["lang"])
        return {
            split: sum(1 for _ in reader(nlp))
            for split, reader in zip(("train", "dev"), readers, strict=True)
        }
    except (KeyError, OSError, TypeError, ValueError):
        return {}
