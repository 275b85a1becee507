import json
import shutil
import subprocess
import sys
import venv
import warnings
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
import spacy
import srsly
from packaging.requirements import Requirement
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.data.datasets import Recipe
from adaptive_spacy.experiments import refit
from adaptive_spacy.experiments.shipping import mark
from adaptive_spacy.serving.package import package, requires_own
from tests.conftest import ROOT
from tests.ner.pipelines import examples, found
from tests.serving.wheels import read_wheel
from tests.transformer import pipelines


def required_names(wheel: Path) -> set[str]:
    metadata = Parser().parsestr(read_wheel(wheel, "dist-info/METADATA"))
    # older builders write "spacy >=3.8"
    return {Requirement(one).name for one in metadata.get_all("Requires-Dist") or []}


def test_package_carries_scores_licences_and_requirements(packages: Path) -> None:
    (wheel,) = packages.glob("xx_tiny_ner-1.2.3-*.whl")
    meta = json.loads(read_wheel(wheel, "xx_tiny_ner-1.2.3/meta.json"))
    assert meta["performance"] == {"ents_f": 0.875, "ents_loss": 0.25}
    assert meta["license"] == "CC0-1.0 (data), unknown (transformer)"
    assert meta["sources"][0] == {
        "name": "sample",
        "url": "https://example.org/data",
        "license": "CC0-1.0",
        "role": "data",
    }
    assert meta["description"].startswith(
        "Named entities: LOC, PER. Fine-tuned with adaptive-spacy"
    )
    readme = read_wheel(wheel, "xx_tiny_ner-1.2.3/README.md")
    assert "87.50" in readme
    assert 'spacy.load("xx_tiny_ner")' in readme
    assert "ent._.confidence" in readme
    assert meta["sources"][1]["url"] == ""
    assert required_names(wheel) == {"adaptive-spacy", "spacy", "spacy-transformers"}


