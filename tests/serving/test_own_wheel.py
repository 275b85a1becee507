"""adaptive-spacy's own wheel, made of an installation as of a checkout."""

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from importlib.metadata import Distribution
from pathlib import Path

import pytest
import spacy

import adaptive_spacy
from adaptive_spacy.serving.own_wheel import (
    OWN,
    build_own_wheel,
    copy_sources,
    find_installed,
    pack_installed,
)
from adaptive_spacy.serving.wheels import publish, read_contents
from tests.conftest import ROOT
from tests.ner.pipelines import found

PIP = ["-m", "pip", "install", "-q", "--no-deps", "--no-index"]
TEXT = "Ada lives in Paris ."


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of this checkout."""
    return build_own_wheel(tmp_path_factory.mktemp("own") / "wheel")


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory) -> Path:
    """Where that wheel is installed; with what an installer and Python add."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, *PIP, "--compile", "--target", str(folder), str(wheel)]
    subprocess.run(command, check=True)
    (info,) = folder.glob("*.dist-info")
    assert {"INSTALLER", "REQUESTED", "direct_url.json"} <= set(os.listdir(info))
    assert "__pycache__" in (info / "RECORD").read_text()
    return folder


def find(site: Path) -> Distribution:
    installed = find_installed(site / "adaptive_spacy")
    assert installed is not None
    return installed


def test_wheel_of_an_installation_is_the_one_that_was_installed(
    wheel: Path, site: Path, monkeypatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(site)
    monkeypatch.setattr(adaptive_spacy, "__file__", str(site / "adaptive_spacy" / "__init__.py"))
    made = build_own_wheel(tmp_path / "one")
    assert made.name == wheel.name
    assert read_contents(made) == read_contents(wheel)
    again = build_own_wheel(tmp_path / "other")
    assert again.read_bytes() == made.read_bytes(), "the same bytes every time"
    # one does not stand in the other's way
    publish([wheel], tmp_path / "packages", beside=OWN)
    publish([made], tmp_path / "packages", beside=OWN)
    assert os.listdir(tmp_path / "packages") == [wheel.name]


def test_wheel_holds_what_runs(site: Path, monkeypatch, tmp_path: Path) -> None:
    changed = Path(shutil.copytree(site, tmp_path / "site"))
    (changed / "adaptive_spacy" / "py.typed").write_text("changed")
    monkeypatch.syspath_prepend(changed)
    made = pack_installed(find(changed), changed, tmp_path)
    target = tmp_path / "again"
    # pip compares every file with RECORD
    subprocess.run([sys.executable, *PIP, "--target", str(target), str(made)], check=True)
    assert (target / "adaptive_spacy" / "py.typed").read_text() == "changed"


def test_installation_is_the_one_that_runs(site: Path, monkeypatch, tmp_path: Path) -> None:
    other = Path(shutil.copytree(site, tmp_path / "other"))
    for folder in (site, other):
        monkeypatch.syspath_prepend(folder)
    # the first on the path is another's
    assert Path(str(find(site).locate_file(""))) == site
    assert Path(str(find(other).locate_file(""))) == other
    assert find_installed(tmp_path / "adaptive_spacy") is None


def test_installation_that_lacks_files_is_refused(site: Path, monkeypatch, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(site, tmp_path / "site"))
    monkeypatch.syspath_prepend(broken)
    shutil.rmtree(broken / "adaptive_spacy" / "report")
    with pytest.raises(ValueError, match=r"adaptive_spacy/report/__init__.py of .* with \d+ other"):
        pack_installed(find(broken), broken, tmp_path)
    assert not list(tmp_path.glob("*.whl"))


def test_neither_checkout_nor_installation_is_refused(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(adaptive_spacy, "__file__", str(tmp_path / "adaptive_spacy/__init__.py"))
    with pytest.raises(ValueError, match="part of neither a checkout nor an installed wheel"):
        build_own_wheel(tmp_path / "own")


class Environment:
    """A fresh environment: our distribution and pipelines are its own, what they need is this
    one's. No network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scripts = folder / "bin"
        # without pip, which takes seconds to be installed: this environment's does it
        venv.create(folder)
        (packages,) = (folder / "lib").glob("python*/site-packages")
        others = [path for path in sys.path if Path(path).name == "site-packages"]
        (packages / "others.pth").write_text("\n".join(others))

    def run(self, command: Sequence[str | Path], cwd: Path) -> str:
        variables = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
        done = subprocess.run(
            [self.scripts / command[0], *command[1:]],
            capture_output=True,
            text=True,
            cwd=cwd,
            env={**variables, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def install(self, *packages: Path) -> None:
        into = ["--python", self.scripts / "python"]
        # this environment's own copy of the same version does not count
        options = ["--ignore-installed", "--no-build-isolation"]
        command = [sys.executable, "-m", "pip", *into, *PIP[2:], *options, *packages]
        subprocess.run(command, check=True, cwd=self.folder)


LOAD = """
import json, sys, spacy, adaptive_spacy
ents = spacy.load("xx_tiny")(sys.argv[1]).ents
found = [(ent.text, ent.label_, ent._.confidence) for ent in ents]
print(json.dumps([adaptive_spacy.__file__, found]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_installed_distribution_packages_a_pipeline(
    kind: str, trained: Path, tmp_path: Path
) -> None:
    sources = copy_sources(ROOT, tmp_path / "sources")
    shutil.copy(ROOT / "MANIFEST.in", sources)
    build = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "-o", tmp_path / "dist"]
    subprocess.run([*build, sources], check=True, capture_output=True)
    shutil.rmtree(sources)
    maker = Environment(tmp_path / "maker")
    maker.install(*(tmp_path / "dist").iterdir())
    command = ["adaptive-spacy", "package", trained, tmp_path / "packages", "--name", "tiny"]
    maker.run(command, tmp_path)
    user = Environment(tmp_path / "user")
    user.install(*(tmp_path / "packages").iterdir())
    place, entities = json.loads(user.run(["python", "-c", LOAD, TEXT], tmp_path))
    assert Path(place).is_relative_to(user.folder)
    doc = spacy.load(trained)(TEXT)
    assert [tuple(entity[:2]) for entity in entities] == found(doc) != []
    assert [entity[2] for entity in entities] == [ent._.confidence for ent in doc.ents]
