"""What a trained transformer is saved as: the message of spacy-transformers' shim, in which
numbers are exact and which is read without running or writing anything that it names."""

import json
import warnings
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_STORED, ZipFile, is_zipfile

import srsly
import torch
from spacy_transformers.data_classes import HFObjects
from thinc.api import get_torch_default_device
from transformers import CONFIG_MAPPING, AutoConfig, AutoModel, AutoTokenizer, PretrainedConfig

from adaptive_spacy.transformer.loading import (
    SAFE,
    faults_in_one_line,
    fit,
    make_plain,
    read_vocabulary,
    require_vectors,
)
from adaptive_spacy.transformer.trust import require_file_name, require_no_code, without_code

CONFIG_FILE = "config.json"
TOKENIZER_CONFIG = "tokenizer_config.json"
#: Below this, the nine decimals of spacy-transformers' JSON make a number zero
LOST = 5e-10
#: How messages name the file
FILE = "the transformer's file `model`"


def pack_config(config: PretrainedConfig) -> dict[str, Any]:
    """RETURNS (dict): What is saved of a network's config: no path of this machine, no code."""
    return without_code(config.to_dict())


def pack_tokenizer(objects: HFObjects) -> dict[str, Any]:
    """RETURNS (dict): The files of a tokenizer by name, and the settings to read them with."""
    tokenizer = objects.tokenizer
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        former = getattr(tokenizer, "vocab_file", None)
        if former is not None and objects.vocab_file_contents is not None:
            path = folder / tokenizer.vocab_files_names["vocab_file"]
            path.write_bytes(objects.vocab_file_contents)
            tokenizer.vocab_file = str(path)
        try:
            tokenizer.save_pretrained(temporary)
        finally:
            if former is not None:
                tokenizer.vocab_file = former
        files = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    files[TOKENIZER_CONFIG] = _clean(files[TOKENIZER_CONFIG])
    return {"kwargs": {"use_fast": tokenizer.is_fast}, **files}


def unpack(data: bytes) -> HFObjects:
    """Read what the shim wrote. None of it is trusted.

    data (bytes): The message.
    RETURNS (HFObjects): Tokenizer and network on the current device; without a network, if it was
        saved before there was one, the settings to load it with.
    RAISES (ValueError): If it is no such message, is damaged, or names code or other files.
    """
    message = read_message(data)
    if not message["config"]:
        settings = message["_init_tokenizer_config"], message["_init_transformer_config"]
        for one in settings:
            require_no_code(one, FILE)
        return HFObjects(None, None, None, *settings)
    weights = read_weights(message["state"])
    with TemporaryDirectory() as temporary, faults_in_one_line(FILE, ""):
        folder = Path(temporary)
        _write_files(folder, message["tokenizer"], message["config"])
        config = AutoConfig.from_pretrained(temporary, **SAFE)
        require_vectors(config, FILE)
        use_fast = message["tokenizer"]["kwargs"]["use_fast"]
        tokenizer = AutoTokenizer.from_pretrained(temporary, use_fast=use_fast, **SAFE)
        vocabulary = read_vocabulary(tokenizer)
        make_plain(config)
        config.torch_dtype = torch.float32
        network = AutoModel.from_config(config, **SAFE)
        network.config._name_or_path = ""
        _put_weights(network, weights)
    network.to(get_torch_default_device())
    fit(tokenizer, network)
    return HFObjects(tokenizer, network, vocabulary)


def read_message(data: bytes) -> dict[str, Any]:
    """RETURNS (dict): The message, whose parts are of the right types and whose files have names
    of a tokenizer's. RAISES (ValueError): If it is anything else."""
    try:
        message = srsly.msgpack_loads(data)
    except Exception as error:  # msgpack has a dozen kinds, some of them no ValueError
        raise ValueError(f"{FILE} is damaged ({error or type(error).__name__})") from None
    parts = {"config": dict, "state": bytes, "tokenizer": dict}
    if not isinstance(message, dict) or not message.keys() >= parts.keys():
        raise ValueError(f"{FILE} is not that of a transformer")
    for name in ("_init_tokenizer_config", "_init_transformer_config"):
        message.setdefault(name, {})
        parts[name] = dict
    for name, kind in parts.items():
        # spacy-transformers writes {} for the weights that it does not have
        if not isinstance(message[name], kind) and message[name] != {}:
            raise ValueError(f"{FILE} is damaged: expected {kind.__name__} for its {name}")
    message["tokenizer"]["kwargs"] = _read_settings(message["tokenizer"].get("kwargs", {}))
    for name in message["tokenizer"]:
        require_file_name(name)
    return message


