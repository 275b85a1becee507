"""A trained pipeline as a wheel, beside adaptive-spacy's own.

spaCy's `package` makes the sources; the pipeline's own meta.json wins when a package is loaded, so
scores and licences are written into that of a copy.
"""

import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import srsly
from spacy.cli.package import generate_readme
from spacy.cli.package import package as make_sources
from spacy.util import load_config

import adaptive_spacy
from adaptive_spacy.data.datasets import Recipe
from adaptive_spacy.files import replacing
from adaptive_spacy.parsing import read_object
from adaptive_spacy.serving.precision import PrecisionCost, set_precision
from adaptive_spacy.transformer.pretrained import SOURCE_FILE, read_licence

OWN = "adaptive-spacy"
OWN_SOURCES = ("adaptive_spacy", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")

USAGE = """
## Use

```python
import spacy

nlp = spacy.load("{package}")
for ent in nlp("...").ents:
    print(ent.text, ent.label_{confidence})
```
"""


def package(
    pipeline: Path,
    output: Path,
    *,
    name: str,
    version: str,
    metrics: Path | None = None,
    transformer: Path | None = None,
    dataset: Recipe | None = None,
    cost: PrecisionCost | None = None,
) -> list[Path]:
    """Build the wheels.

    pipeline (Path): A trained pipeline, e.g. model-last.
    output (Path): Folder of the wheels; wheels of the same name and version are replaced.
    name (str): Name of the package without its language, e.g. "adaptive_ner".
    version (str): Version of the package.
    metrics (Path | None): What `evaluate` wrote; its scores are stated.
    transformer (Path | None): Folder of the pretrained transformer; its licence is stated.
    dataset (Recipe | None): Of the data set, whose source and licence are stated.
    cost (PrecisionCost | None): The packaged pipeline computes in its precision, and states what
        that costs; its scores are those in that precision.
    RETURNS (list[Path]): The pipeline's wheel, and adaptive-spacy's if the pipeline needs it.
    RAISES (ValueError): If something is missing.
    """
    if not (pipeline / "meta.json").is_file() or not (pipeline / "config.cfg").is_file():
        raise ValueError(
            f"{pipeline}: expected a trained pipeline (meta.json and config.cfg); train one first"
        )
    if find_spec("build") is None:
        raise ValueError('package needs the build package: pip install "adaptive-spacy[demo]"')
    meta = read_object(pipeline / "meta.json", "a pipeline's meta data")
    meta.update(describe(meta, name, version, metrics, transformer, dataset))
    with tempfile.TemporaryDirectory() as folder:
        aside = Path(folder)
        copy = Path(shutil.copytree(pipeline, aside / "pipeline"))
        if cost is not None:
            set_precision(copy, cost.precision)
            meta.update(performance=cost.after["spacy"], precision=cost.describe())
        srsly.write_json(copy / "meta.json", meta)
        needs_own = requires_own(pipeline)
        full = f"{meta['lang']}_{name}"
        confidence = ", ent._.confidence" if needs_own else ""
        usage = USAGE.format(package=full, confidence=confidence)
        (copy / "README.md").write_text(generate_readme(meta) + usage, encoding="utf8")
        (aside / "sources").mkdir()
        make_sources(
            copy,
            aside / "sources",
            create_sdist=False,
            name=name,
            version=version,
            require_parent=True,
            silent=True,
        )
        sources = aside / "sources" / f"{full}-{version}"
        wheels = [build_wheel(sources, aside / "wheels")]
        if needs_own:
            wheels.append(build_wheel(copy_own_sources(aside / "own"), aside / "own-wheel"))
        return [publish(wheel, output) for wheel in wheels]


def describe(
    meta: dict[str, Any],
    name: str,
    version: str,
    metrics: Path | None,
    transformer: Path | None,
    dataset: Recipe | None,
) -> dict[str, Any]:
    """RETURNS (dict): The entries of meta.json that say what the package is and where from."""
    about: dict[str, Any] = {
        "name": name,
        "version": version,
        "description": f"Named entities: {', '.join(sorted(_labels(meta)))}. Fine-tuned with "
        f"{OWN} {adaptive_spacy.__version__}.",
    }
    if metrics is not None:
        if not metrics.is_file():
            raise ValueError(f"{metrics}: expected the scores that `evaluate` writes")
        scores = read_object(metrics, "the scores that `evaluate` writes").get("spacy")
        if not isinstance(scores, dict):
            raise ValueError(f"{metrics}: expected the scores that `evaluate` writes")
        about["performance"] = scores
    sources, licences = [], []
    if dataset is not None:
        licence = dataset.licence or "unknown"
        sources.append(describe_source(dataset.name, dataset.source or "", licence))
        licences.append(f"{licence} (data)")
    if transformer is not None:
        licence = read_licence(transformer) or "unknown"
        noted = transformer / SOURCE_FILE
        source = read_object(noted).get("source") if noted.is_file() else None
        source = source if isinstance(source, str) else transformer.name
        sources.append(describe_source(source, source, licence))
        licences.append(f"{licence} (transformer)")
    if sources:
        about.update(sources=sources, license=", ".join(licences))
    return about


def describe_source(name: str, place: str, licence: str) -> dict[str, str]:
    """RETURNS (dict): An entry of `sources`; a place that is no address stays out of the link that
    spaCy makes of it."""
    url = place if place.startswith(("http://", "https://")) else ""
    return {"name": name, "url": url, "license": licence}


def requires_own(pipeline: Path) -> bool:
    """RETURNS (bool): Whether a component of the pipeline comes from adaptive-spacy. spaCy scans
    the same two sections for requirements; the training's functions are not needed to load."""
    config = load_config(pipeline / "config.cfg")
    text = str({key: config[key] for key in ("nlp", "components")})
    return "adaptive_spacy." in text or "'transformer_ner'" in text


def build_wheel(sources: Path, output: Path) -> Path:
    """Build a wheel with the tools of this environment, so that no network is needed.

    RETURNS (Path): The wheel.
    RAISES (ValueError): With the last line of the build, if it fails.
    """
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(output)]
    done = subprocess.run([*command, str(sources)], capture_output=True, text=True, check=False)
    wheels = sorted(output.glob("*.whl"))
    if done.returncode or not wheels:
        lines = (done.stdout + done.stderr).strip().splitlines() or ["no output"]
        raise ValueError(f"building the wheel of {sources.name} failed: {lines[-1]}")
    return wheels[0]


def copy_own_sources(folder: Path) -> Path:
    """Copy the sources of adaptive-spacy, so that building does not litter them.

    RAISES (ValueError): If adaptive-spacy runs from an installed wheel, which has no sources.
    """
    root = Path(adaptive_spacy.__file__).parents[1]
    if not (root / "setup.cfg").is_file():
        raise ValueError(
            f"the pipeline needs {OWN}, whose wheel is built from its sources: install it as "
            '`pip install -e ".[demo]"` from a checkout'
        )
    folder.mkdir()
    for name in OWN_SOURCES:
        path = root / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif path.is_file():
            shutil.copy(path, folder)
    return folder


def publish(wheel: Path, output: Path) -> Path:
    """Move a wheel into a folder, in one step. RETURNS (Path): Where it is."""
    with replacing(output / wheel.name) as aside:
        shutil.copy(wheel, aside)
    return output / wheel.name


def _labels(meta: dict[str, Any]) -> set[str]:
    return {label for labels in meta.get("labels", {}).values() for label in labels}
