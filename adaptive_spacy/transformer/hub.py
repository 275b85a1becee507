"""Names of transformers: folders, and what the Hugging Face hub answers for, asked once."""

from pathlib import Path
from typing import Any

from adaptive_spacy.transformer.packages import PACKAGE_PREFIX, PACKAGES

#: Seconds in which the hub has to answer
TIMEOUT = 5
CONFIG_FILE = "config.json"
#: Settings of `from_pretrained` that say where a name is looked for
PLACES = ("revision", "cache_dir")
#: Kinds of sources, as source.json notes them: bert-base-cased may be a name or a folder's
HUB, FOLDER, PACKAGE = "hub", "folder", "package"


def is_folder(name: str) -> bool:
    """RETURNS (bool): Whether a name means a folder on this machine, which may be missing."""
    return Path(name).exists() or is_path(name)


def is_path(name: str) -> bool:
    """RETURNS (bool): Whether a name is written as a path, and none that the hub could have."""
    if name.startswith((".", "/", "~")) or "\\" in name:
        return True
    # assets/ is the project's own folder, not somebody's name
    return name.startswith("assets/") or name.count("/") > 1


def find_kind(source: str) -> str:
    """RETURNS (str): What a source of `adaptive-spacy model` is: PACKAGE, FOLDER or HUB."""
    if source.startswith(PACKAGE_PREFIX) or (source in PACKAGES and not Path(source).exists()):
        return PACKAGE
    return FOLDER if is_folder(source) else HUB


def require_source(name: str, settings: dict[str, Any] | None = None) -> dict[str, Any]:
    """Check that there is a transformer of some name.

    name (str): A folder or a name of the hub.
    settings (dict | None): May hold the `revision` and the `cache_dir`.
    RETURNS (dict): What to pass to `from_pretrained` besides, see `require_reachable`.
    RAISES (ValueError): If there is no such folder, or the hub does not have it.
    """
    if not is_folder(name):
        return require_reachable(name, settings)
    if not Path(name).is_dir():
        # transformers takes a missing folder for a hub name, and says so at length
        raise ValueError(
            f"{name}: expected the folder of a transformer, but there is none; "
            "make it with `adaptive-spacy model SOURCE FOLDER`"
        )
    return {}


def require_reachable(name: str, settings: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask the hub for a name. transformers and huggingface_hub repeat a question that gets no
    answer for a minute, and say so in two hundred lines.

    name (str): A name of the hub.
    settings (dict | None): May hold the `revision` and the `cache_dir`.
    RETURNS (dict): What to pass to `from_pretrained` besides: nothing, or that it is to take what
        an earlier download left on this machine.
    RAISES (ValueError): If the hub does not have it, or cannot be had, and it is not here.
    """
    from huggingface_hub import try_to_load_from_cache

    if (settings or {}).get("local_files_only"):
        return {}
    reason = _ask(name)
    if reason is None:
        return {}
    places = {key: value for key, value in (settings or {}).items() if key in PLACES}
    try:
        cached = try_to_load_from_cache(name, CONFIG_FILE, **places)
    except ValueError:
        cached = None  # no name that the hub could have
    if isinstance(cached, str):
        return {"local_files_only": True}
    raise ValueError(
        f"{name} could not be had from the hub ({reason}). Check the name and the network, or "
        "give a folder (--vars.transformer path/to/folder) or "
        f"{PACKAGE_PREFIX}{next(iter(PACKAGES))}"
    )


def _ask(name: str) -> str | None:
    """RETURNS (str | None): Why the hub does not give it; None: it does."""
    from huggingface_hub import constants, hf_hub_url
    from huggingface_hub.utils import build_hf_headers, get_session

    if constants.HF_HUB_OFFLINE:
        return "HF_HUB_OFFLINE is set"
    try:
        url = hf_hub_url(name, CONFIG_FILE)
        answer = get_session().head(url, headers=build_hf_headers(), timeout=TIMEOUT)
    # the hub's and the connection's errors are OSError, that of a malformed name is ValueError
    except (OSError, ValueError) as error:
        return type(error).__name__
    return f"{answer.status_code} {answer.reason}" if answer.status_code >= 400 else None
