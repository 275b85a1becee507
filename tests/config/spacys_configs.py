"""Configs as `spacy init config` makes them."""

from spacy.cli.init_config import init_config
from thinc.api import Config


def spacys_config(pipe: str, gpu: bool = False) -> Config:
    """What `spacy init config` writes."""
    return init_config(lang="xx", pipeline=[pipe], gpu=gpu, silent=True)
