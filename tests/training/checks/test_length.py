"""Trainings that end before their schedule does, or after."""

import re
from pathlib import Path

import pytest
from spacy.cli.init_config import init_config
from thinc.api import Config

from adaptive_spacy.config.insertion import add_adaptive_blocks
from adaptive_spacy.config.names import HYBRID
from adaptive_spacy.training.rounds import Rounds
from tests.config.spacys_configs import spacys_config
from tests.conftest import ROOT
from tests.training.checks.util import findings_of
from tests.trainings import read
from tests.util import write_texts

# settings of a config, its name, and what is said. A round is an epoch of 3 steps.
ENDS = [
    (
        "adaptive",
        {"training__max_epochs": 5},
        "[training] max_epochs: expected at least 68, got 5: the last evaluation is that of step "
        "12, and the schedule ends with that of step 201 at the earliest (67 epochs), so the "
        "training would stop in the middle of a phase",
    ),
    (
        "adaptive",
        # spaCy does not evaluate after the last update of the last epoch
        {"training__max_epochs": 9, "training__optimizer__learn_rate__least": 0},
        "[training] max_epochs: expected at least 10, got 9: the last evaluation is that of step "
        "24, and the schedule ends with that of step 27 at the earliest (9 epochs), so the "
        "training would stop in the middle of a phase",
    ),
    (
        "hybrid",
        {"training__max_steps": 40, "training__optimizer__learn_rate__total": 16},
        "[training] max_steps: expected 48, which is total * interval of adaptive_spacy.hybrid.v1, "
        "got 40: the training would not end with the cool-down",
    ),
    (
        "hybrid",
        {"training__max_epochs": 16},
        "[training] max_epochs: expected 0 or at least 17, in which the 48 steps of max_steps are "
        "made and evaluated, where the curve of adaptive_spacy.hybrid.v1 ends, got 16: the "
        "training would stop in the middle of it",
    ),
    (
        "stable",
        {"training__max_epochs": 4},
        "[training] max_epochs: expected 0 or at least 21, in which the 60 steps of max_steps are "
        "made and evaluated, where the curve of adaptive_spacy.linear.v1 ends, got 4: the training "
        "would stop in the middle of it",
    ),
    (
        "hybrid",
        {"variables__total": 5},
        "[training] max_steps: expected at least 27 steps, warmup + cooldown of "
        "adaptive_spacy.hybrid.v1 (9 epochs), got 15 (5 epochs): the training would end in the "
        "middle of a phase",
    ),
    (
        "stable",
        {"training__max_steps": 3},
        "[training] max_steps: expected at least 6 steps, warmup of adaptive_spacy.linear.v1 "
        "(2 epochs), got 3 (1 epoch): the training would end in the middle of a phase",
    ),
    (
        "stable",
        {"training__max_steps": 0},
        "[training] max_steps: expected a number > 0, which is where the curve of "
        "adaptive_spacy.linear.v1 ends, got 0, no limit",
    ),
    (
        "adaptive",
        {"training__eval_frequency__times": 30},
        "[training] eval_frequency: a round is 30 epochs; phases count rounds, and were tried with "
        "one round per epoch (adaptive_spacy.steps.v1)",
    ),
    (
        "stable",
        {
            "training__max_steps": 30,
            "training__optimizer__learn_rate": {
                "@schedules": "warmup_linear.v1",
                "initial_rate": 1.0,
                "warmup_steps": 6,
                "total_steps": 60,
            },
            "training__before_update": None,
        },
        "[training.optimizer.learn_rate] total_steps: the rate falls to 0 in 60 steps, the "
        "training ends after 30",
    ),
    (
        "adaptive",
        {"training__eval_frequency": 15},
        "[training] eval_frequency: a round is 5 epochs; phases count rounds, and were tried with "
        "one round per epoch (adaptive_spacy.steps.v1)",
    ),
    (
        "adaptive",
        {"training__eval_frequency__epochs": 4.0},
        "[training] eval_frequency: a round is 4 epochs; phases count rounds, and were tried with "
        "one round per epoch (adaptive_spacy.steps.v1)",
    ),
]


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("hybrid", {"training__max_epochs": 17}),
        ("adaptive", {"training__max_epochs": 10, "training__optimizer__learn_rate__least": 0}),
        ("hybrid", {"variables__total": 9}),
        ("stable", {"training__max_epochs": 21}),
        ("stable", {"training__max_steps": 6}),
        ("stable", {"training__max_steps": 50, "training__optimizer__learn_rate__warmup": 0.5}),
    ],
)
def test_ends_that_a_curve_fits_into(name, settings, sound_corpus, transformer_folder) -> None:
    found = findings_of(read(sound_corpus, transformer_folder, name, **settings))
    assert [*found.errors, *found.warnings] == []


