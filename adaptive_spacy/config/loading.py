"""Configs and pipelines in files, of which anyone may have damaged one: a fault is one line."""

from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.util import load_config
from thinc.api import Config

from adaptive_spacy.config.checksums import comparing
from adaptive_spacy.parsing import reading


def read_config(path: Path, expected: str = "a config of spaCy", **settings: Any) -> Config:
    """Read a config.

    path (Path): The file. expected (str): What it should be, for the message.
    settings (Any): As in `spacy.util.load_config`.
    RETURNS (Config): What it says.
    RAISES (ValueError): If there is no such file, or it is no config; with the path.
    """
    with reading(path, expected):
        return load_config(path, **settings)


def load_pipeline(pipeline: str | Path, *, named: str | Path | None = None) -> Language:
    """Load a pipeline.

    pipeline (str | Path): A folder, or the name of an installed package.
    named (str | Path | None): What the message calls it; None: the same.
    RETURNS (Language): The pipeline.
    RAISES (ValueError): If spaCy cannot load it, or a file is not what was written; with its name
        and the reason.
    """
    # first, as spaCy reads what is damaged as far as it can
    with comparing(Path(pipeline)), reading(named or pipeline, "a pipeline that spaCy can load"):
        return spacy.load(pipeline)
