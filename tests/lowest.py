"""The oldest versions that setup.cfg allows, as constraints for pip:

    python -m tests.lowest > lowest.txt
    pip install -c lowest.txt -e ".[test]"

`.ci/lowest` does it in a fresh environment and runs the tests there.
"""

import re
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

#: Nothing is installed yet when this runs
ROOT = Path(__file__).parents[1]
#: A name, extras, and the version that a requirement begins at or is pinned to
REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(\[.*\])?\s*(>=|==)(?P<version>[\w.]+)")


def read_requirements(path: Path = ROOT / "setup.cfg") -> Iterator[str]:
    """YIELDS (str): Each requirement of the package and its extras, as it stands there."""
    parser = ConfigParser()
    parser.read(path, encoding="utf8")
    blocks = [parser["options"]["install_requires"], *parser["options.extras_require"].values()]
    for block in blocks:
        yield from (line for line in block.split("\n") if line and not line.startswith("#"))


def read_lowest(path: Path = ROOT / "setup.cfg") -> dict[str, str]:
    """Read the oldest version of each requirement.

    path (Path): setup.cfg.
    RETURNS (dict): Versions by name.
    RAISES (ValueError): If a requirement states none, or a package has two.
    """
    lowest: dict[str, str] = {}
    for line in read_requirements(path):
        if (found := REQUIREMENT.match(line)) is None:
            raise ValueError(f"{path}: expected the oldest version (NAME>=VERSION), got {line!r}")
        version = lowest.setdefault(found["name"], found["version"])
        if version != found["version"]:
            raise ValueError(f"{path}: {found['name']} begins at {version} and {found['version']}")
    return lowest


if __name__ == "__main__":
    for name, version in read_lowest().items():
        print(f"{name}=={version}")
