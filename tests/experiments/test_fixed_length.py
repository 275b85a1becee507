"""A config whose length is fixed: the curve of one that was adaptive."""

from functools import partial
from pathlib import Path

import pytest
from spacy.util import load_config

from adaptive_spacy.config.blocks import find_blocks
from adaptive_spacy.config.names import ADAPT, CHECKPOINT, GUARD
from adaptive_spacy.experiments.fixed_length import (
    count_batches,
    curve_of,
    fix_epochs,
    fix_rounds,
)
from tests.conftest import ROOT, write_corpus


def test_places_in_epochs_become_rounds_of_the_last_training(corpus_folder: Path) -> None:
    paths = {f"paths.{split}": str(corpus_folder / f"{split}.spacy") for split in ("train", "dev")}
    settings = {**paths, "training.eval_frequency.least": 5, "variables.rate": 1e-4}
    config = load_config(ROOT / "configs" / "adaptive.cfg", overrides=settings, interpolate=True)
    batches = count_batches(config)
    assert batches < 5, "a round is longer than an epoch"
    fixed = partial(fix_epochs, config, curve_of(config), 30.0, corpus_folder / "train.spacy")
    made = fixed([5.0, 5.0, 20 / batches])
    assert made["training"]["optimizer"]["learn_rate"]["halved"] == [batches, batches, 4]
    assert "halved" not in fixed()["training"]["optimizer"]["learn_rate"]
    # which still goes back itself
    assert find_blocks(made["training"]["before_update"], "callbacks", GUARD)


@pytest.mark.parametrize(
    ("epochs", "rounds"),
    # 25 batches a pass, 8 a round; 9 rounds of warm-up and cool-down at least
    [(3.5, 11), (5.7, 17), (5.75, 18), (5.77, 18), (0.1, 9)],
)
def test_last_training_has_as_many_whole_rounds_as_the_passes_make(
    tmp_path: Path, epochs: float, rounds: int
) -> None:
    """As phases change at the end of a round."""
    labelled = write_corpus(tmp_path / "labelled.spacy", [("Ada sings", "B-PER O")] * 400)
    settings = {
        "paths.train": str(labelled),
        "paths.dev": str(write_corpus(tmp_path / "dev.spacy", [("Ada sings", "B-PER O")])),
        "training.eval_frequency.most": 8,
        "variables.rate": 1e-4,
    }
    config = load_config(ROOT / "configs" / "adaptive.cfg", overrides=settings, interpolate=True)
    made = fix_epochs(config, curve_of(config), epochs, labelled)["training"]
    assert made["optimizer"]["learn_rate"]["total"] == made["max_steps"]["times"] == rounds
    assert made["max_steps"]["epochs"] == made["eval_frequency"]["epochs"]


def test_last_training_reads_as_the_folds_did(corpus_folder: Path) -> None:
    labelled, dev = (corpus_folder / f"{split}.spacy" for split in ("train", "dev"))
    config = load_config(
        ROOT / "configs" / "adaptive.cfg",
        overrides={"paths.train": "a.spacy", "paths.dev": str(dev), "variables.rate": 1e-4},
        interpolate=True,
    )
    config["corpora"]["train"]["max_length"] = 50
    made = fix_epochs(config, curve_of(config), 3.5, labelled)
    assert made["corpora"]["train"] == {**config["corpora"]["train"], "path": str(labelled)}
    # phases count rounds as long as those of the folds, and so bounded
    for bound in ("least", "most", "dev"):
        kept = config["training"]["eval_frequency"][bound]
        assert kept is not None
        assert made["training"]["eval_frequency"][bound] == kept
    config["corpora"]["train"] = {"@readers": "spacy.Corpus.v1", "path": "train.spacy"}
    with pytest.raises(ValueError, match=r"\[corpora.train\]: expected @readers"):
        fix_epochs(config, curve_of(config), 3.5, labelled)


def test_last_training_ends_by_its_length_alone_and_keeps_what_is_of_others(tmp_path: Path) -> None:
    config = load_config(
        ROOT / "configs" / "adaptive.cfg",
        overrides={"paths.train": "a.spacy", "paths.dev": "b.spacy", "variables.rate": 1e-4},
        interpolate=True,
    )
    training, mine = config["training"], {"@callbacks": "mine"}
    training["patience"], training["before_to_disk"] = 100, mine
    training["eval_frequency"]["times"] = 2
    made = fix_rounds(config, curve_of(config), 20, tmp_path / "labelled.spacy")["training"]
    assert (made["patience"], made["max_epochs"]) == (0, 0)
    assert made["before_to_disk"] == {"@callbacks": CHECKPOINT, "then": mine}
    # a round is two epochs
    assert made["max_steps"]["times"] == 40


def test_last_training_tells_its_schedule_inside_of_another_callback(tmp_path: Path) -> None:
    config = load_config(
        ROOT / "configs" / "adaptive.cfg",
        overrides={"paths.train": "a.spacy", "paths.dev": "b.spacy", "variables.rate": 3e-4},
        interpolate=True,
    )
    training = config["training"]
    ours = training["before_update"]
    training["before_update"] = {"@callbacks": "mine", "then": ours}
    made = fix_rounds(config, curve_of(config), 20, tmp_path / "labelled.spacy")["training"]
    assert made["optimizer"]["learn_rate"]["rate"] == 3e-4
    told = {"@callbacks": ADAPT, "then": ours["then"]}
    assert made["before_update"] == {"@callbacks": "mine", "then": told}
    assert ours["monitor"] is not None
