"""A trained pipeline as a wheel, beside adaptive-spacy's own.

spaCy's `package` makes the sources; the pipeline's own meta.json wins when a package is loaded, so
scores and licences are written into that of a copy.
"""

import json
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from spacy.cli.package import package as make_sources

import adaptive_spacy
from adaptive_spacy.config.checksums import seal
from adaptive_spacy.config.loading import load_pipeline, read_config
from adaptive_spacy.data.datasets import Recipe
from adaptive_spacy.parsing import read_object
from adaptive_spacy.serving.card import BASE, DATA, HUB, make_card
from adaptive_spacy.serving.facts import (
    describe_precision,
    describe_training,
    find_entity_types,
    find_history,
    find_temperatures,
)
from adaptive_spacy.serving.names import PackageName, make_package_name
from adaptive_spacy.serving.own_wheel import OWN, build_own_wheel
from adaptive_spacy.serving.portable import clean_meta, copy_pipeline, hub_name, public_name
from adaptive_spacy.serving.precision import PrecisionCost, set_precision
from adaptive_spacy.serving.scores import (
    describe_evaluation,
    describe_own,
    doubt_metrics,
    read_metrics,
)
from adaptive_spacy.serving.wheels import build_wheel, publish, require_builders
from adaptive_spacy.training.history import history_of_last
from adaptive_spacy.training.soundness import require_finite, warnings_of
from adaptive_spacy.transformer.hub import CONFIG_FILE
from adaptive_spacy.transformer.pretrained import read_licence

#: The module of a package that holds what `--code` named, called as where spaCy imports it
CODE = "python_code"
#: Entries of meta.json that say who made a package; one line each
ABOUT = ("author", "email", "url", "license")


def package(
    pipeline: Path,
    output: Path,
    *,
    name: str | None = None,
    version: str = "0.1.0",
    metrics: Path | None = None,
    transformer: Path | None = None,
    dataset: Recipe | None = None,
    cost: PrecisionCost | None = None,
    code: Path | None = None,
    about: Mapping[str, str | None] = MappingProxyType({}),
    warn: Callable[[str], None] = warnings.warn,
) -> list[Path]:
    """Build the wheels.

    pipeline (Path): A trained pipeline, e.g. model-last.
    output (Path): Folder of the wheels. Wheels of the same content are replaced, others are not.
    name (str | None): Name of the package without its language, e.g. "sample_ner"; None: the data
        set's, and "_ner".
    version (str): Version of the package.
    metrics (Path | None): What `evaluate` wrote; its scores are stated. None: those on dev that
        the training left in meta.json, as such.
    transformer (Path | None): Folder of the pretrained transformer; its licence is stated.
    dataset (Recipe | None): Of the data set, whose source and licence are stated.
    cost (PrecisionCost | None): The packaged pipeline computes in its precision, and states what
        that costs; its scores are those in that precision.
    code (Path | None): A Python file with functions of the pipeline, already imported, which the
        package gets and imports.
    about (Mapping): "author", "email", "url" and "license" of the package, where they are given.
    warn (Callable): Gets a line for each thing that speaks against using the pipeline.
    RETURNS (list[Path]): The pipeline's wheel, and adaptive-spacy's if the pipeline needs it.
    RAISES (ValueError): If something is missing, contradicts another or cannot be used: weights
        that are not finite, a name that is none, links out of the pipeline, a wheel of the same
        name that holds something else.
    """
    meta, package_name = read_meta(pipeline, name, version, dataset)
    require_builders()
    full, (_, name, version) = package_name.full, package_name
    scores = None if metrics is None else read_metrics(metrics)
    meta.update(describe(name, version, transformer, dataset))
    meta.update({key: value for key, value in about.items() if value is not None})
    require_one_line(meta)
    meta["training"] = describe_training(pipeline)
    if scores is not None:
        meta["performance"] = scores["spacy"]
        meta["evaluation"] = describe_evaluation(scores, pipeline)
    elif meta.get("performance") and not isinstance(meta.get("evaluation"), dict):
        # those of a package say what they are of
        meta["evaluation"] = describe_own(pipeline)
    with tempfile.TemporaryDirectory() as folder:
        aside = Path(folder)
        copy = copy_pipeline(pipeline, aside / "pipeline", transformer=transformer)
        if cost is not None:
            set_precision(copy, cost.precision, named=pipeline)
            computes = describe_precision(read_config(copy / "config.cfg"), find_history(pipeline))
            meta["training"]["precision"] = computes
            meta.update(performance=cost.after["spacy"], precision=cost.describe())
            meta["evaluation"] = describe_evaluation(cost.after, pipeline)
        nlp = load_pipeline(copy, named=pipeline)
        require_finite(nlp)
        types = find_entity_types(nlp)
        meta["description"] = describe_types(types)
        # not srsly, here and below: it keeps ten decimals
        text = json.dumps(clean_meta(meta, pipeline), indent=2)
        (copy / "meta.json").write_text(text, encoding="utf8")
        for line in warnings_of(meta.get("performance") or {}, history_of_last(pipeline)):
            warn(line)
        if scores is not None and (doubt := doubt_metrics(scores, pipeline)):
            warn(doubt)
        needs_own = requires_own(pipeline)
        card = make_card(
            clean_meta(meta, pipeline),
            package=full,
            needs_own=needs_own,
            types=types,
            temperatures=find_temperatures(nlp),
        )
        (copy / "README.md").write_text(card, encoding="utf8")
        (aside / "sources").mkdir()
        # name and version are those of meta.json
        make_sources(copy, aside / "sources", create_sdist=False, require_parent=True, silent=True)
        sources = aside / "sources" / f"{full}-{version}"
        if code is not None:
            include_code(code, sources / full)
        # the meta.json here, with what spaCy adds, is what setup.py puts into the pipeline
        packaged = sources / full / f"{full}-{version}" / "meta.json"
        shutil.copy(sources / "meta.json", packaged)
        seal(packaged.parent)
        shutil.copy(packaged, sources / "meta.json")
        wheels = [build_wheel(sources, aside / "wheels")]
        if needs_own:
            wheels.append(build_own_wheel(aside / "own"))
        return publish(wheels, output, beside=OWN)


