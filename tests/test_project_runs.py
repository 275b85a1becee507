"""The project's commands, run on small data: from labels to a wheel."""

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
import spacy
import srsly
from click.testing import Result
from spacy.cli._util import app as spacy_app
from spacy.util import load_config
from typer.testing import CliRunner
from weasel.util import run_command

from adaptive_spacy.cli.app import app
from tests.conftest import ROOT, SENTENCES


def run_module(command: Sequence[str]) -> Result:
    """`python -m MODULE ...` in this process, which has loaded what each of a project's commands
    would load for seconds."""
    _, _, module, *arguments = command
    return CliRunner().invoke(app if module == "adaptive_spacy" else spacy_app, arguments)


def project(*arguments: str) -> str:
    """`spacy project run` in the folder that the test stands in. RETURNS (str): What it printed."""

    def run_here(command: Sequence[str], **options: bool) -> None:
        if command[2] not in ("spacy", "adaptive_spacy"):
            # one that loads little
            return run_command(list(command), **options)
        result = run_module(command)
        print(result.output)
        assert result.exit_code == 0, (command, result.exception)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("weasel.cli.run.run_command", run_here)
        result = run_module(["python", "-m", "spacy", "project", "run", *arguments])
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


BEST = ["--vars.select", "best"]
#: Swedish sentences in the recipe's folder, and a transformer that reads them letter by letter
SVENSKA = """\
swedish-like:
  lang: sv
  licence: CC0-1.0
  files: {train: train.conll, dev: dev.conll, test: dev.conll}
silent:
  files: {train: train.conll, dev: dev.conll, test: dev.conll}
"""
ROWS = "Ada B-PER\nbor O\ni O\nParis B-LOC\n. O\n\nBen B-PER\nringer O\nRay B-PER\n\n"


