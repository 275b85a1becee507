"""`init --max-epochs`: what is asked for is in the config, or refused."""

import pytest
from spacy.util import load_config
from thinc.api import Config

from adaptive_spacy.config.insertion import add_adaptive_blocks
from tests.config.spacys_configs import spacys_config
from tests.conftest import ROOT


def made(asked: int | None, before: int = 0) -> Config:
    """RETURNS (Config): What init makes of spaCy's config with so many epochs."""
    config = spacys_config("textcat")
    config["training"]["max_epochs"] = before
    add_adaptive_blocks(config, max_epochs=asked)
    return config


@pytest.mark.parametrize(
    ("before", "asked", "after"),
    [(20, None, 1000), (9000, None, 9000), (0, None, 1000), (20, 50, 50), (9000, 50, 50)],
)
def test_epochs_are_those_that_are_asked_for(before: int, asked: int | None, after: int) -> None:
    assert made(asked, before)["training"]["max_epochs"] == after


@pytest.mark.parametrize("before", [50, 200, 1000])
def test_a_second_init_sets_them_too(before: int) -> None:
    config = made(before)
    done = add_adaptive_blocks(config, max_epochs=200)
    assert done == ([] if before == 200 else [f"[training] max_epochs = 200 (was {before})"])
    assert config["training"]["max_epochs"] == 200
    assert add_adaptive_blocks(config) == []


def test_a_training_that_ends_by_patience_gets_them() -> None:
    config = load_config(ROOT / "configs" / "paper.cfg", interpolate=False)
    assert config["training"]["patience"]
    before = config["training"]["max_epochs"]
    done = add_adaptive_blocks(config, max_epochs=70)
    assert f"[training] max_epochs = 70 (was {before})" in done
    assert config["training"]["max_epochs"] == 70


def test_a_stream_has_none_to_count() -> None:
    with pytest.raises(ValueError, match="--max-epochs: expected none for a streamed corpus"):
        made(50, before=-1)
