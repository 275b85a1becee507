"""Rounds bounded in updates: what `init` writes is what the shipped configs have."""

from spacy.util import load_config

from adaptive_spacy.config.insertion import add_adaptive_blocks
from tests.config.spacys_configs import spacys_config
from tests.conftest import ROOT


def test_rounds_of_init_are_bounded_as_those_of_the_default() -> None:
    config = spacys_config("textcat")
    config["training"]["dev_corpus"] = "corpora.other"
    add_adaptive_blocks(config)
    default = load_config(ROOT / "configs" / "adaptive.cfg", interpolate=False)["training"]
    made = config["training"]
    assert made["max_epochs"] == default["max_epochs"]
    assert made["eval_frequency"]["dev"] == "${corpora.other}"
    for bound in ("least", "most"):
        assert made["eval_frequency"][bound] == default["eval_frequency"][bound]
