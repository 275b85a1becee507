"""Trainings of the shipped configs on a tiny transformer."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import Result
from spacy.cli._util import app
from spacy.util import load_config
from thinc.api import Config
from typer.testing import CliRunner

from tests.conftest import ROOT

CONFIGS = ROOT / "configs"
NAMES = sorted(path.stem for path in CONFIGS.glob("*.cfg"))


def overrides(corpus: Path, transformer: Path, rate: float = 3e-3) -> dict[str, object]:
    return {
        "paths.train": str(corpus / "train.spacy"),
        "paths.dev": str(corpus / "dev.spacy"),
        "variables.transformer": str(transformer),
        "variables.rate": rate,
        # an epoch is a round, of 3 updates, where nothing else is tested
        "training.eval_frequency.least": 1,
        # whose tokenizer has no thousand exceptions to load, each time that a pipeline is
        "nlp.lang": "xx",
    }


def run_spacy(*arguments: object) -> str:
    """Run a command of spaCy in this process. RETURNS (str): What it printed."""
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exit_code == 0, result.output + repr(result.exception)
    return str(result.output)


def spacy_train(config: Path, output: Path, **settings: object) -> Result:
    """`spacy train` in this process."""
    return CliRunner().invoke(app, train_arguments(config, output, settings))


def spacy_train_process(
    config: Path, output: Path, **settings: object
) -> subprocess.CompletedProcess[str]:
    """`spacy train` as users run it, in a process of its own."""
    command = [sys.executable, "-m", "spacy", *train_arguments(config, output, settings)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def train_arguments(config: Path, output: Path, settings: dict[str, object]) -> list[str]:
    return ["train", str(config), "-o", str(output), *(f"--{k}={v}" for k, v in settings.items())]


def set_in(config: Any, path: str, value: object) -> None:
    *blocks, last = path.split(".")
    for block in blocks:
        config = config[block]
    config[last] = value


def read(corpus: Path, transformer: Path, name: str = "adaptive", **settings: Any) -> Config:
    """RETURNS (Config): A config of the project. settings: Dotted keys with "__" for "."."""
    filled = overrides(corpus, transformer)
    config = load_config(CONFIGS / f"{name}.cfg", overrides=filled, interpolate=False)
    for key, value in settings.items():
        set_in(config, key.replace("__", "."), value)
    return config
