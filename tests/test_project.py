"""project.yml, read as a file and run as its user runs it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import srsly

from tests.conftest import ROOT, corpus_file

PROJECT = srsly.read_yaml(ROOT / "project.yml")
COMMANDS = {command["name"]: command for command in PROJECT["commands"]}
VARIABLES = {
    *("name", "lang", "version", "dataset", "raw", "transformer", "config", "select"),
    *("rate", "fraction", "seed", "gpu_id"),
}


def test_project_has_the_promised_commands_and_variables() -> None:
    workflow = ["model", "convert", "train", "evaluate", "plot", "package", "smoke-test"]
    assert PROJECT["workflows"] == {"all": workflow}
    assert [*COMMANDS] == [*workflow, "clean"]
    assert set(PROJECT["vars"]) == VARIABLES
    assert all(command["help"] for command in PROJECT["commands"])


def test_project_uses_every_variable_and_no_other() -> None:
    used = set(re.findall(r"\$\{vars\.(\w+)\}", (ROOT / "project.yml").read_text(encoding="utf8")))
    assert used == VARIABLES


def test_project_needs_only_what_is_there_or_made_before() -> None:
    made: set[str] = set()
    for name in PROJECT["workflows"]["all"]:
        command = COMMANDS[name]
        for path in command.get("deps", []):
            filled = re.sub(r"\$\{vars\.(\w+)\}", lambda m: str(PROJECT["vars"][m[1]]), path)
            assert path in made or (ROOT / filled).exists(), f"{name} needs {path}"
        # without outputs weasel runs a command every time
        assert command["outputs"]
        made.update(command["outputs"])


def test_project_outputs_are_ignored_by_git() -> None:
    outputs = [path for command in PROJECT["commands"] for path in command.get("outputs", [])]
    # a file in each, as git knows a folder only once it exists
    filled = [f"{path.replace('${vars.', '').replace('}', '')}/file" for path in outputs]
    done = subprocess.run(
        ["git", "check-ignore", "--no-index", *filled], capture_output=True, text=True, cwd=ROOT
    )
    if "not a git repository" in done.stderr:
        pytest.skip("not a git checkout")
    assert done.stdout.split() == filled


def test_project_scripts_name_real_commands() -> None:
    from typer.main import get_command

    from adaptive_spacy.cli.app import app

    commands = get_command(app).commands  # type: ignore[attr-defined]
    own = [
        script.split()[3:]
        for command in PROJECT["commands"]
        for script in command["script"]
        if script.startswith("python -m adaptive_spacy")
    ]
    assert len(own) == 6
    for name, *arguments in own:
        known = {option for param in commands[name].params for option in param.opts}
        assert {one for one in arguments if one.startswith("--")} <= known


def test_project_assets_are_real_and_optional() -> None:
    recipes = (ROOT / "assets" / "datasets.yml").read_text(encoding="utf8")
    assert len(PROJECT["assets"]) == 6
    for asset in PROJECT["assets"]:
        assert asset["extra"] is True
        assert asset["url"].startswith("https://")
        assert re.fullmatch("[0-9a-f]{32}", asset["checksum"])
        assert asset["dest"].replace("assets/raw", "{raw}") in recipes


def test_project_asset_checksums_are_those_of_the_data() -> None:
    from hashlib import md5

    for asset in PROJECT["assets"]:
        file = corpus_file(asset["dest"].removeprefix("assets/raw/"))
        assert md5(file.read_bytes()).hexdigest() == asset["checksum"]


def project(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "spacy", "project", "run", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_project_runs_once_then_changes_nothing(transformer_folder: Path, tmp_path: Path) -> None:
    """The workflow with a tiny transformer: all outputs, a second run that runs nothing, another
    config that runs only what depends on it, and `clean`."""
    files = ["project.yml", "setup.cfg", "pyproject.toml", "constraints.txt", "README.md"]
    for name in [*files, "LICENSE"]:
        shutil.copy(ROOT / name, tmp_path)
    ignore = shutil.ignore_patterns("__pycache__", "transformer")
    for name in ("configs", "adaptive_spacy", "assets"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignore)
    settings = ["--vars.transformer", str(transformer_folder), "--vars.fraction", "0.2"]
    first = project(tmp_path, "all", ".", *settings, "--vars.config", "original")
    assert first.count("Running command:") == 7
    assert srsly.read_json(tmp_path / "metrics" / "smoke-test.json")["identical"] is True
    for path in ("metrics/sample-original-0-last.json", "plots/sample-original-0.png"):
        assert (tmp_path / path).stat().st_size > 0
    again = project(tmp_path, "all", ".", *settings, "--vars.config", "original")
    assert again.count("nothing changed") == 7
    assert "Running command:" not in again
    best = project(
        tmp_path, "evaluate", ".", *settings, "--vars.config", "original", "--vars.select", "best"
    )
    assert best.count("Running command:") == 1
    assert (tmp_path / "metrics" / "sample-original-0-best.json").exists()
    project(tmp_path, "clean", ".")
    left = {path.name for path in tmp_path.iterdir() if path.is_dir() and any(path.iterdir())}
    assert left == {"assets", "configs", "adaptive_spacy"}