def _read_settings(settings: Any) -> dict[str, bool]:
    """The settings of a tokenizer, of which there is one."""
    known = isinstance(settings, dict) and settings.keys() <= {"use_fast"}
    if not known or not isinstance(settings.get("use_fast", True), bool):
        raise ValueError(f"{FILE}: expected use_fast alone for its tokenizer, got {settings!r}")
    return {"use_fast": settings.get("use_fast", True)}


def read_weights(state: Any) -> dict[str, torch.Tensor]:
    """RETURNS (dict): Tensors by name. What `torch.load` reads with `weights_only` runs no code.
    RAISES (ValueError): If there is anything else."""
    try:
        if is_zipfile(BytesIO(state)):
            with ZipFile(BytesIO(state)) as archive:
                # torch compresses nothing; what is compressed may become any size
                if any(entry.compress_type != ZIP_STORED for entry in archive.infolist()):
                    raise ValueError("compressed weights")
        device = get_torch_default_device()
        weights = torch.load(BytesIO(state), map_location=device, weights_only=True)
    except Exception as error:  # UnpicklingError, RuntimeError, EOFError, KeyError, ...
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise ValueError(f"{FILE}: expected weights and nothing else ({reason})") from None
    if not isinstance(weights, dict) or not all(
        isinstance(name, str) and isinstance(one, torch.Tensor) for name, one in weights.items()
    ):
        raise ValueError(f"{FILE}: expected tensors by name for its weights")
    return weights


def _write_files(folder: Path, tokenizer: dict[str, Any], config: dict[str, Any]) -> None:
    """Write what transformers reads only from files."""
    for name, content in tokenizer.items():
        if name == "kwargs":
            continue
        if not isinstance(content, bytes):
            raise ValueError(f"expected the bytes of {name}")
        content = _clean(content) if name == TOKENIZER_CONFIG else content
        (folder / name).write_bytes(content)
    # after the tokenizer's files, so that none of them takes its place
    text = json.dumps(mend_rounded(without_code(config)))
    (folder / CONFIG_FILE).write_text(text, encoding="utf8")


def mend_rounded(config: dict[str, Any]) -> dict[str, Any]:
    """Give back what was lost in files that an earlier version or spacy-transformers read and
    wrote again: numbers such as 1e-12, which keep a norm from dividing by zero, became zero.

    config (dict): Of a network.
    RETURNS (dict): The same, with its architecture's default in place of such a zero.
    """
    if config.get("model_type") not in CONFIG_MAPPING:
        return config
    lost = [
        key
        for key, value in config.items()
        if isinstance(value, float) and value == 0.0 and ("_eps" in key or key == "eps")
    ]
    if not lost:
        return config
    defaults = CONFIG_MAPPING[config["model_type"]]().to_dict()
    mended = {key: defaults[key] for key in lost if 0 < defaults.get(key, 1.0) < LOST}
    if mended:
        warnings.warn(
            f"{FILE} states "
            + ", ".join(f"{key} = 0, taken for {value}" for key, value in mended.items())
            + ": an earlier version rounded it. Save the pipeline anew to be rid of this line.",
            stacklevel=2,
        )
    return {**config, **mended}


def _put_weights(network: torch.nn.Module, weights: dict[str, torch.Tensor]) -> None:
    """Load weights, of which none may be missing: those would be random."""
    found = network.load_state_dict(weights, strict=False)
    # versions of transformers differ in whether they save these, which are counted, not learned
    missing = [name for name in found.missing_keys if not name.endswith("position_ids")]
    if missing:
        raise ValueError(f"{len(missing)} weights are missing: {_some(missing)}")
    unused = [name for name in found.unexpected_keys if not name.endswith("position_ids")]
    if unused:
        warnings.warn(f"{FILE} has weights that are not used: {_some(unused)}", stacklevel=2)


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")


def _clean(content: bytes) -> bytes:
    """The content of a tokenizer_config.json without code and paths; numbers stay exact."""
    settings = json.loads(content)
    if not isinstance(settings, dict):
        raise ValueError(f"expected an object in {TOKENIZER_CONFIG}")
    return (json.dumps(without_code(settings), indent=2, ensure_ascii=False) + "\n").encode("utf8")
