"""A copy of a pipeline that holds nothing of the machine that it was trained on.

Files come from the pipeline's own folder alone, and the paths of corpora and transformers, which
are read in training only, do not ship.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import srsly

from adaptive_spacy.config.checksums import CHECKSUMS, require_unchanged
from adaptive_spacy.config.loading import read_config
from adaptive_spacy.printable import called
from adaptive_spacy.transformer import hub
from adaptive_spacy.transformer.hub import is_folder
from adaptive_spacy.transformer.packages import PACKAGES
from adaptive_spacy.transformer.pretrained import SOURCE_FILE

#: Sections of a config whose functions read files, under the name `path`
READING = ("corpora", "initialize")


def copy_pipeline(pipeline: Path, target: Path, *, transformer: Path | None = None) -> Path:
    """Copy a pipeline without what is of this machine.

    pipeline (Path): A trained pipeline, which is not changed.
    target (Path): The copy, which must not exist.
    transformer (Path | None): Folder of the pretrained transformer, whose public name the copy
        states in the place of its path; None: the folder that the pipeline names.
    RETURNS (Path): The copy.
    RAISES (ValueError): If a link in the pipeline leads out of it, or a file is not what was
        written.
    """
    require_own_files(pipeline)
    require_unchanged(pipeline)
    # the copy's files are others
    shutil.copytree(pipeline, target, ignore=lambda folder, names: {CHECKSUMS} & {*names})
    names = list(transformer_names(read_config(pipeline / "config.cfg", interpolate=True)))
    known = {name: public_name(str(transformer or name)) for name in names if is_folder(name)}
    clean_config(target / "config.cfg", known)
    for model in target.glob("*/model"):
        clean_weights(model, known)
    return target


def require_own_files(pipeline: Path) -> None:
    """RAISES (ValueError): If a folder holds anything but files and folders of its own, or links to
    its own files."""
    root = pipeline.resolve()
    for folder, folders, files in os.walk(root):
        for path in (Path(folder, name) for name in (*folders, *files)):
            real = path.resolve()
            own = real.is_relative_to(root) and (real.is_file() or not path.is_symlink())
            if not own or not (real.is_file() or real.is_dir()):
                raise ValueError(
                    f"{pipeline / path.relative_to(root)}: expected a file or folder of the "
                    f"pipeline, found {f'a link to {real}' if path.is_symlink() else 'a device'}; "
                    "put a copy in its place"
                )


def transformer_names(config: dict[str, Any]) -> Iterator[str]:
    """YIELDS (str): What the transformers of a pipeline were loaded from."""
    for component in config["components"].values():
        name = component.get("model", {}).get("name")
        if isinstance(name, str):
            yield name


def public_name(source: str) -> str:
    """RETURNS (str): What others know a transformer by: its name on the hub where it is known, else
    that of a package, else the last part of its path."""
    origin, _ = find_origin(source)
    package = origin.rpartition(":")[2]
    if package in PACKAGES:
        return PACKAGES[package].name or package
    if hub_name(source) is not None:
        return origin
    return PureWindowsPath(called(Path(origin))).name


def hub_name(source: str) -> str | None:
    """RETURNS (str | None): A transformer's name on the hub; None: it has none that is known."""
    origin, noted = find_origin(source)
    package = origin.rpartition(":")[2]
    if package in PACKAGES:
        return PACKAGES[package].name or None
    # a name that was noted is the hub's, also where a folder of that name is here
    is_local = hub.is_path(origin) if noted else is_folder(origin)
    return None if is_local else origin


def find_origin(source: str) -> tuple[str, bool]:
    """RETURNS (tuple[str, bool]): What a transformer's folder was made from at first, as far as it
    is noted, and whether anything is."""
    seen: set[str] = set()
    while source not in seen and (noted := read_source(Path(source))) is not None:
        seen.add(source)
        source = noted
    return source, bool(seen)


