"""What setup.cfg asks for: the oldest versions, and all that the package imports."""

import ast
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest
import srsly
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT
from tests.lowest import read_lowest, read_requirements

#: What extras bring, imported where it is needed
OPTIONAL = {"matplotlib", "mlflow-skinny", "pyarrow", "ray", "wandb"}
#: Packages that are imported by another name
IMPORTED_AS = {"mlflow": "mlflow-skinny"}


def imported(folder: Path) -> Iterator[str]:
    """YIELDS (str): Packages that Python files import, as setup.cfg would name them."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            tops = (name.split(".")[0] for name in names)
            yield from (canonicalize_name(IMPORTED_AS.get(top, top)) for top in tops)


def test_lowest_version_is_the_oldest_that_a_requirement_allows() -> None:
    lowest = read_lowest()
    for line in read_requirements():
        wanted = Requirement(line)
        version = lowest[wanted.name]
        assert wanted.specifier.contains(version), line
        # what begins at a version allows nothing right before it
        assert not wanted.specifier.contains(f"{version}.dev0", prereleases=True), line


def test_lowest_versions_of_the_package_are_all_stated() -> None:
    lowest = read_lowest()
    assert lowest["torch"] == "2.6"
    assert {"spacy", "thinc", "transformers", "numpy", "pytest"} <= lowest.keys()


@pytest.mark.parametrize(
    ("requirements", "message"),
    [
        ("numpy", "expected the oldest version"),
        ("numpy<3", "expected the oldest version"),
        ("numpy>=2.0\n    numpy>=2.1", "numpy begins at 2.0 and 2.1"),
    ],
)
def test_lowest_refuses_a_requirement_without_one_oldest_version(
    tmp_path: Path, requirements: str, message: str
) -> None:
    path = tmp_path / "setup.cfg"
    text = f"[options]\ninstall_requires =\n    {requirements}\n[options.extras_require]\n"
    path.write_text(text, encoding="utf8")
    with pytest.raises(ValueError, match=message):
        read_lowest(path)


def test_setup_names_every_package_that_ours_imports() -> None:
    own = {*map(canonicalize_name, sys.stdlib_module_names), "adaptive-spacy", "-main-"}
    foreign = set(imported(ROOT / "adaptive_spacy")) - own
    parser = ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf8")
    always = parser["options"]["install_requires"].strip().split("\n")
    named = {canonicalize_name(Requirement(one).name) for one in always if not one.startswith("#")}
    assert foreign - named == OPTIONAL
    assert {canonicalize_name(name) for name in read_lowest()} >= OPTIONAL


def test_workflow_runs_the_lowest_versions() -> None:
    jobs = srsly.read_yaml(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]
    assert {"run": ".ci/lowest"} in jobs["lowest"]["steps"]
    script = (ROOT / ".ci" / "lowest").read_text(encoding="utf8")
    assert "python -m tests.lowest" in script
    assert ".ci/lowest" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf8")
