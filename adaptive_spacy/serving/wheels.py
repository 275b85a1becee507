"""Wheels: built without a network, and put into a folder without replacing another's."""

import base64
import csv
import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

from adaptive_spacy.files import replacing
from adaptive_spacy.hashing import hash_file

#: Seconds since 1970 that builds write as the date of their files: the first that zip can hold.
#: The same pipeline gives the same bytes then.
EPOCH = "315532800"
#: The same for zipfile: year to second
DATE = (1980, 1, 1, 0, 0, 0)
#: What builds a wheel, with its oldest version: those of the extra `demo`
BUILDERS = {"build": "1.1.1", "setuptools": "70.1"}
RECORD = ".dist-info/RECORD"
TOP_LEVEL = ".dist-info/top_level.txt"
#: What to do about a wheel of the same name
OTHER = (
    "something else: raise --version (in the project --vars.version; 1.10 as '\"1.10\"', or it is "
    "1.1), give another --name or folder, or remove it"
)
OTHER_OWN = (
    "another state of that version, which no --name or --version changes: give another folder, or "
    "remove it"
)


def require_builders() -> None:
    """RAISES (ValueError): If what builds a wheel is missing or too old, e.g. the setuptools that
    Python 3.11 puts into a new environment."""
    for name, lowest in BUILDERS.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            found = None
        if found is None or Version(found) < Version(lowest):
            raise ValueError(
                f"package needs {name} {lowest} or newer, found {found or 'none'}: "
                'pip install "adaptive-spacy[demo]"'
            )


def build_wheel(sources: Path, output: Path) -> Path:
    """Build a wheel with the tools of this environment, so that no network is needed.

    RETURNS (Path): The wheel.
    RAISES (ValueError): With what the build says of it, if it fails.
    """
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(output)]
    done = subprocess.run(
        [*command, str(sources)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH},
    )
    wheels = sorted(output.glob("*.whl"))
    if done.returncode or not wheels:
        reason = find_reason(done.stdout, done.stderr)
        raise ValueError(f"building the wheel of {sources.name} failed: {reason}")
    return wheels[0]


def find_reason(stdout: str, stderr: str) -> str:
    """RETURNS (str): Why a build failed, in one line: what `build` calls its error, or else the
    last line, where an exception stands."""
    lines = [line.strip() for line in (stdout + "\n" + stderr).splitlines() if line.strip()]
    told = [i for i, line in enumerate(lines) if line.startswith("ERROR")]
    if not told:
        return lines[-1] if lines else "no output"
    # what is missing stands in the line below
    return " ".join(lines[told[-1] : told[-1] + 2]).removeprefix("ERROR ")


def write_wheel(path: Path, contents: Mapping[str, Path]) -> Path:
    """Write a wheel of files that are as they shall be.

    path (Path): The wheel.
    contents (Mapping): Files by their names in it: the package's and those of its .dist-info,
        without RECORD, which is made.
    RETURNS (Path): The wheel.
    """
    stem = "-".join(path.name.split("-")[:2])
    record = io.StringIO()
    rows = csv.writer(record, lineterminator="\n")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        # as PEP 427 wishes, what is said of the package stands behind it
        for name in sorted(contents, key=lambda name: (".dist-info/" in name, name)):
            data = contents[name].read_bytes()
            checksum = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            rows.writerow([name, f"sha256={checksum}", len(data)])
            wheel.writestr(_entry(name), data)
        name = f"{stem}{RECORD}"
        rows.writerow([name, "", ""])
        wheel.writestr(_entry(name), record.getvalue())
    return path


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o100644 << 16
    return entry


def publish(wheels: Iterable[Path], output: Path, *, beside: str) -> list[Path]:
    """Put wheels into a folder: all of them or, if one would replace another, none.

    Nothing is in its place before all were copied into the folder, and none comes without what it
    needs: adaptive-spacy's own is the first. Of two processes that make a wheel of the same name at
    once, the second is told so, where the file system has links.

    wheels (Iterable[Path]): The wheels.
    output (Path): The folder.
    beside (str): The distribution whose name and version are not those of the pipeline:
        adaptive-spacy's own.
    RETURNS (list[Path]): Where they are.
    RAISES (ValueError): If a wheel of the same name holds something else. Installers know a wheel
        by name and version, so the two could not be told apart any more.
    """
    places = {wheel: output / wheel.name for wheel in wheels}
    for wheel, place in places.items():
        _require_same(wheel, place, beside)
    asides: dict[Path, Path] = {}
    with ExitStack() as stack:
        # as the stack ends with the last one, that is the first to be moved
        for wheel, place in sorted(places.items(), key=lambda item: _is_own(item[0], beside)):
            aside = stack.enter_context(replacing(place))
            shutil.copy(wheel, aside)
            asides[wheel] = aside
        for wheel, aside in reversed(asides.items()):
            _claim(wheel, aside, places[wheel], beside)
    return list(places.values())


def _is_own(wheel: Path, beside: str) -> bool:
    return parse_wheel_filename(wheel.name)[0] == canonicalize_name(beside)


def _require_same(wheel: Path, place: Path, beside: str) -> None:
    """RAISES (ValueError): If a file is there that holds something else than the wheel."""
    if place.exists() and read_contents(place) != read_contents(wheel):
        other = OTHER_OWN if _is_own(wheel, beside) else OTHER
        raise ValueError(f"{place} is there and holds {other}")


def _claim(wheel: Path, aside: Path, place: Path, beside: str) -> None:
    """Give a wheel its name, unless that is taken: a move would replace what appeared there since
    it was looked at. RAISES (ValueError): If that holds something else."""
    try:
        os.link(aside, place)
    except FileExistsError:
        _require_same(wheel, place, beside)
    except OSError:
        # of a file system without links: it is moved
        return


def read_import_name(wheel: Path) -> str:
    """RETURNS (str): What Python imports of a wheel: en_MyNER of one that its builder named
    en_myner-1.0-py3-none-any.whl. RAISES (ValueError): If it does not hold one package."""
    try:
        with zipfile.ZipFile(wheel) as opened:
            (place,) = (name for name in opened.namelist() if name.endswith(TOP_LEVEL))
            (name,) = opened.read(place).decode("utf8").split()
    except (zipfile.BadZipFile, ValueError):
        raise ValueError(
            f"{wheel}: expected a wheel of one package, which {TOP_LEVEL[1:]} in it names; build "
            "it anew with `adaptive-spacy package`"
        ) from None
    return name


def read_contents(wheel: Path) -> dict[str, str]:
    """RETURNS (dict[str, str]): Checksum of each file in a wheel, whatever their dates and order,
    so without RECORD, which lists them; of what is no wheel, its own checksum."""
    try:
        with zipfile.ZipFile(wheel) as opened:
            names = [name for name in opened.namelist() if not name.endswith(RECORD)]
            return {name: _checksum(opened, name) for name in names}
    except zipfile.BadZipFile:
        return {"": hash_file(wheel)}


def _checksum(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
