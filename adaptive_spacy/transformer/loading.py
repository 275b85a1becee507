"""A network and its tokenizer, fit to give a vector for each word piece."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from spacy_transformers.data_classes import HFObjects
from thinc.api import ConfigValidationError, get_torch_default_device
from transformers import (
    MODEL_MAPPING,
    AutoConfig,
    AutoModel,
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import CONFIG_NAME, logging

from adaptive_spacy.transformer.hub import require_source
from adaptive_spacy.transformer.positions import count_positions
from adaptive_spacy.transformer.trust import require_no_code

MODEL_BLOCK = "[components.transformer.model]"
#: Settings that make a network return vectors and nothing else (GPT-2, Llama and XLNet give caches
#: and memories besides), and the same ones whatever it read before (BigBird changes its kind of
#: attention for good at the first short text). The last one: transformers 4.45 to 4.51 write
#: down that a kind of attention was chosen, but not which, so that what they saved is read with the
#: slowest and predicts otherwise in the last digits
PLAIN: dict[str, Any] = {
    "return_dict": True,
    "use_cache": False,
    "use_mems_eval": False,
    "use_mems_train": False,
    "_attn_implementation_autoset": False,
}
#: What says which files of the hub are meant, not what they are to become
HUB_SETTINGS = ("local_files_only", "revision", "cache_dir", "token")
EXPECTED = "expected a transformer with a tokenizer, a folder or a name of the hub; "
SAFE: dict[str, Any] = {"trust_remote_code": False}


class UnfitTransformer(ValueError):
    """A transformer that works, but not for vectors of word pieces."""


def load_transformer(
    name: str, tokenizer_config: dict[str, Any], transformer_config: dict[str, Any]
) -> HFObjects:
    """Load a pretrained transformer. No code that comes with it is run, and nobody is asked.

    name (str): A folder or a name of the hub.
    tokenizer_config, transformer_config (dict): Passed to transformers.
    RETURNS (HFObjects): Tokenizer and network, on the current device, in float32.
    RAISES (ValueError): If there is no such transformer, or it gives no vectors per word piece.
    """
    require_no_code(transformer_config, f"{MODEL_BLOCK} transformer_config")
    tokenizer = load_tokenizer(name, tokenizer_config)
    settings = {**transformer_config, **require_source(name, transformer_config)}
    config = load_config(name, settings)
    require_vectors(config, name)
    make_plain(config)
    # the others are in the config by now
    kept = {key: settings[key] for key in HUB_SETTINGS if key in settings}
    with faults_in_one_line(name):
        network = AutoModel.from_pretrained(
            name, config=config, torch_dtype=torch.float32, **kept, **SAFE
        )
    network.to(get_torch_default_device())
    fit(tokenizer, network)
    return HFObjects(tokenizer, network, read_vocabulary(tokenizer))


def load_config(name: str, settings: dict[str, Any]) -> PretrainedConfig:
    """RETURNS (PretrainedConfig): The config of a network.

    name (str): A folder or a name of the hub.
    settings (dict): Passed to transformers.
    RAISES (ValueError): If there is none.
    """
    folder = Path(name) / (settings.get("subfolder") or "")
    if folder.is_dir() and not (folder / CONFIG_NAME).is_file():
        # transformers would take the folder's name for that of an architecture
        raise ValueError(f"{name}: expected the folder of a transformer, found no {CONFIG_NAME}")
    with faults_in_one_line(name):
        return AutoConfig.from_pretrained(
            name, **{**settings, **require_source(name, settings), **SAFE}
        )


def load_tokenizer(name: str, settings: dict[str, Any]) -> PreTrainedTokenizerBase:
    """RETURNS (PreTrainedTokenizerBase): The tokenizer of a transformer.

    name (str): A folder or a name of the hub. Of a folder just the tokenizer's files are needed.
    settings (dict): Passed to transformers.
    RAISES (ValueError): If there is none.
    """
    require_no_code(settings, f"{MODEL_BLOCK} tokenizer_config")
    settings = {**settings, **require_source(name, settings), **SAFE}
    with faults_in_one_line(name):
        return AutoTokenizer.from_pretrained(name, **settings)


def read_vocabulary(tokenizer: PreTrainedTokenizerBase) -> bytes | None:
    """RETURNS (bytes | None): The file that spacy-transformers keeps for a tokenizer which has
    one. A tokenizer made from tokenizer.json alone has none."""
    path = getattr(tokenizer, "vocab_file", None)
    return Path(path).read_bytes() if path and Path(path).is_file() else None


def require_vectors(config: PretrainedConfig, name: str) -> None:
    """RAISES (UnfitTransformer): If a network does not give a vector for each piece of a text."""
    kind = config.model_type
    network: Any = MODEL_MAPPING.get(type(config), None)
    if isinstance(network, tuple | list):
        network = network[0]
    if config.is_encoder_decoder:
        fault = "which has a decoder: its vectors are not those of the text's pieces"
    elif network is None or network.main_input_name != "input_ids":
        fault = "which does not read text"
    elif "attention_mask" not in inspect.signature(network.forward).parameters:
        fault = "which takes no attention mask: its vectors change with the padding"
    elif not isinstance(getattr(config, "vocab_size", None), int):
        fault = "which has no word pieces: it reads characters"
    elif not isinstance(getattr(config, "hidden_size", None), int):
        fault = "which does not say how wide its vectors are"
    else:
        return
    raise UnfitTransformer(
        f"{name}: expected a transformer that gives a vector for each word piece, such as BERT, "
        f'RoBERTa or DeBERTa, got "{kind}", {fault}'
    )


def make_plain(config: PretrainedConfig) -> None:
    """Set what `PLAIN` says where a network knows it."""
    for key, value in PLAIN.items():
        if hasattr(config, key):
            setattr(config, key, value)
    if hasattr(config, "attention_type") and config.model_type == "big_bird":
        config.attention_type = "original_full"


def fit(tokenizer: PreTrainedTokenizerBase, network: PreTrainedModel) -> None:
    """Make a tokenizer give what the network takes: padding behind the text, with some token
    where it has none for that, no input that the network does not know, and no more word pieces
    than it has positions for. Many a tokenizer names no limit, and one text that is beyond the
    last position fails with all those of its batch.

    RAISES (ValueError): If it has no special token at all to pad with.
    """
    # in front, padding would shift the positions of GPT-2 and Llama, and with them the vectors
    tokenizer.padding_side = "right"
    if tokenizer.pad_token is None:
        tokens = (tokenizer.eos_token, tokenizer.unk_token, tokenizer.bos_token)
        token = next((one for one in tokens if one is not None), None)
        if token is None:
            raise ValueError(
                "expected a tokenizer with a token for padding, got one without any special "
                f'token; name one: {MODEL_BLOCK} tokenizer_config = {{"pad_token": "..."}}'
            )
        tokenizer.pad_token = token  # masked, so that it does not matter which
    taken = inspect.signature(network.forward).parameters
    tokenizer.model_input_names = [one for one in tokenizer.model_input_names if one in taken]
    positions = count_positions(network)
    if positions is not None and tokenizer.model_max_length > positions:
        tokenizer.model_max_length = positions


@contextmanager
def faults_in_one_line(name: str, expected: str = EXPECTED) -> Iterator[None]:
    """Turn what transformers raises into a ValueError of one line.

    name (str): What is loaded. expected (str): What it should be.
    """
    try:
        yield
    except (ConfigValidationError, UnfitTransformer):
        raise
    # OSError, ValueError, KeyError, ImportError, RuntimeError for shapes, and the plain Exception
    # of tokenizers and safetensors: it depends on the file that is broken
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        if "trust_remote_code" in str(error):
            reason = (
                "it needs Python code of its own, which is never run; take one whose architecture "
                "transformers has"
            )
        reason = reason or type(error).__name__
        raise ValueError(f"{name}: {expected}loading it failed ({reason})") from None


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers from warning of what is checked here, or does not matter here, such as a
    new pooler."""
    former = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(former)