def test_packaged_pipeline_is_sealed(packages: Path, tmp_path: Path) -> None:
    (wheel,) = packages.glob("xx_tiny_ner-1.2.3-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "xx_tiny_ner" / "xx_tiny_ner-1.2.3"
    assert (folder / "checksums.json").is_file()
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "changed since")
        assert "transformer_ner" in spacy.load(folder).pipe_names
    weights = bytearray((folder / "transformer" / "model").read_bytes())
    weights[len(weights) // 2] ^= 1
    (folder / "transformer" / "model").write_bytes(weights)
    with pytest.raises(ValueError, match="transformer/model: not what was written"):
        spacy.load(folder)


def test_package_does_not_touch_the_pipeline(trained: Path, packages: Path) -> None:
    assert srsly.read_json(trained / "meta.json")["name"] != "tiny_ner"
    assert not (trained / "README.md").exists()


def test_package_of_a_foreign_pipeline_does_not_need_us(foreign: Path, tmp_path: Path) -> None:
    wheels = package(foreign, tmp_path, name="plain", version="0.0.1")
    assert [wheel.name for wheel in wheels] == ["en_plain-0.0.1-py3-none-any.whl"]
    assert required_names(wheels[0]) == {"spacy", "spacy-transformers"}
    assert "confidence" not in read_wheel(wheels[0], "en_plain-0.0.1/README.md")


def test_package_of_a_refitted_pipeline_says_so(foreign: Path, tmp_path: Path) -> None:
    pipeline = Path(shutil.copytree(foreign, tmp_path / "model-last"))
    test = {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    made = {"total": 14, "sentences": {"train": 90, "dev": 10}, "seen_dev": {}, "test": test}
    record = {"adaptive": {"run": "first", "cooldown": 7}, "refit": made}
    mark(pipeline, notes=refit.describe(record), refit=refit.summarize(record))
    (wheel,) = package(pipeline, tmp_path / "wheels", name="tiny_ner", version="1.0.0")
    notes = "Refitted on train and dev together (90 and 10 sentences), for the 14 rounds that an"
    assert notes in " ".join(read_wheel(wheel, "METADATA").split())
    meta = json.loads(read_wheel(wheel, "1.0.0/meta.json"))
    assert meta["refit"] == {**made, "run": "first", "cooldown": 7}
    assert meta["performance"] == {}


@pytest.mark.parametrize(
    ("component", "temperature", "stated"),
    [
        # needs us, for its transformer alone
        ("ner", None, None),
        ("transformer_ner", None, "It was not calibrated"),
        ("transformer_ner", 1.7, "at a temperature that was fitted on\nvalidation data"),
    ],
)
def test_package_states_the_confidences_that_its_components_do(
    transformer_folder: Path,
    tmp_path: Path,
    component: str,
    temperature: float | None,
    stated: str | None,
) -> None:
    nlp = pipelines.make_nlp(transformer_folder, pipelines.OURS)
    if component == "ner":
        nlp.remove_pipe("transformer_ner")
        nlp.add_pipe("ner")
    nlp.initialize(lambda: examples(nlp))
    if temperature is not None:
        nlp.get_pipe(component).temperature = temperature
    nlp.to_disk(tmp_path / "model")
    wheels = package(tmp_path / "model", tmp_path / "wheels", name="some", version="1.0.0")
    assert "adaptive-spacy" in required_names(wheels[0])
    readme = read_wheel(wheels[0], "xx_some-1.0.0/README.md")
    if stated is None:
        assert "confidence" not in readme
    else:
        assert stated in readme
        assert "ent.label_, ent._.confidence)" in readme


@pytest.mark.parametrize("missing", ["meta.json", "config.cfg"])
def test_package_needs_a_pipeline(tmp_path: Path, missing: str) -> None:
    for name in {"meta.json", "config.cfg"} - {missing}:
        (tmp_path / name).write_text("")
    with pytest.raises(ValueError, match=r"expected a trained pipeline \(meta.json and config.cfg"):
        package(tmp_path, tmp_path / "out", name="x", version="1")
    assert not (tmp_path / "out").exists()


def test_ner_config_does_not_need_us(trained: Path, foreign: Path) -> None:
    assert requires_own(trained)
    assert not requires_own(foreign)


def rewrite(pipeline: Path, **entries) -> None:
    meta = srsly.read_json(pipeline / "meta.json")
    srsly.write_json(pipeline / "meta.json", {**meta, **entries})


@pytest.mark.parametrize(
    ("entries", "arguments", "message"),
    [
        ({"lang": "../../x"}, {}, "lang in meta.json: expected a language code such as en"),
        (
            {"lang": "sv"},
            {},
            r"meta.json says lang sv, .*config.cfg says en; train with --nlp.lang",
        ),
        ({}, {"name": "../x"}, "--name: expected ASCII letters"),
        ({}, {"version": "../1"}, "--version: expected a version"),
        ({}, {"name": None}, "--name: expected a name, or --datasets and --dataset"),
        ({}, {"transformer": Path("nope")}, "--transformer: expected the folder of a transformer"),
        (
            {},
            {"dataset": Recipe("s", "", "", [], {"lang": "sv"})},
            "meta.json says lang en, the recipe of s says sv",
        ),
    ],
)
def test_package_refuses_before_anything_is_written(
    foreign: Path, tmp_path: Path, monkeypatch, entries, arguments, message: str
) -> None:
    pipeline = Path(shutil.copytree(foreign, tmp_path / "a" / "model-last"))
    rewrite(pipeline, **entries)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "a"))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match=message):
        package(pipeline, tmp_path / "out", **{"name": "x", "version": "1", **arguments})
    assert sorted(tmp_path.rglob("*")) == before


def test_package_never_replaces_a_wheel_of_other_content(foreign: Path, tmp_path: Path) -> None:
    (wheel,) = package(foreign, tmp_path, name="x", version="1.0")
    first = wheel.read_bytes()
    package(foreign, tmp_path, name="x", version="1.0")
    assert wheel.read_bytes() == first, "the same pipeline gives the same bytes"
    other = Path(shutil.copytree(foreign, tmp_path / "other" / "model-last"))
    rewrite(other, notes="another one")
    with pytest.raises(ValueError, match=r"is there and holds something else: raise --version"):
        package(other, tmp_path, name="x", version="1.0")
    assert wheel.read_bytes() == first
    wheel.write_bytes(b"not a wheel")
    with pytest.raises(ValueError, match="holds something else"):
        package(other, tmp_path, name="x", version="1.0")
    assert wheel.read_bytes() == b"not a wheel"


def test_package_is_named_by_the_data_set(foreign: Path, tmp_path: Path) -> None:
    recipe = Recipe("my-data", "", "", [], {"lang": "en"})
    (wheel,) = package(foreign, tmp_path, dataset=recipe)
    assert wheel.name == "en_my_data_ner-0.1.0-py3-none-any.whl"