def include_code(code: Path, package: Path) -> None:
    """Have a package import a Python file, before it loads its pipeline. spaCy's own `code_paths`
    would import the file here again, under its name, which need not be one of a module.

    code (Path): The file. package (Path): The folder of the package's modules.
    """
    shutil.copy(code, package / f"{CODE}.py")
    module = package / "__init__.py"
    text = module.read_text(encoding="utf8")
    module.write_text(f"from . import {CODE}\n{text}", encoding="utf8")


def read_meta(
    pipeline: Path, name: str | None, version: str, dataset: Recipe | None
) -> tuple[dict[str, Any], PackageName]:
    """RETURNS (tuple): A pipeline's meta.json, and the name of its package.
    RAISES (ValueError): If the folder is no pipeline, or its language, which meta.json, config.cfg
        and the data set state, is not one; or the name is none.
    """
    if not (pipeline / "meta.json").is_file() or not (pipeline / "config.cfg").is_file():
        raise ValueError(
            f"{pipeline}: expected a trained pipeline (meta.json and config.cfg); train one first"
        )
    meta = read_object(pipeline / "meta.json", "a pipeline's meta data")
    if name is None and dataset is None:
        raise ValueError("--name: expected a name, or --datasets and --dataset to name it by")
    package_name = make_package_name(
        meta.get("lang"), f"{dataset.name}_ner" if name is None and dataset else name, version
    )
    config = read_config(pipeline / "config.cfg")
    stated = {f"{pipeline / 'config.cfg'}": config.get("nlp", {}).get("lang")}
    if dataset is not None and "lang" in dataset.options:
        stated[f"the recipe of {dataset.name}"] = dataset.options["lang"]
    for place, lang in stated.items():
        if lang != package_name.lang:
            raise ValueError(
                f"{pipeline / 'meta.json'} says lang {package_name.lang}, {place} says {lang}; "
                f"train with --nlp.lang {lang}"
            )
    return meta, package_name


def describe(
    name: str,
    version: str,
    transformer: Path | None,
    dataset: Recipe | None,
) -> dict[str, Any]:
    """RETURNS (dict): The entries of meta.json that say what the package is and where from."""
    about: dict[str, Any] = {"name": name, "version": version}
    sources, licences = [], []
    if dataset is not None:
        licence = dataset.licence or "unknown"
        sources.append(describe_source(dataset.name, dataset.source or "", licence, DATA))
        licences.append(f"{licence} (data)")
    if transformer is not None:
        if not (transformer / CONFIG_FILE).is_file():
            raise ValueError(
                f"--transformer: expected the folder of a transformer with {CONFIG_FILE}, found "
                f"none at {transformer}"
            )
        licence = read_licence(transformer) or "unknown"
        name_there = hub_name(str(transformer))
        place = "" if name_there is None else f"{HUB}{name_there}"
        sources.append(describe_source(public_name(str(transformer)), place, licence, BASE))
        licences.append(f"{licence} (transformer)")
    if sources:
        about.update(sources=sources, license=", ".join(licences))
    return about


def require_one_line(meta: dict[str, Any]) -> None:
    """RAISES (ValueError): If what goes into the headers of a package is not one line, or is no
    address where one is expected."""
    for key in ABOUT:
        value = meta.get(key) or ""
        if not isinstance(value, str) or not value.isprintable():
            raise ValueError(f"--{key}: expected one line of text, got {value!r}")
    if meta.get("url") and not meta["url"].startswith(("https://", "http://")):
        raise ValueError(f"--url: expected an address with https://, got {meta['url']!r}")
    if meta.get("email") and not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", meta["email"]):
        raise ValueError(
            f"--email: expected an address such as me@example.org, got {meta['email']!r}"
        )


def describe_types(types: Sequence[str]) -> str:
    """RETURNS (str): What a package is, in words. types (Sequence[str]): Of the entities that it
    finds."""
    found = f"Named entities: {', '.join(types)}. " if types else ""
    return f"{found}Fine-tuned with {OWN} {adaptive_spacy.__version__}."


def describe_source(name: str, place: str, licence: str, role: str) -> dict[str, str]:
    """RETURNS (dict): An entry of `sources`; a place that is no address stays out of the link that
    spaCy makes of it.

    role (str): Whether it is `DATA` or `BASE`.
    """
    url = place if place.startswith(("http://", "https://")) else ""
    return {"name": name, "url": url, "license": licence, "role": role}


def requires_own(pipeline: Path) -> bool:
    """RETURNS (bool): Whether a component of the pipeline comes from adaptive-spacy. spaCy scans
    the same two sections for requirements; the training's functions are not needed to load."""
    config = read_config(pipeline / "config.cfg")
    text = str({key: config[key] for key in ("nlp", "components")})
    return "adaptive_spacy." in text or "'transformer_ner'" in text
