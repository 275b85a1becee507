"""Snapshots of a training on the disk: a folder each, whole or not at all, with checksums.

What is not an array is JSON, the arrays are one file of safetensors; nothing is pickled. The one
before is kept until the next is complete, and read where the newest is damaged.
"""

import json
import re
import shutil
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy
import torch
from safetensors.torch import load_file, save_file

from adaptive_spacy.files import replacing, replacing_folder
from adaptive_spacy.hashing import hash_file
from adaptive_spacy.parsing import read_object, reading
from adaptive_spacy.training.resume.identity import is_same

STATE, ARRAYS, MANIFEST = "state.json", "arrays.safetensors", "manifest.json"
FINISHED = "finished.json"
#: Of a snapshot: its last update
NAME = re.compile(r"step-\d{9,}")
#: Folder of the snapshots in an output folder
RESUME = "resume"
#: Stands in the JSON for an array, with its name
ARRAY = "@array"
FORMAT = 2
#: The newest and the one before
KEPT = 2


class Snapshots:
    """The snapshots of one training.

    folder (Path): Holds them and nothing else; it need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, step: int, identity: dict[str, Any], state: dict[str, Any]) -> None:
        """Write one; all but it and the one before are removed then, such of later steps too, which
        are of an end that was damaged and is taken back.

        step (int): The last update.
        identity (dict): What the training is: it must be the same to go on.
        state (dict): Dicts, lists, texts, numbers and arrays at any depth.
        """
        arrays: dict[str, torch.Tensor] = {}
        text = json.dumps({"identity": identity, "state": _divide(state, "", arrays)})
        folder = self.folder / f"step-{step:09}"
        with replacing_folder(folder) as aside:
            (aside / STATE).write_text(text, encoding="utf8")
            save_file(_independent(arrays), aside / ARRAYS)
            (aside / MANIFEST).write_bytes(_describe(aside))
        others = [one for one in self.folders() if one != folder]
        before = [one for one in others if _step_of(one) < step]
        for old in set(others).difference(before[1 - KEPT :]):
            shutil.rmtree(old, ignore_errors=True)

    def read(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Read the newest that is whole.

        RETURNS (tuple | None): Identity and state; None: there is none.
        RAISES (ValueError): If all are damaged.
        """
        folders = self.folders()
        faults = []
        for folder in reversed(folders):
            try:
                found = _read(folder)
            except (ValueError, OSError) as error:
                faults.append(str(error))
                continue
            for fault in faults:
                warnings.warn(f"{fault}; the one before is used, {folder.name}", stacklevel=2)
            return found
        if faults:
            raise ValueError(
                f"{'; '.join(faults)}. No other snapshot is there: start the training anew, "
                "without --resume"
            )
        return None

    def read_same(self, identity: dict[str, Any]) -> dict[str, Any] | None:
        """Read the newest if it is of this very training, on such a machine; remove all others.

        RETURNS (dict | None): Its state; None: the training begins anew.
        """
        try:
            found = self.read()
        except ValueError:
            found = None
        if found is None or not is_same(found[0], identity):
            self.clear()
            return None
        return found[1]

    def finish(self, identity: dict[str, Any]) -> None:
        """The training is over: nothing is left to go on with."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with replacing(self.folder / FINISHED) as aside:
            aside.write_text(json.dumps(identity, indent=1), encoding="utf8")
        for folder in self.folders():
            shutil.rmtree(folder, ignore_errors=True)

    def finished(self) -> dict[str, Any] | None:
        """RETURNS (dict | None): The identity of the training that came to its end here."""
        path = self.folder / FINISHED
        return read_object(path, "the record of a training") if path.is_file() else None

    def clear(self) -> None:
        """Remove all of a former training, and nothing else that lies there."""
        (self.folder / FINISHED).unlink(missing_ok=True)
        for folder in self.folders():
            # what stays would pass for the new training's own
            shutil.rmtree(folder)
        with suppress(OSError):  # not there, or others' things are left
            self.folder.rmdir()

    def folders(self) -> list[Path]:
        """RETURNS (list[Path]): The snapshots, oldest first.
        RAISES (OSError): If nobody can say, as of a folder that may not be read."""
        if not self.folder.exists():
            return []
        # not `glob`, to which such a folder is empty
        found = self.folder.iterdir()
        return sorted(
            (one for one in found if NAME.fullmatch(one.name) and one.is_dir()), key=_step_of
        )


def _step_of(snapshot: Path) -> int:
    return int(snapshot.name.removeprefix("step-"))


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    if (other := _format_of(folder / MANIFEST)) != FORMAT:
        raise ValueError(
            f"{folder}: expected a snapshot of format {FORMAT}, found {other}, which another "
            "version of adaptive-spacy wrote and can go on with"
        )
    missing = [name for name in (MANIFEST, STATE, ARRAYS) if not (folder / name).is_file()]
    if missing:
        raise ValueError(f"{folder}: expected a whole snapshot, {missing[0]} is missing")
    if (folder / MANIFEST).read_bytes() != _describe(folder):
        raise ValueError(
            f"{folder}: expected a whole snapshot of format {FORMAT}; it is damaged or cut off, as "
            f"the checksums in {MANIFEST} tell"
        )
    found = read_object(folder / STATE, "the state of a training")
    with reading(folder / ARRAYS, "arrays in a file of safetensors"):
        arrays = load_file(folder / ARRAYS)
    return found["identity"], _join(found["state"], arrays)


def _format_of(manifest: Path) -> int:
    """RETURNS (int): The format that a manifest states; ours where it says nothing."""
    if not manifest.is_file():
        return FORMAT
    found = re.search(rb'"format": (\d{1,9})\b', manifest.read_bytes())
    return int(found[1]) if found else FORMAT


def _divide(value: Any, place: str, arrays: dict[str, torch.Tensor]) -> Any:
    """RETURNS (Any): The value for JSON, its arrays put into a table."""
    if isinstance(value, dict):
        return {str(key): _divide(one, f"{place}/{key}", arrays) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_divide(one, f"{place}/{i}", arrays) for i, one in enumerate(value)]
    if isinstance(value, numpy.generic):
        return value.item()
    if hasattr(value, "get") and hasattr(value, "device"):
        # an array of CuPy
        value = value.get()
    if isinstance(value, numpy.ndarray):
        value = torch.from_numpy(numpy.require(value, requirements="W"))
    if isinstance(value, torch.Tensor):
        arrays[place] = value.detach().cpu().contiguous()
        return {ARRAY: place}
    return value


def _join(value: Any, arrays: dict[str, torch.Tensor]) -> Any:
    if isinstance(value, dict):
        if value.keys() == {ARRAY}:
            return arrays[value[ARRAY]]
        return {key: _join(one, arrays) for key, one in value.items()}
    return [_join(one, arrays) for one in value] if isinstance(value, list) else value


def _independent(arrays: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Weights that are tied share their memory, which a file of safetensors does not take."""
    seen: set[int] = set()
    found = {}
    for name, one in arrays.items():
        storage = one.untyped_storage().data_ptr()
        found[name] = one.clone() if storage in seen and one.numel() else one
        seen.add(storage)
    return found


def _describe(folder: Path) -> bytes:
    """RETURNS (bytes): The manifest of what is in a folder."""
    files = {name: hash_file(folder / name) for name in (STATE, ARRAYS)}
    return json.dumps({"format": FORMAT, "sha256": files}, indent=1).encode()
