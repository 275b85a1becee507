"""project.yml, read as a file and run as its user runs it."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import srsly

from adaptive_spacy.cli.app import app
from adaptive_spacy.files import remove
from tests.conftest import ROOT, corpus_file

PROJECT = srsly.read_yaml(ROOT / "project.yml")
COMMANDS = {command["name"]: command for command in PROJECT["commands"]}
#: What the commands make that run each time: weasel sees no change in what they read
ALWAYS = {
    "model": "assets/transformers/${vars.transformer}",
    "convert": "corpus/${vars.dataset}",
    "convert-few": "corpus/few/${vars.few}",
}
VARIABLES = {
    *("name", "lang", "version", "dataset", "raw", "transformer", "config", "select"),
    *("rate", "fraction", "seed", "gpu_id", "run"),
    *("labels", "few", "few_lang", "folds", "few_run"),
}


def test_project_has_the_promised_commands_and_variables() -> None:
    workflow = ["model", "convert", "check", "train", "evaluate", "plot", "package", "smoke-test"]
    workflow += ["report"]
    few = ["convert-few", "crossfit", "plot-few", "package-few", "smoke-test-few", "report-few"]
    assert PROJECT["workflows"] == {"all": workflow, "few": ["model", *few]}
    assert [*COMMANDS] == [*workflow, *few, "clean"]
    assert set(PROJECT["vars"]) == VARIABLES
    assert all(command["help"] for command in PROJECT["commands"])


def test_project_uses_every_variable_and_no_other() -> None:
    used = set(re.findall(r"\$\{vars\.(\w+)\}", (ROOT / "project.yml").read_text(encoding="utf8")))
    assert used == VARIABLES


@pytest.mark.parametrize("workflow", ["all", "few"])
def test_project_needs_only_what_is_there_or_made_before(workflow: str) -> None:
    made: set[str] = set()
    for name in PROJECT["workflows"][workflow]:
        command = COMMANDS[name]
        # without outputs weasel runs a command every time
        assert ("outputs" not in command) == (name in ALWAYS)
        if name in ALWAYS:
            assert f" {ALWAYS[name]}" in command["script"][0]
            made.add(ALWAYS[name])
        for path in command.get("deps", []):
            filled = re.sub(r"\$\{vars\.(\w+)\}", lambda m: str(PROJECT["vars"][m[1]]), path)
            assert path in made or (ROOT / filled).exists(), f"{name} needs {path}"
        made.update(command.get("outputs", []))


def test_project_outputs_are_ignored_by_git() -> None:
    outputs = [path for command in PROJECT["commands"] for path in command.get("outputs", [])]
    outputs += ALWAYS.values()
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

    commands = get_command(app).commands  # type: ignore[attr-defined]
    own = [
        script.split()[3:]
        for command in PROJECT["commands"]
        for script in command["script"]
        if script.startswith("python -m adaptive_spacy ")
    ]
    assert len(own) == 16
    for name, *arguments in own:
        known = {option for param in commands[name].params for option in param.opts}
        # with a dot: settings of the config, as in `spacy train`
        options = {one for one in arguments if one.startswith("--") and "." not in one}
        assert options <= known


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


#: What tells one training from another
DISTINGUISHING = ("dataset", "config", "rate", "fraction", "seed", "transformer")


@pytest.mark.parametrize("name", ["check", "train", "evaluate", "plot", "package", "smoke-test"])
def test_project_outputs_hold_all_that_distinguishes_a_run(name: str) -> None:
    run = {f"${{vars.{variable}}}" for variable in DISTINGUISHING}
    assert run == set(re.findall(r"\$\{vars\.\w+\}", PROJECT["vars"]["run"]))
    assert all("${vars.run}" in path for path in COMMANDS[name]["outputs"])


def dry_run(folder: Path, *overrides: str) -> list[str]:
    """The command lines of the project, with its variables filled in."""
    from weasel.util import load_project_config, parse_config_overrides

    config = load_project_config(folder, overrides=parse_config_overrides(list(overrides)))
    return [line for command in config["commands"] for line in command["script"]]


@pytest.mark.parametrize(
    ("override", "value"),
    [("rate", "2e-5"), ("fraction", "0.5"), ("transformer", "org/name"), ("seed", "1")],
)
def test_project_runs_of_other_variables_share_no_output(
    tmp_path: Path, override: str, value: str
) -> None:
    shutil.copy(ROOT / "project.yml", tmp_path)
    (train,) = [line for line in dry_run(tmp_path) if "adaptive_spacy train" in line]
    (other,) = [
        line
        for line in dry_run(tmp_path, f"--vars.{override}", value)
        if "adaptive_spacy train" in line
    ]
    assert train != other


def test_project_writes_equal_rates_alike(tmp_path: Path) -> None:
    shutil.copy(ROOT / "project.yml", tmp_path)
    asked = [dry_run(tmp_path, "--vars.rate", rate) for rate in ("1e-4", "0.0001", "auto")]
    assert asked[0] == asked[1]
    assert asked[2] == dry_run(tmp_path) != asked[0]


def test_project_keeps_digits_in_quotes_within_quotes(tmp_path: Path) -> None:
    shutil.copy(ROOT / "project.yml", tmp_path)
    said = [
        line.strip(" #")
        for line in (ROOT / "project.yml").read_text(encoding="utf8").splitlines()
        if "--vars.version '" in line
    ]
    (example,) = re.findall(r"--vars.*", said[0])
    lines = dry_run(tmp_path, *shlex.split(example))
    for name in ("package", "smoke-test"):
        (one,) = [line for line in lines if f" {name} " in line and " 007_ner " in line]
        assert " --version 1.10 " in one


@pytest.mark.parametrize("few", ["", "-few"])
def test_project_tests_the_very_wheel_that_it_built(few: str) -> None:
    def option(script: str, name: str) -> str:
        return script.split(f" --{name} ")[1].split()[0]

    (built,) = COMMANDS[f"package{few}"]["script"]
    (tested,) = COMMANDS[f"smoke-test{few}"]["script"]
    folder = built.split()[5]
    assert tested.split()[4:6] == [folder, option(built, "name")]
    assert option(tested, "version") == option(built, "version")


def test_clean_removes_what_the_commands_made_and_nothing_else(tmp_path: Path, monkeypatch) -> None:
    kept = ["corpus/mine/train.spacy", "training/mine/model-last/meta.json", "packages/x.whl"]
    run = "gt/sample-adaptive-auto-1.0-0"
    made = ["corpus/sample/dev.spacy", f"training/{run}.cfg", f"training/{run}/history.jsonl"]
    for name in [*kept, *made]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    shutil.copy(ROOT / "project.yml", tmp_path)
    lines = dry_run(tmp_path, "--vars.transformer", "gt")
    (clean,) = [line.split()[3:] for line in lines if "adaptive_spacy.files" in line]
    monkeypatch.chdir(tmp_path)
    remove(map(Path, clean))
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {*kept, "project.yml"}
    assert not (tmp_path / "training" / "gt").exists(), "folders that are empty then go too"
    with pytest.raises(ValueError, match="expected a path below"):
        remove([Path("corpus"), Path("../elsewhere")])
    assert (tmp_path / "corpus" / "mine").exists()
