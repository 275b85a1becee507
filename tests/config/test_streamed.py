"""`init` of a config whose corpus is a stream, which has no epochs."""

from pathlib import Path

import pytest
from spacy.util import load_model_from_config

from adaptive_spacy.config.insertion import add_adaptive_blocks
from adaptive_spacy.training.checks.config import find_faults
from adaptive_spacy.training.rounds import rounds_after_best
from tests.config.spacys_configs import spacys_config
from tests.util import write_texts


def test_init_makes_an_adaptive_config_one_of_a_stream() -> None:
    config = spacys_config("textcat")
    add_adaptive_blocks(config)
    config["training"]["max_epochs"] = -1
    with pytest.raises(ValueError, match="eval_frequency: expected a number of steps for a stream"):
        add_adaptive_blocks(config)
    config["training"]["eval_frequency"] = 20
    done = add_adaptive_blocks(config)
    assert done[0].startswith("[training.batcher] adaptive_spacy.until_finished.v1 removed")
    assert config["training"]["batcher"]["@batchers"] == "spacy.batch_by_words.v1"
    assert config["training"]["patience"] == 220


@pytest.mark.parametrize(
    ("steps", "rounds"),
    # patience 2, cooldown 7; or the 200 updates at least, of which one round is the first
    [(200, 2 + 7 + 1), (23, 2 + 7 + 1), (22, 2 + 9), (10, 2 + 19)],
)
def test_init_ends_a_streamed_training_by_spacys_patience(
    tmp_path: Path, steps: int, rounds: int
) -> None:
    config = spacys_config("textcat")
    config["training"]["max_epochs"] = -1
    config["training"]["eval_frequency"] = steps
    add_adaptive_blocks(config)
    training = config["training"]
    assert (training["max_epochs"], training["patience"]) == (-1, rounds * steps)
    assert rounds_after_best(training["optimizer"]["learn_rate"], steps) == rounds
    assert training["batcher"]["@batchers"] == "spacy.batch_by_words.v1"
    assert training["eval_frequency"] == steps
    assert add_adaptive_blocks(config) == []
    write_texts(tmp_path / "train.spacy", 20)
    config["paths"].update({name: str(tmp_path / "train.spacy") for name in ("train", "dev")})
    assert list(find_faults(load_model_from_config(config, auto_fill=True))) == []
    with pytest.raises(ValueError, match=r"--monitor: expected none for a streamed corpus"):
        add_adaptive_blocks(config, monitor={"cats_macro_f": 1.0})
