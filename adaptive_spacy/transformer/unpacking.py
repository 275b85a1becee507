"""A saved transformer read back: exactly what was trained, and nothing in it executes.

spacy-transformers writes the config through a JSON writer of ten decimals, which makes a
`layer_norm_eps` of 1e-12 zero, and trusts names and settings that the file gives (1.4.0,
`layers/hf_shim.py`). Whoever made the file may not be a friend.
"""

import json
import re
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import torch
from thinc.api import ConfigValidationError, get_torch_default_device
from transformers import AutoConfig, AutoModel, AutoTokenizer

#: What `from_pretrained` is told, whatever a file says: nothing is run or fetched
TRUSTED = {"trust_remote_code": False, "local_files_only": True}
#: Names of the files that tokenizers save
BARE_NAME = re.compile(r"[A-Za-z0-9_][\w.\-]*")
#: What `use_fast` was, is all that spacy-transformers notes of a tokenizer
SETTINGS = {"use_fast"}


class Unpacked(NamedTuple):
    """tokenizer, network (Any): As trained. vocabulary (bytes | None): The tokenizer's file, which
    spacy-transformers keeps beside it."""

    tokenizer: Any
    network: torch.nn.Module
    vocabulary: bytes | None


def unpack_network(message: dict[str, Any]) -> Unpacked:
    """Make tokenizer and network from what a shim packed.

    message (dict): "config" (dict), "tokenizer" (bytes per file, and "kwargs") and "state"
        (bytes of `torch.save`).
    RAISES (ValueError): If it is damaged, names files outside, or would run code of its own.
    """
    files, settings = _split(message["tokenizer"])
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in files.items():
            (folder / file).write_bytes(content)
        # after the files, so that none of them stands for it
        config_file = folder / "config.json"
        config_file.write_text(json.dumps(message["config"]), encoding="utf8")
        config = AutoConfig.from_pretrained(config_file, **TRUSTED)
        tokenizer = AutoTokenizer.from_pretrained(name, **settings, **TRUSTED)
        vocabulary = None
        if hasattr(tokenizer, "vocab_file"):
            place = folder / tokenizer.vocab_files_names["vocab_file"]
            tokenizer.vocab_file = str(place)
            vocabulary = place.read_bytes()
    network = AutoModel.from_config(config, trust_remote_code=False)
    device = get_torch_default_device()
    state = torch.load(BytesIO(message["state"]), map_location=device, weights_only=True)
    _load_weights(network, state)
    return Unpacked(tokenizer, network.to(device), vocabulary)


def refuse_remote_code(settings: dict[str, Any], block: str) -> None:
    """RAISES (ConfigValidationError): If settings ask to run code that a model brings along."""
    if settings.get("trust_remote_code"):
        raise ConfigValidationError(
            title="Code of a model",
            desc=f"{block} trust_remote_code: expected it left out: code that a model brings along "
            "is never run; take a transformer of the transformers library",
        )


def _split(packed: Any) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The tokenizer's files by name, and its settings."""
    files = {name: content for name, content in packed.items() if name != "kwargs"}
    settings = packed.get("kwargs", {})
    for name, content in files.items():
        known = isinstance(name, str) and BARE_NAME.fullmatch(name)
        if not known or name.endswith((".py", ".pyc")) or not isinstance(content, bytes):
            raise ValueError(
                f"the saved transformer: expected names of a tokenizer's files, found {name!r}; "
                "nothing of it was written"
            )
    strange = sorted(set(settings) - SETTINGS, key=str)
    if strange or not all(isinstance(value, bool) for value in settings.values()):
        raise ValueError(
            "the saved transformer: expected no setting of the tokenizer but use_fast, found "
            f"{', '.join(map(repr, strange)) or settings!r}"
        )
    return files, settings


def _load_weights(network: torch.nn.Module, state: dict[str, Any]) -> None:
    """Load what a release of transformers saved that may name buffers which others do not."""
    missing, surplus = network.load_state_dict(state, strict=False)
    # position numbers and the like are computed, not learnt
    lost = sorted(set(missing) & {name for name, _ in network.named_parameters()})
    if lost:
        raise ValueError(
            f"the saved transformer: expected weights of {lost[0]} and all others, {len(lost)} "
            "are missing; it was saved with another release of transformers, or damaged"
        )
    strange = [name for name in surplus if not name.endswith(("position_ids", "token_type_ids"))]
    if strange:
        raise ValueError(
            f"the saved transformer: found weights that its network does not have "
            f"({strange[0]}, {len(strange)} in all); it was saved with another release of "
            "transformers, or damaged"
        )
