"""Pipelines with spacy-transformers' own transformer, looked at before spaCy loads them.

`adaptive_spacy.TransformerModel.v1` reads its file without trusting it. That of spacy-transformers
writes what the file names and asks whether code is to be run, and no setting keeps it from that.
"""

import json
from pathlib import Path
from typing import Any

import srsly

from adaptive_spacy.config.loading import read_config
from adaptive_spacy.transformer.checkpoint import TOKENIZER_CONFIG, read_message, read_weights

THEIRS = "spacy-transformers."


def require_harmless(pipeline: Path) -> None:
    """Check the transformers of a pipeline. Nothing of it is run.

    pipeline (Path): The folder of a trained pipeline.
    RAISES (ValueError): If the file of one of spacy-transformers' names code, or other files than a
        tokenizer's, or holds anything but weights.
    """
    components: dict[str, Any] = read_config(pipeline / "config.cfg").get("components", {})
    for name, block in components.items():
        path = pipeline / name / "model"
        if _is_theirs(block) and path.is_file():
            try:
                _check(path.read_bytes())
            except ValueError as error:
                raise ValueError(f"{path}: not loaded: {error}") from None


def _is_theirs(block: Any) -> bool:
    """Whether spacy-transformers reads a component's file, in the component or in a listener."""
    if not isinstance(block, dict):
        return False
    if str(block.get("@architectures", "")).startswith(THEIRS):
        return True
    return any(_is_theirs(one) for one in block.values())


def _check(data: bytes) -> None:
    try:
        layers = srsly.msgpack_loads(data)["shims"]
    except Exception as error:  # msgpack has a dozen kinds, some of them no ValueError
        raise ValueError(f"it is damaged ({error or type(error).__name__})") from None
    for shims in layers:
        for one in shims:
            message = read_message(one)
            if not message["config"]:
                continue
            read_weights(message["state"])
            settings = json.loads(message["tokenizer"].get(TOKENIZER_CONFIG, b"{}"))
            for config in (message["config"], settings):
                if "auto_map" in config:
                    raise ValueError("it names Python code of its own (auto_map)")
