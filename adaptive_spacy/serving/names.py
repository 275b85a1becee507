"""Names of packages and wheels: checked before anything is built of them.

Language, name and version become folders, a Python module and a distribution, so what stands in
a pipeline's meta.json is not believed.
"""

import re
from pathlib import Path
from typing import Any, NamedTuple

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

LANG = re.compile(r"[A-Za-z]+(_[A-Za-z]+)*")
NAME = re.compile(r"[A-Za-z0-9]+(_[A-Za-z0-9]+)*")


class PackageName(NamedTuple):
    """lang (str): Language code. name (str): Name without it. version (str): As PEP 440 writes it.

    `spacy.load` opens `full`; its wheel is LANG_NAME-VERSION-py3-none-any.whl, which
    some builders write in small letters.
    """

    lang: str
    name: str
    version: str

    @property
    def full(self) -> str:
        return f"{self.lang}_{self.name}"


def make_package_name(lang: Any, name: Any, version: Any) -> PackageName:
    """Check the parts of a name, and write them as wheels do.

    lang (Any): Language code of the pipeline.
    name (Any): Name; runs of -, _ and . become one _, and a language before it is dropped.
    version (Any): A version of PEP 440.
    RETURNS (PackageName): The name.
    RAISES (ValueError): If a part is no such thing.
    """
    if not isinstance(lang, str) or not LANG.fullmatch(lang):
        raise ValueError(f"lang in meta.json: expected a language code such as en, got {lang!r}")
    plain = _drop_lang(lang, str(name))
    if not NAME.fullmatch(plain):
        raise ValueError(
            f"--name: expected ASCII letters and digits, and - or _ between them, got {str(name)!r}"
        )
    return PackageName(lang, plain, str(_parse_version(version)))


def _drop_lang(lang: str, name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).removeprefix(f"{lang}_")


def _parse_version(version: Any) -> Version:
    try:
        return Version(str(version))
    except InvalidVersion:
        raise ValueError(
            f"--version: expected a version such as 1.2.0 (PEP 440), got {str(version)!r}"
        ) from None


def list_wheels(folder: Path) -> list[tuple[str, Version, Path]]:
    """RETURNS (list[tuple]): Distribution, version and file of each wheel in a folder, the newest
    of a distribution last; files that are not named as wheels are passed over."""
    found = []
    for path in sorted(folder.glob("*.whl")):
        try:
            name, version, _, _ = parse_wheel_filename(path.name)
        except (InvalidWheelFilename, InvalidVersion):
            continue
        found.append((str(name), version, path))
    return sorted(found, key=lambda wheel: wheel[:2])


def find_wheel(
    folder: Path, name: str | None, version: str | None = None, *, lang: str, beside: str
) -> Path:
    """Find a package's newest wheel. 0.10.0 is newer than 0.9.0, and than 0.10.0rc1.

    folder (Path): Folder of wheels.
    name (str | None): Package as `make_package_name` takes it, with its language or without, e.g.
        en_sample_ner or sample-ner; None: the only one in the folder.
    version (str | None): Version; None: the newest.
    lang (str): Language code of the pipeline.
    beside (str): A distribution that does not count as one: adaptive-spacy's own.
    RETURNS (Path): Its wheel.
    RAISES (ValueError): If there is none or, without a name, more than one.
    """
    wanted = None if version is None else _parse_version(version)
    wheels = [wheel for wheel in list_wheels(folder) if wheel[0] != canonicalize_name(beside)]
    # in small letters or not, as its builder writes it: each can be given as name
    named = {distribution: path.name.split("-")[0] for distribution, _, path in wheels}
    if name is None and len(named) != 1:
        raise ValueError(
            f"{folder}: expected the wheel of one pipeline, found "
            f"{', '.join(named.values()) or 'none'}; "
            f"{'add the name of one' if named else 'build one first'}"
        )
    full = next(iter(named.values())) if name is None else f"{lang}_{_drop_lang(lang, name)}"
    found = [
        path
        for distribution, one, path in wheels
        if distribution == canonicalize_name(full) and wanted in (None, one)
    ]
    if not found:
        there = ", ".join(f"{named[distribution]} {one}" for distribution, one, _ in wheels)
        raise ValueError(
            f"{folder}: expected a wheel of {full}{f' {wanted}' if wanted else ''}, found "
            f"{there or 'none'}; build it first"
        )
    return found[-1]