@pytest.mark.parametrize(("name", "settings", "line"), ENDS)
def test_ends_that_cut_a_phase(name, settings, line, sound_corpus, transformer_folder) -> None:
    found = findings_of(read(sound_corpus, transformer_folder, name, **settings))
    assert [*found.errors, *found.warnings] == [line]


def test_rounds_that_are_bounded_may_be_many_epochs(sound_corpus, transformer_folder) -> None:
    settings = {"training__eval_frequency__least": 15}
    found = findings_of(read(sound_corpus, transformer_folder, "adaptive", **settings))
    assert [*found.errors, *found.warnings] == []


def test_streams_are_cut_too(tmp_path: Path) -> None:
    """By `max_steps`, which `init` takes away where it does."""
    write_texts(tmp_path / "train.spacy", 20)
    config = spacys_config("textcat")
    config["paths"].update({name: str(tmp_path / "train.spacy") for name in ("train", "dev")})
    config["training"].update({"max_epochs": -1, "eval_frequency": 10})
    add_adaptive_blocks(config)
    config["training"]["max_steps"] = 100
    assert findings_of(config, tolerance=1.0).errors == [
        "[training] max_steps: expected 0 or at least 220, got 100: the last evaluation is that of "
        "step 100, and the schedule ends with that of step 220 at the earliest, so the training "
        "would stop in the middle of a phase"
    ]
    assert add_adaptive_blocks(config) == ["[training] max_steps = 0 (was 100)"]
    assert findings_of(config, tolerance=1.0).errors == []
    config["training"]["optimizer"]["learn_rate"] = {"@schedules": HYBRID, "rate": 0.1}
    config["training"]["max_steps"] = 60
    assert findings_of(config, tolerance=1.0).errors == [
        "[training] max_steps: expected at least 90 steps, warmup + cooldown of "
        "adaptive_spacy.hybrid.v1, got 60: the training would end in the middle of a phase"
    ]


def test_config_by_hand_of_the_page_has_rounds_of_an_epoch_and_no_end_but_its_own(
    sound_corpus: Path,
) -> None:
    """docs/method.md, put into a config that spaCy makes."""
    page = (ROOT / "docs" / "method.md").read_text(encoding="utf8")
    blocks = re.findall(r"```ini\n(.*?)```", page, re.DOTALL)
    by_hand = next(one for one in blocks if "max_epochs = 1000" in one)
    config = init_config(lang="en", pipeline=["ner"], gpu=False)
    training = config["training"]
    for section in ("batcher", "before_update", "eval_frequency"):
        del training[section]
    del training["optimizer"]["learn_rate"]
    # the blocks that are replaced, as confection needs their parents
    added = by_hand.replace("[training]\n", "[training.added]\n")
    text = f"{config.to_str(interpolate=False)}\n\n{added}"
    mine = Config().from_str(text, interpolate=False)
    mine["training"].update(mine["training"].pop("added"))
    mine["training"]["before_update"]["monitor"] = None
    for split in ("train", "dev"):
        mine["paths"][split] = str(sound_corpus / f"{split}.spacy")
    found = findings_of(mine)
    assert found.errors == []
    rounds = Rounds.of(mine.interpolate()["training"], found.steps_per_epoch or 0)
    assert rounds.interval == found.steps_per_epoch == 3
    assert rounds.most == 1000 * 3
