"""`[corpora]` as one function for all corpora, as spaCy allows."""

from pathlib import Path

import pytest
from spacy.training import Corpus
from spacy.util import registry
from thinc.api import Config

from adaptive_spacy.config.insertion import add_adaptive_blocks, init
from tests.config.spacys_configs import spacys_config
from tests.training.checks.util import findings_of
from tests.util import write_texts


@registry.readers("test.both")
def make_both(path: str) -> dict[str, Corpus]:
    return {"train": Corpus(path), "dev": Corpus(path)}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = write_texts(tmp_path / "train.spacy", 20)
    made = spacys_config("textcat")
    made["corpora"] = {"@readers": "test.both", "path": str(path)}
    return made


def test_init_keeps_the_updates_of_a_round(config: Config, tmp_path: Path) -> None:
    config["training"]["eval_frequency"] = 5
    config.to_disk(tmp_path / "a.cfg", interpolate=False)
    _, done = init(tmp_path / "a.cfg", tmp_path / "b.cfg")
    assert [line for line in done if "eval_frequency" in line or "a round is" in line] == [
        "[training] eval_frequency = 5 kept, as updates of a round: those of an epoch cannot be "
        "counted where one function makes both corpora"
    ]
    made = Config().from_disk(tmp_path / "b.cfg", interpolate=False)
    assert made["training"]["eval_frequency"] == 5
    assert made["training"]["batcher"]["@batchers"] == "adaptive_spacy.until_finished.v1"
    assert add_adaptive_blocks(made) == []


def test_such_corpora_are_checked_as_others(config: Config) -> None:
    add_adaptive_blocks(config)
    assert findings_of(config, tolerance=1.0).errors == [
        "[training] max_epochs: expected at least 2201, got 1000: the last evaluation is that of "
        "step 800, and the schedule ends with that of step 2,200 at the earliest (2200 epochs), so "
        "the training would stop in the middle of a phase"
    ]
    config["training"]["eval_frequency"] = 5
    found = findings_of(config, tolerance=1.0)
    assert found.errors == []
    assert found.steps_per_epoch == 1


def test_what_the_function_does_not_make_is_told(config: Config) -> None:
    add_adaptive_blocks(config)
    config["training"]["dev_corpus"] = "corpora.nope"
    (line,) = findings_of(config).errors
    assert "not a valid section reference: corpora.nope" in line
