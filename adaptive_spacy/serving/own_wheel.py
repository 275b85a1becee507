"""adaptive-spacy's own wheel: from the sources of a checkout, or from the files of an installation.

What runs is what is packed, changes in it included.
"""

import csv
import shutil
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath

import adaptive_spacy
from adaptive_spacy.serving.wheels import build_wheel, write_wheel

OWN = "adaptive-spacy"
SOURCES = ("adaptive_spacy", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
#: Of an installation's .dist-info, what came with the wheel. Installers add files of their own,
#: e.g. direct_url.json with a path of this machine.
METADATA = ("METADATA", "WHEEL", "entry_points.txt", "top_level.txt", "licenses", "LICENSE")


def build_own_wheel(folder: Path) -> Path:
    """Build the wheel of the adaptive-spacy that runs.

    folder (Path): Where it is built; not there yet.
    RETURNS (Path): The wheel.
    RAISES (ValueError): If it runs neither from a checkout nor from an installed wheel, or files
        of either are missing.
    """
    folder.mkdir()
    package = Path(adaptive_spacy.__file__).parent
    if (package.parent / "setup.cfg").is_file():
        return build_wheel(copy_sources(package.parent, folder / "sources"), folder / "wheel")
    installed = find_installed(package)
    if installed is None:
        raise ValueError(
            f"the pipeline needs {OWN}, whose wheel is made of what runs: {package} is part of "
            f"neither a checkout nor an installed wheel; `pip install {OWN}` as one"
        )
    return pack_installed(installed, package.parent, folder)


def copy_sources(root: Path, folder: Path) -> Path:
    """RETURNS (Path): A copy of a checkout's sources, so that building does not litter them."""
    folder.mkdir()
    for name in SOURCES:
        path = root / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif path.is_file():
            shutil.copy(path, folder)
    return folder


def find_installed(package: Path) -> Distribution | None:
    """RETURNS (Distribution | None): The installation that a package on disk is part of. There may
    be others, of other versions, further on the path."""
    start = (package / "__init__.py").resolve()
    for found in distributions(name=OWN):
        # without a WHEEL it was not installed from one, and does not say what it is for
        if found.read_text("WHEEL") is not None and start in list_files(found).values():
            return found
    return None


def pack_installed(installed: Distribution, root: Path, folder: Path) -> Path:
    """Make a wheel of an installation again.

    installed (Distribution): The installation.
    root (Path): Where its package lies, e.g. site-packages.
    folder (Path): Where the wheel goes.
    RETURNS (Path): The wheel.
    RAISES (ValueError): If the installation lacks files.
    """
    stem = f"{OWN.replace('-', '_')}-{installed.version}"
    contents: dict[str, Path] = {}
    for file, path in list_files(installed).items():
        # scripts lie beside site-packages, and installers write them from entry_points.txt
        part, *rest = PurePosixPath(file).parts
        belongs = part == "adaptive_spacy" and "__pycache__" not in rest
        stated = part.endswith(".dist-info") and rest[:1] and rest[0] in METADATA
        if belongs or stated:
            name = "/".join((f"{stem}.dist-info" if stated else part, *rest))
            contents[name] = path
    missing = sorted(name for name, path in contents.items() if not path.is_file())
    if missing:
        raise ValueError(
            f"{root}: {missing[0]} of the installed {OWN} is missing"
            f"{f', with {len(missing) - 1} other files' if missing[1:] else ''}: install it again "
            f"(pip install --force-reinstall --no-deps {OWN})"
        )
    return write_wheel(folder / f"{stem}-py3-none-any.whl", contents)


def list_files(installed: Distribution) -> dict[str, Path]:
    """List what an installation's RECORD names; `Distribution.files` leaves out what is missing,
    from Python 3.12 on.

    RETURNS (dict[str, Path]): Where each lies, whatever links lead there.
    """
    rows = csv.reader((installed.read_text("RECORD") or "").splitlines())
    return {row[0]: Path(str(installed.locate_file(row[0]))).resolve() for row in rows if row}
