"""A small world of files that the commands work on: made once, copied for each command line."""

import json
import shutil
from pathlib import Path

from spacy.cli.train import train
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.data.export import export
from tests.conftest import ROOT, make_transformer, write_corpus
from tests.report.records import make_job, make_record, write_records

GRID = """
title: tiny
approaches:
  adaptive: {config: configs/adaptive.cfg}
  stable: {config: configs/stable.cfg, settings: {training.max_steps.times: 2}}
  hybrid: {config: configs/hybrid.cfg, settings: {variables.total: {stop_of: adaptive}}}
datasets: {news: {path: corpus/news, lang: en}}
models: {tiny: assets/transformer}
combinations: [[news, tiny]]
fractions: [0.5, 1]
seeds: [1, 2]
"""
RECIPES = """
news:
  licence: CC0
  source: here
  lang: en
  files: {train: "{raw}/all.conll", dev: "{raw}/all.jsonl"}
pooled: {pool: "{raw}/all.conll", split: {train: 0.5, dev: 0.5}, seed: 1, group: 2}
"""
NAMES = ("Ada", "Ben", "Cleo", "Ray", "Ada Ray", "Ben Ray")
PLACES = ("Paris", "London", "York", "New York", "New London", "New Paris")
BRAT = {"a.txt": "Ada sings in Paris", "a.ann": "T1\tPER 0 3\tAda\nT2\tLOC 13 18\tParis\n"}


def make_sentence(name: str, place: str) -> tuple[str, str]:
    """RETURNS (tuple[str, str]): A sentence and its tags."""
    tags = [
        " ".join(f"{'I' if i else 'B'}-{label}" for i in range(len(words.split())))
        for words, label in ((name, "PER"), (place, "LOC"))
    ]
    return f"{name} visits {place} today", f"{tags[0]} O {tags[1]} O"


def make_world(folder: Path) -> Path:
    """Make the files of every command: a trained pipeline, corpora, records, recipes, a grid.

    RETURNS (Path): The folder. Paths in its files start there.
    """
    (folder / "corpus" / "news").mkdir(parents=True)
    (folder / "assets").mkdir()
    (folder / "raw" / "brat").mkdir(parents=True)
    make_transformer(folder / "made")
    run = CliRunner().invoke(
        app, ["model", str(folder / "made"), str(folder / "assets/transformer")]
    )
    assert run.exit_code == 0, run.output
    shutil.rmtree(folder / "made")
    corpus = folder / "corpus" / "news"
    sentences = [make_sentence(name, place) for name in NAMES for place in PLACES]
    for split, part in {"train": sentences[:24], "dev": sentences[24:30]}.items():
        write_corpus(corpus / f"{split}.spacy", part)
    write_corpus(corpus / "test.spacy", sentences[30:])
    for name in ("all.conll", "all.jsonl"):
        export(corpus / "dev.spacy", folder / "raw" / name)
    for name, text in BRAT.items():
        (folder / "raw" / "brat" / name).write_text(text)
    (folder / "grid.yml").write_text(GRID)
    (folder / "more.yml").write_text("extends: grid.yml\nseeds: [3]\n")
    (folder / "datasets.yml").write_text(RECIPES)
    shutil.copytree(ROOT / "configs", folder / "configs")
    overrides = {
        "paths.train": str(corpus / "train.spacy"),
        "paths.dev": str(corpus / "dev.spacy"),
        "variables.transformer": str(folder / "assets" / "transformer"),
        "training.optimizer.learn_rate.warmup": 0,
        "training.optimizer.learn_rate.cooldown": 1,
        "training.max_epochs": 20,
        "training.logger.progress_bar": False,
    }
    train(folder / "configs" / "adaptive.cfg", folder / "training", overrides=overrides)
    records = [
        make_record(make_job(approach, seed, search=search), 0.5 + seed / 10)
        for approach, search in (("adaptive", None), ("stable", None), ("two", "epochs"))
        for seed in (1, 2)
    ]
    records.append(make_record(make_job("stable", 3), None))
    write_records(folder / "runs", records)
    model, test = str(folder / "training/model-last"), str(corpus / "test.spacy")
    run = CliRunner().invoke(
        app, ["evaluate", model, test, "--output", str(folder / "metrics.json")]
    )
    assert run.exit_code == 0, run.output
    assert json.loads((folder / "metrics.json").read_text())
    return folder