def test_package_says_who_made_it(foreign: Path, tmp_path: Path) -> None:
    arguments = ["package", str(foreign), str(tmp_path), "--name", "x", "--author", "Ada"]
    arguments += ["--url", "https://example.org", "--email", "a@example.org", "--license", "MIT"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    (wheel,) = tmp_path.glob("*.whl")
    headers = Parser().parsestr(read_wheel(wheel, "dist-info/METADATA"))
    found = [headers[key] for key in ("Author", "Author-email", "Home-page", "License")]
    assert found == ["Ada", "a@example.org", "https://example.org", "MIT"]
    meta = json.loads(read_wheel(wheel, "en_x-0.1.0/meta.json"))
    assert (meta["author"], meta["license"]) == ("Ada", "MIT")
    assert "| Licence | MIT |" in read_wheel(wheel, "en_x-0.1.0/README.md")


@pytest.mark.parametrize(
    ("key", "value"),
    [("author", "a\nRequires-Dist: x"), ("url", "javascript:x"), ("email", "nobody")],
)
def test_package_refuses_headers_of_several_lines(foreign, tmp_path, key, value) -> None:
    with pytest.raises(ValueError, match=f"--{key}: expected"):
        package(foreign, tmp_path / "out", name="x", about={key: value})
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_package_refuses_weights_that_are_not_finite(
    trained: Path, tmp_path: Path, value: float
) -> None:
    nlp = spacy.load(trained)
    nlp.get_pipe("transformer_ner").model.get_ref("output_layer").get_param("W")[0, 0] = value
    nlp.to_disk(tmp_path / "model-last")
    with pytest.raises(ValueError, match="transformer_ner: the weights are not finite"):
        package(tmp_path / "model-last", tmp_path / "out", name="x", version="1")
    assert not (tmp_path / "out").exists()


def test_package_warns_of_a_pipeline_that_finds_nothing_or_is_far_below_the_best(
    foreign: Path, tmp_path: Path
) -> None:
    pipeline = Path(shutil.copytree(foreign, tmp_path / "model-last"))
    shutil.copy(foreign.parent / "history.jsonl", tmp_path)
    lines = (tmp_path / "history.jsonl").read_text().splitlines()
    first, last = json.loads(lines[0]), json.loads(lines[-1])
    (tmp_path / "history.jsonl").write_text(
        json.dumps({**first, "f": 0.8}) + "\n" + json.dumps({**last, "f": 0.4}) + "\n"
    )
    srsly.write_json(tmp_path / "metrics.json", {"spacy": {"ents_f": 0.0}})
    arguments = ["package", str(pipeline), str(tmp_path / "out"), "--name", "x"]
    arguments += ["--metrics", str(tmp_path / "metrics.json")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "⚠ F1 is 0: this pipeline finds none of the entities" in result.output
    assert "F1 on dev was 40.0, far below the 80.0 of epoch" in result.output
    assert "--vars.select best" in result.output


LOAD = """
import importlib.util, spacy
nlp = spacy.load("{name}")
print([(ent.text, ent.label_) for ent in nlp("Ada lives in Paris .").ents])
print(importlib.util.find_spec("adaptive_spacy") is not None)
"""


@pytest.mark.slow
def test_wheels_install_into_a_fresh_environment(
    packages: Path, trained: Path, foreign: Path, tmp_path: Path
) -> None:
    """`pip install --find-links packages NAME`, then `spacy.load` without network; and the
    pipeline of spaCy's own ner without adaptive-spacy."""
    # one of its own: other tests read that folder
    packages = Path(shutil.copytree(packages, tmp_path / "packages"))
    package(foreign, packages, name="plain", version="0.0.1")
    expected = {"en_plain": False, "xx_tiny_ner": True}
    environment = tmp_path / "venv"
    # without pip, which takes seconds to be installed: this environment's does it
    venv.create(environment)
    python = str(environment / "bin" / "python")
    for name, with_us in expected.items():
        install = [sys.executable, "-m", "pip", "--python", python, "install", "-q"]
        found_in = ["-c", str(ROOT / "constraints.txt"), "--find-links", str(packages)]
        subprocess.run([*install, *found_in, name], check=True, cwd=tmp_path)
        done = subprocess.run(
            [python, "-c", LOAD.format(name=name)],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
            env={"PATH": "", "HF_HUB_OFFLINE": "1", "HOME": str(tmp_path)},
        )
        entities, ours = done.stdout.strip().splitlines()
        assert "Ada" in entities
        assert ours == str(with_us)
    assert found(spacy.load(trained)("Ada lives in Paris .")) == [("Ada", "PER"), ("Paris", "LOC")]
    assert sys.executable != python