def read_source(folder: Path) -> str | None:
    """RETURNS (str | None): Where a transformer's folder came from, as `adaptive-spacy model`
    noted; None: another has made the folder.
    RAISES (ValueError): If the note is damaged.
    """
    path = folder / SOURCE_FILE
    if not path.is_file():
        return None
    try:
        about = srsly.read_json(path)
    except ValueError:
        about = None
    source = about.get("source") if isinstance(about, dict) else None
    if not isinstance(source, str) or not source:
        raise ValueError(
            f"{path}: expected the source that `adaptive-spacy model` writes; make the folder anew"
        )
    return source


def clean_config(path: Path, known: dict[str, str]) -> None:
    """Empty the paths of a config, which only a training reads.

    path (Path): The config, which is written anew.
    known (dict[str, str]): Public names of transformers by their paths.
    """
    config = read_config(path)
    config["paths"] = dict.fromkeys(config.get("paths", {}))
    for section in config:
        config[section] = _clean(config[section], section, "", known)
    config.to_disk(path, interpolate=False)


def _clean(value: Any, section: str, key: str, known: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _clean(item, section, name, known) for name, item in value.items()}
    if isinstance(value, list):
        return [_clean(item, section, key, known) for item in value]
    if not isinstance(value, str) or value.startswith("${"):
        return value
    if value in known:
        return known[value]
    if section in READING and key == "path":
        return None
    if is_path(value):
        # arguments of components are needed to load them; what they name is gone all the same
        return PureWindowsPath(value).name if section == "components" else None
    return value


def clean_weights(path: Path, known: dict[str, str]) -> None:
    """Replace what a transformer remembers, beside its weights, of where it was loaded from.

    path (Path): The file of a component's model. Those without a transformer stay as they are.
    known (dict[str, str]): Public names of transformers by their paths.
    """
    # our own files hold no more than the last part of a path
    public = {**{PureWindowsPath(one).name: name for one, name in known.items()}, **known}

    def rename(name: Any) -> Any:
        if not isinstance(name, str) or not name:
            return name
        return public.get(name) or (public_name(name) if is_folder(name) else name)

    data = path.read_bytes()
    # an attribute of spacy-transformers' models and of ours
    if b"has_transformer" not in data:
        return
    # thinc packs a model's nodes, and in it each attribute and shim for itself
    message = srsly.msgpack_loads(data)
    for attributes in message["attrs"]:
        if "name" in attributes:
            name = rename(srsly.msgpack_loads(attributes["name"]))
            attributes["name"] = srsly.msgpack_dumps(name)
    for shims in message["shims"]:
        for i, packed in enumerate(shims):
            shim = srsly.msgpack_loads(packed)
            if "_name_or_path" in (shim.get("config") or {}):
                shim["config"]["_name_or_path"] = rename(shim["config"]["_name_or_path"])
                shims[i] = srsly.msgpack_dumps(shim)
    path.write_bytes(srsly.msgpack_dumps(message))


def is_path(text: str) -> bool:
    """RETURNS (bool): Whether a text is an absolute path; "/" and "/x" may be anything."""
    pure = PureWindowsPath(text) if PureWindowsPath(text).drive else PurePosixPath(text)
    return pure.is_absolute() and "\n" not in text and (len(pure.parts) > 2 or len(text) > 250)


def clean_meta(meta: dict[str, Any], pipeline: Path) -> dict[str, Any]:
    """RETURNS (dict): A meta.json in which paths of this machine are their last parts; labels are
    as they were."""
    folders = {pipeline.resolve().parent, Path.cwd(), Path.home(), Path(tempfile.gettempdir())}
    longest = sorted((str(one) for one in folders if len(one.parts) > 1), key=len, reverse=True)
    places = re.compile(rf"(?:{'|'.join(map(re.escape, longest))})(?![\w.-])[^\s\"',;()]*")
    return {
        key: value if key == "labels" else _shorten(value, places) for key, value in meta.items()
    }


def _shorten(value: Any, places: re.Pattern[str]) -> Any:
    if isinstance(value, dict):
        return {key: _shorten(item, places) for key, item in value.items()}
    if isinstance(value, list):
        return [_shorten(item, places) for item in value]
    if not isinstance(value, str):
        return value
    if is_path(value):
        return PureWindowsPath(value).name
    return places.sub(lambda found: PureWindowsPath(found[0]).name, value)
