"""Wheels: built without a network, and put into a folder without replacing another's."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

from adaptive_spacy.files import replacing

#: Seconds since 1970 that builds write as the date of their files: the first that zip can hold.
#: The same pipeline gives the same bytes then.
EPOCH = "315532800"


def build_wheel(sources: Path, output: Path) -> Path:
    """Build a wheel with the tools of this environment, so that no network is needed.

    RETURNS (Path): The wheel.
    RAISES (ValueError): With the last line of the build, if it fails.
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
        lines = (done.stdout + done.stderr).strip().splitlines() or ["no output"]
        raise ValueError(f"building the wheel of {sources.name} failed: {lines[-1]}")
    return wheels[0]


def publish(wheels: Iterable[Path], output: Path) -> list[Path]:
    """Put wheels into a folder: all of them or, if one would replace another, none.

    RETURNS (list[Path]): Where they are.
    RAISES (ValueError): If a wheel of the same name holds something else. Installers know a wheel
        by name and version, so the two could not be told apart any more.
    """
    places = {wheel: output / wheel.name for wheel in wheels}
    for wheel, place in places.items():
        if place.exists() and read_contents(place) != read_contents(wheel):
            raise ValueError(
                f"{place} is there and holds something else: raise --version (--vars.version), "
                "give another --name (--vars.name) or folder, or remove it"
            )
    for wheel, place in places.items():
        with replacing(place) as aside:
            shutil.copy(wheel, aside)
    return list(places.values())


def read_contents(wheel: Path) -> dict[str, str]:
    """RETURNS (dict[str, str]): Checksum of each file in a wheel, whatever their dates; of what is
    no wheel, its own checksum."""
    try:
        with zipfile.ZipFile(wheel) as opened:
            return {name: _checksum(opened, name) for name in opened.namelist()}
    except zipfile.BadZipFile:
        return {"": hashlib.sha256(wheel.read_bytes()).hexdigest()}


def _checksum(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
