"""Runs of `crossfit` on a dozen sentences."""

from pathlib import Path

import spacy
from click.testing import Result
from spacy.tokens import Doc, DocBin
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from tests.conftest import ROOT

FOLDS = 3
#: Whose tokenizer is made in no time
LANG = "xx"
LEAST = 30
SETTINGS = {
    "variables.rate": 2e-2,
    "training.batcher.batcher.size": 4,
    "training.eval_frequency.least": 1,  # a round is an epoch
    "training.optimizer.learn_rate.cooldown": 2,
    "training.optimizer.learn_rate.warmup": 1,
    # more than the shortest fold would make
    "training.optimizer.learn_rate.least": LEAST,
    # scores of four sentences fall far by chance
    "training.before_update.then.retries": 0,
}


def run(labelled: Path, output: Path, transformer: Path, *more: str) -> Result:
    settings = {**SETTINGS, "variables.transformer": str(transformer)}
    options = [part for key, value in settings.items() for part in (f"--{key}", str(value))]
    return CliRunner().invoke(
        app,
        [
            *("crossfit", str(labelled), "--output", str(output), "--folds", str(FOLDS)),
            *("--lang", LANG),
            *("--config", str(ROOT / "configs" / "adaptive.cfg"), *options, *more),
        ],
    )


def docs_of(path: Path) -> list[Doc]:
    return list(DocBin().from_disk(path).get_docs(spacy.blank(LANG).vocab))
