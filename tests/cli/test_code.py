"""`--code`: pipelines with functions of one's own, from the training to the package."""

import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import catalogue
import pytest
import spacy
from click.testing import Result
from spacy.util import load_config
from typer.main import get_command
from typer.testing import CliRunner

from adaptive_spacy.cli._util import name_code
from adaptive_spacy.cli.app import app
from tests.conftest import ROOT, write_corpus

#: Its name is none of a module
FILE = "my code.py"
CODE = """
from spacy.language import Language

@Language.component("test_own_pipe")
def keep(doc):
    return doc
"""
TAGGED = [(f"{one} visits Paris today", "B-PER O B-LOC O") for one in ("Ada", "Ben", "Cleo", "Ada")]
#: Commands that load a pipeline, or build one
WITH_CODE = {"check", "train", "watch", "evaluate", "compare", "suspects", "package"} | {
    *("smoke-test", "report", "refit")
}


def forget() -> None:
    """Have the functions of the file be unknown, as in another process."""
    for key in [one for one in catalogue.REGISTRY if one[-1] == "test_own_pipe"]:
        del catalogue.REGISTRY[key]
    for name in [one for one in sys.modules if one.partition(".")[0] == "xx_my_run"]:
        del sys.modules[name]


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    forget()


def run(*arguments: str) -> Result:
    forget()
    return CliRunner().invoke(app, arguments)


def train(corpus: Path, transformer: Path) -> Result:
    """Train a pipeline with a function of `FILE`, in the current folder."""
    Path(FILE).write_text(CODE, encoding="utf8")
    shutil.copytree(corpus, "corpus")
    write_corpus(Path("corpus") / "test.spacy", TAGGED)
    settings = {
        "paths.train": "corpus/train.spacy",
        "paths.dev": "corpus/dev.spacy",
        "variables.transformer": str(transformer),
        "variables.rate": 5e-3,
        "nlp.lang": "xx",
        "training.max_steps": 30,
        "training.eval_frequency.least": 1,
    }
    config = load_config(ROOT / "configs" / "ner.cfg", overrides=settings)
    config["nlp"]["pipeline"].append("own")
    config["components"]["own"] = {"factory": "test_own_pipe"}
    config.to_disk("config.cfg")
    return run("train", "config.cfg", "--output", "training/my run", "--code", FILE)


def test_commands_that_a_training_with_code_names_work_as_printed(
    corpus_folder: Path,
    transformer_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    trained = train(corpus_folder, transformer_folder)
    assert trained.exit_code == 0, trained.output
    said = trained.output.replace(" \\\n", " ").splitlines()
    commands = [shlex.split(one)[1:] for one in said if one.startswith("    adaptive-spacy ")]
    assert [one[0] for one in commands] == ["evaluate", "report", "plot", "package"]
    model = "training/my run/model-last"
    others = [
        ["compare", model, "training/my run/model-best"],
        ["suspects", "training/my run"],
    ]
    for command in [*commands, *([*one, "-c", FILE] for one in others)]:
        result = run(*command)
        assert result.exit_code == 0, result.output
    without = [[word for word in one if word not in ("--code", FILE)] for one in commands]
    for command in [*without, *others]:
        if command[0] == "plot":
            continue
        result = run(*command)
        assert result.exit_code == 1
        assert "'test_own_pipe'" in result.output
        assert result.output.endswith("registers it: --code FILE\n")
        assert result.output.count("\n") == 1
    # the package brings its own
    (wheel,) = Path("packages").glob("xx_my_run-*.whl")
    shutil.unpack_archive(wheel, tmp_path / "site", "zip")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    forget()
    assert spacy.load("xx_my_run").pipe_names[-1] == "own"


def test_every_command_that_loads_a_pipeline_takes_code() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    options = {
        name: [one.opts for one in command.params if one.name == "code"]
        for name, command in commands.items()
    }
    assert {name for name, found in options.items() if found} == WITH_CODE
    assert all(found in ([], [["--code", "-c"]]) for found in options.values())


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "x: [E002] Can't find factory for 'a.v1' for language X (xx). This usually\n\nit: b, c",
            "x: [E002] Can't find factory for 'a.v1' for language X (xx)",
        ),
        (
            "x; [E893] Could not find function 'a.v1' in function registry 'misc'. If you're",
            "x; [E893] Could not find function 'a.v1' in function registry 'misc'",
        ),
    ],
)
def test_what_nobody_registered_is_said_with_what_to_do(said: str, expected: str) -> None:
    assert name_code(said) == (
        f"{expected}; install the package that has it, or name the Python file that registers it: "
        "--code FILE"
    )


def test_other_faults_are_said_as_they_are() -> None:
    assert name_code("x: [E048] Can't import language xq. Is it there?") == (
        "x: [E048] Can't import language xq. Is it there?"
    )


def test_command_without_code_names_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = "[E002] Can't find factory for 'a' for language X (xx). This usually happens"

    def fail(*_: object, **__: object) -> None:
        raise ValueError(said)

    monkeypatch.setattr("adaptive_spacy.data.convert.convert", fail)
    Path("a.conll").write_text("Ada B-PER\n")
    assert run("convert", "a.conll", "out").output == f"✘ {said}\n"
