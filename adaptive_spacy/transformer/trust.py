"""What data may not say: that Python code of its own is to run, or where files are to lie."""

import re
from typing import Any

from thinc.api import ConfigValidationError

#: Entries of a config or a tokenizer's config that name code, or files elsewhere
CODE = ("auto_map", "custom_pipelines", "trust_remote_code", "code_revision")
PATHS = ("_name_or_path", "name_or_path", "special_tokens_map_file")
#: A file's name and nothing else: no folder, drive, device, control character or hidden file
FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}")
#: Suffixes of what Python or the system would run or unpickle
EXECUTABLE = (".py", ".pyc", ".pyd", ".pyw", ".pth", ".so", ".dll", ".dylib", ".pkl", ".pickle")


def require_no_code(settings: dict[str, Any], where: str) -> None:
    """Check settings that go to transformers' `from_pretrained`.

    settings (dict): `tokenizer_config` or `transformer_config`.
    where (str): Where they stand.
    RAISES (ConfigValidationError): If they would let code run that comes with a transformer.
    """
    for key in CODE:
        if settings.get(key):
            raise ConfigValidationError(
                title="Code that comes with a transformer",
                desc=f"{where} {key}: expected nothing, got {settings[key]!r}: code that comes "
                "with a transformer is never run; take one whose architecture transformers has",
            )
    attention = settings.get("attn_implementation")
    if not (attention is None or (isinstance(attention, str) and "/" not in attention)):
        raise ConfigValidationError(
            title="Code that comes with a transformer",
            desc=f"{where} attn_implementation: expected the name of one that transformers has, "
            f"got {attention!r}",
        )


def require_file_name(name: Any) -> None:
    """RAISES (ValueError): If something is not the bare name of a file that holds data."""
    if not isinstance(name, str) or not FILE_NAME.fullmatch(name):
        raise ValueError(f"expected the bare name of a tokenizer's file, got {name!r}")
    if name.lower().endswith(EXECUTABLE):
        raise ValueError(f"expected a tokenizer's file, got {name!r}, which holds code")


def without_code(config: dict[str, Any]) -> dict[str, Any]:
    """RETURNS (dict): The content of a config.json or tokenizer_config.json without what names
    code, and without paths; see `without_paths`."""
    kept = {key: value for key, value in without_paths(config).items() if key not in CODE}
    for key in ("attn_implementation", "_attn_implementation"):
        if "/" in str(kept.get(key)):
            del kept[key]
    return kept


def without_paths(config: dict[str, Any]) -> dict[str, Any]:
    """RETURNS (dict): The content of a config.json or tokenizer_config.json without paths of
    another machine, and without files that would be read in place of those beside it."""
    return {
        key: value
        for key, value in config.items()
        if key not in PATHS and not (key.endswith("_file") and isinstance(value, str))
    }