@pytest.fixture
def swedish(tmp_path: Path, transformer_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a Swedish data set, in which the tests stand."""
    (tmp_path / "assets" / "sample").mkdir(parents=True)
    (tmp_path / "assets" / "datasets.yml").write_text(SVENSKA, encoding="utf8")
    (tmp_path / "train.conll").write_text(ROWS * 8, encoding="utf8")
    (tmp_path / "dev.conll").write_text(
        ROWS.replace("bor", "reser").replace("ringer", "ser"), encoding="utf8"
    )
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    shutil.copy(ROOT / "project.yml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_in_process(name: str, folder: Path, *overrides: str) -> Result:
    """The scripts of a project's command, without a process for each."""
    from weasel.util import load_project_config, parse_config_overrides, split_command

    config = load_project_config(folder, overrides=parse_config_overrides(list(overrides)))
    (command,) = [command for command in config["commands"] if command["name"] == name]
    for line in command["script"]:
        result = run_module(split_command(line))
        if result.exit_code:
            break
    return result


def run_if_asked(name: str, folder: Path, *overrides: str, made: Path) -> str:
    """The checksum of what a command made, after weasel has run it, or skipped it."""
    from weasel.cli.run import check_rerun, update_lockfile
    from weasel.util import get_checksum, load_project_config, parse_config_overrides

    config = load_project_config(folder, overrides=parse_config_overrides(list(overrides)))
    (command,) = [command for command in config["commands"] if command["name"] == name]
    if check_rerun(folder, command):
        result = run_in_process(name, folder, *overrides)
        assert result.exit_code == 0, (name, result.output, result.exception)
        update_lockfile(folder, command)
    return get_checksum(made)


def test_project_takes_the_language_from_the_recipe_to_the_wheel(
    swedish: Path, transformer_folder: Path
) -> None:
    settings = ["--vars.dataset", "swedish-like", "--vars.transformer", str(transformer_folder)]
    settings += ["--vars.config", "original", "--vars.rate", "1e-3"]
    # in the wheel's file name some builders write it in small letters
    settings += ["--vars.name", "Svensk-NER"]
    for name in ("model", "convert", "check", "train", "evaluate", "package", "smoke-test"):
        result = run_in_process(name, swedish, *settings)
        assert result.exit_code == 0, (name, result.output, result.exception)
    assert "loaded as sv_Svensk_NER in" in result.output
    (model,) = swedish.glob("training/**/model-last")
    assert spacy.load(model).lang == "sv"
    assert load_config(model / "config.cfg")["nlp"]["lang"] == "sv"
    wheels = sorted(path.name for path in swedish.glob("packages/**/*.whl"))
    assert "sv_svensk_ner-0.1.0-py3-none-any.whl" in [name.lower() for name in wheels]


def test_project_converts_anew_what_a_recipe_or_a_variable_names(
    swedish: Path, transformer_folder: Path, copied_transformer: Path
) -> None:
    """Weasel hashes deps and outputs: a command that is to see another file has no outputs, and
    writes the same bytes of the same."""
    settings = ["--vars.dataset", "swedish-like", "--vars.transformer", str(copied_transformer)]
    settings += ["--vars.labels", "train.conll", "--vars.few", "mine", "--vars.few_lang", "sv"]
    made = {
        "model": swedish / "assets" / "transformers" / str(copied_transformer).lstrip("/"),
        "convert": swedish / "corpus" / "swedish-like",
        "convert-few": swedish / "corpus" / "few" / "mine",
    }
    first = {name: run_if_asked(name, swedish, *settings, made=made[name]) for name in made}
    assert {name: run_if_asked(name, swedish, *settings, made=made[name]) for name in made} == first
    (copied_transformer / "README.md").write_text("---\nlicense: mit\n---\n")
    labels = swedish / "train.conll"
    labels.write_text(labels.read_text().replace("B-LOC", "B-GPE"))
    for name, folder in made.items():
        assert run_if_asked(name, swedish, *settings, made=folder) != first[name], name


@pytest.mark.slow
def test_project_makes_a_wheel_of_one_labelled_file(
    swedish: Path, transformer_folder: Path
) -> None:
    rows = [zip(text.split(), tags.split(), strict=True) for text, tags in SENTENCES]
    text = "".join("".join(f"{word} {tag}\n" for word, tag in row) + "\n" for row in rows)
    (swedish / "mine.conll").write_text(text)
    settings = ["--vars.labels", "mine.conll", "--vars.few", "mine", "--vars.few_lang", "sv"]
    settings += ["--vars.transformer", str(transformer_folder), "--vars.folds", "2"]
    settings += ["--vars.rate", "2e-2"]
    for name in ("model", "convert-few", "crossfit", "plot-few", "package-few"):
        result = run_in_process(name, swedish, *settings)
        assert result.exit_code == 0, (name, result.output, result.exception)
    (model,) = swedish.glob("training/few/**/model-last")
    assert spacy.load(model).lang == "sv"
    assert list(swedish.glob("plots/few/**/*.png"))
    (wheel,) = swedish.glob("packages/few/**/sv_mine_ner-0.1.0-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        (card,) = [name for name in archive.namelist() if name.endswith("/README.md")]
        text = archive.read(card).decode("utf8")
    assert "Trained on all 8 labelled sentences" in text
    assert "Expected F1, of those trainings on the part that each had not seen" in text


def test_project_refuses_another_language_than_the_recipe_names(swedish: Path) -> None:
    settings = ["--vars.dataset", "swedish-like", "--vars.lang", "en"]
    result = run_in_process("convert", swedish, *settings)
    assert result.exit_code == 1
    assert "swedish-like: the recipe says lang: sv, but en is asked for" in result.output
    assert not (swedish / "corpus" / "swedish-like").exists()
    # a recipe that names none takes what is asked for
    settings = ["--vars.dataset", "silent", "--vars.lang", "sv"]
    assert run_in_process("convert", swedish, *settings).exit_code == 0
    arguments = ["configure", "configs/original.cfg", "a.cfg", "--corpus", "corpus/silent"]
    arguments += ["--datasets", "assets/datasets.yml", "--dataset", "silent", "--lang", "sv"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert load_config("a.cfg")["nlp"]["lang"] == "sv"
    result = CliRunner().invoke(app, [*arguments, "--nlp.lang", "de"])
    assert "--nlp.lang: expected sv, the language of the data, got de" in result.output
    for place in ("--paths.train", "--paths.dev"):
        result = CliRunner().invoke(app, [*arguments, place, "x.spacy"])
        assert f"{place}: expected --corpus alone, which says where the data is" in result.output
    for place in ("--lang", "--nlp.lang"):
        result = CliRunner().invoke(app, [*arguments[:5], place, "zz"])
        assert f"{place}: expected the code of a language of spaCy" in result.output


def test_project_puts_transformers_only_below_their_folder(swedish: Path) -> None:
    result = run_in_process("model", swedish, "--vars.transformer", "../models/x")
    assert result.exit_code == 1
    assert "expected a folder below assets/transformers; name a local transformer" in result.output


@pytest.mark.slow
def test_project_runs_once_then_changes_nothing(
    transformer_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workflow with a tiny transformer: all outputs, a second run that makes nothing, another
    config that runs only what depends on it, and `clean`. Its processes: see `.ci/run`."""
    files = ["project.yml", "setup.cfg", "pyproject.toml", "constraints.txt", "README.md"]
    for name in [*files, "LICENSE"]:
        shutil.copy(ROOT / name, tmp_path)
    # of assets only what is in the repository: what `model` makes is large
    ignored = {"assets": "transformer*", "adaptive_spacy": "__pycache__", "configs": "__pycache__"}
    for name, pattern in ignored.items():
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns(pattern))
    monkeypatch.chdir(tmp_path)
    settings = ["--vars.transformer", str(transformer_folder), "--vars.fraction", "0.2"]
    first = project("all", ".", *settings, "--vars.config", "original")
    assert first.count("Running command:") == 10
    run = f"{transformer_folder}/sample-original-auto-0.2-0".lstrip("/")
    smoke = srsly.read_json(tmp_path / "metrics" / f"{run}-last-smoke-test.json")
    assert smoke["identical"] is True
    assert smoke["package"] == "en_sample_ner"
    for path in (f"metrics/{run}-last.json", f"plots/{run}.png"):
        assert (tmp_path / path).stat().st_size > 0
    again = project("all", ".", *settings, "--vars.config", "original")
    # `model` and `convert` look each time
    assert again.count("nothing changed") == 7
    assert again.count("Running command:") == 2
    best = project("evaluate", ".", *settings, *("--vars.config", "original"), *BEST)
    assert best.count("Running command:") == 1
    assert (tmp_path / "metrics" / f"{run}-best.json").exists()
    for chosen in (BEST, []):
        project("clean", ".", *settings, "--vars.config", "original", *chosen)
    left = {path.name for path in tmp_path.iterdir() if path.is_dir() and any(path.iterdir())}
    assert left == {"assets", "configs", "adaptive_spacy"}
