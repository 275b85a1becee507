"""Every config: fill, validate, resolve, write and read back, `spacy debug config`, one step."""

from pathlib import Path

import pytest
from spacy.cli.init_config import fill_config
from spacy.schemas import ConfigSchemaTraining
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config, load_model_from_config, registry
from thinc.api import Config

from adaptive_spacy.adaptive.phases import STALL
from adaptive_spacy.config.blocks import resolve_value
from adaptive_spacy.transformer.rate import suit
from tests.conftest import ROOT, SENTENCES, write_corpus
from tests.trainings import NAMES, overrides, run_spacy


def read(name: str) -> Config:
    return load_config(ROOT / "configs" / f"{name}.cfg")


def test_there_is_a_config_per_method() -> None:
    assert NAMES == ["adaptive", "hybrid", "ner", "original", "paper", "stable"]


@pytest.mark.parametrize("name", NAMES)
def test_config_survives_filling_and_the_round_trip(name: str, tmp_path: Path) -> None:
    _, filled = fill_config(tmp_path / "filled.cfg", ROOT / "configs" / f"{name}.cfg", silent=True)
    again = load_config(tmp_path / "filled.cfg")
    assert again.to_str(interpolate=False) == filled.to_str(interpolate=False)
    # filling adds defaults and changes nothing that is there
    for section, block in read(name).items():
        for key, value in block.items():
            if not isinstance(value, dict):
                assert again[section][key] == value, (section, key)


@pytest.mark.parametrize("name", NAMES)
def test_config_resolves_with_data(name: str, corpus_folder, transformer_folder) -> None:
    settings = overrides(corpus_folder, transformer_folder)
    config = load_config(ROOT / "configs" / f"{name}.cfg", overrides=settings, interpolate=False)
    nlp = load_model_from_config(config, auto_fill=True, validate=True)
    training = registry.resolve(
        nlp.config.interpolate()["training"], schema=ConfigSchemaTraining, validate=True
    )
    # 48 sentences in batches of 16
    assert training["eval_frequency"] == 3
    rounds = {"original": 5, "stable": 20, "hybrid": 16}
    assert training["max_steps"] == 3 * rounds.get(name, 0)
    assert training["patience"] == (24 if name == "paper" else 0)
    assert training["before_update"].rate == 3e-3
    # before the training begins nobody knows how long a round is
    schedule = read(name)["training"]["optimizer"]["learn_rate"]
    assert f"{training['optimizer'].learn_rate}" == f"{schedule['rate']}"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("dev", "interval"), [(10, 8), (504, 11)])
def test_round_has_enough_updates_to_be_worth_its_evaluation(
    name: str, dev: int, interval: int, corpus_folder, transformer_folder, tmp_path
) -> None:
    """48 sentences are 3 updates. An evaluation of 32 batches costs as much as 32 / 3 updates."""
    settings: dict[str, object] = overrides(corpus_folder, transformer_folder)
    del settings["training.eval_frequency.least"]
    sentences = (SENTENCES * 63)[:dev]
    settings["paths.dev"] = str(write_corpus(tmp_path / "dev.spacy", sentences))
    config = load_config(ROOT / "configs" / f"{name}.cfg", overrides=settings, interpolate=True)
    bounded = name in ("adaptive", "hybrid", "ner")
    training = config["training"]
    assert resolve_value(training["eval_frequency"]) == (interval if bounded else 3)
    if name == "hybrid":
        assert resolve_value(training["max_steps"]) == 16 * interval
    if name == "adaptive":
        # even where an epoch is one update, the safety net is further off than the stall
        assert training["max_epochs"] // interval > STALL


@pytest.mark.parametrize("name", NAMES)
def test_config_passes_spacy_debug_config(name: str, corpus_folder, transformer_folder) -> None:
    settings = overrides(corpus_folder, transformer_folder)
    options = [f"--{key}={value}" for key, value in settings.items()]
    printed = run_spacy("debug", "config", ROOT / "configs" / f"{name}.cfg", *options)
    assert "Config is valid" in printed


@pytest.mark.parametrize(("asked", "rate"), [(3e-3, 3e-3), ("auto", suit(32))])
@pytest.mark.parametrize("name", NAMES)
def test_config_trains_a_step(
    name: str, asked: float | str, rate: float, corpus_folder, transformer_folder, tmp_path
) -> None:
    settings = {**overrides(corpus_folder, transformer_folder), "variables.rate": asked}
    config = load_config(ROOT / "configs" / f"{name}.cfg", overrides=settings, interpolate=False)
    nlp = init_nlp(config)
    nlp.config["training"]["max_steps"] = 1
    train(nlp, tmp_path)
    saved = load_config(tmp_path / "model-last" / "config.cfg")
    # a saved pipeline states the rate that it was trained with
    assert saved["training"]["optimizer"]["learn_rate"]["rate"] == rate
    assert saved["training"]["eval_frequency"]["@misc"] == "adaptive_spacy.steps.v1"
    assert nlp.meta["performance"]["ents_f"] >= 0.0


#: Where the methods differ. Everything else is the same in every file.
METHOD = {
    "variables.rate",
    "variables.total",
    "training.max_epochs",
    "training.max_steps",
    "training.patience",
    "training.batcher",
    "training.eval_frequency.batcher",
    "training.eval_frequency.least",
    "training.eval_frequency.most",
    "training.eval_frequency.dev",
    "training.before_update",
    "training.optimizer.learn_rate",
    "training.score_weights",
}


def flatten(block: dict, prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in block.items():
        if isinstance(value, dict):
            flat.update(flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"adaptive", "ner"}])
def test_configs_differ_only_where_the_methods_do(name: str) -> None:
    one, two = flatten(read("adaptive")), flatten(read(name))
    different = {key for key in one.keys() | two.keys() if one.get(key) != two.get(key)}
    assert different
    # the paper's letter is the same on every machine
    allowed = METHOD | ({"components.transformer.model.precision"} if name == "paper" else set())
    assert {key for key in different if not key.startswith(tuple(allowed))} == set()


def test_ner_config_differs_in_the_component_too() -> None:
    one, two = flatten(read("adaptive")), flatten(read("ner"))
    different = {key for key in one.keys() | two.keys() if one.get(key) != two.get(key)}
    # and in the transformer's architecture, our cleaner and tokenizer, so that the pipeline loads
    # without adaptive-spacy
    ours = ("components.transformer.model.", "components.transformer_cleaner.", "nlp.tokenizer.")
    # and that transformer pads all that it is given
    padded = "components.transformer.max_batch_items"
    allowed = (
        *METHOD,
        "components.transformer_ner",
        "components.ner",
        "nlp.pipeline",
        *ours,
        padded,
    )
    assert {key for key in different if not key.startswith(allowed)} == set()
