"""Sentences of train and dev that trials are scored on."""

from pathlib import Path

import spacy
import typer
from spacy.tokens import DocBin
from typer.testing import CliRunner

from benchmarks.quality.set_aside import main
from tests.conftest import NOISE, SENTENCES, write_corpus

APP = typer.Typer()
APP.command()(main)


def texts(path: Path) -> list[str]:
    return [doc.text.strip() for doc in DocBin().from_disk(path).get_docs(spacy.blank("xx").vocab)]


def divide(corpus: Path, output: Path, *options: str) -> dict[str, list[str]]:
    result = CliRunner().invoke(APP, [str(corpus), str(output), *options])
    assert result.exit_code == 0, result.output
    return {split: texts(output / f"{split}.spacy") for split in ("train", "dev", "test")}


def make_corpus(folder: Path) -> Path:
    folder.mkdir()
    write_corpus(folder / "train.spacy", SENTENCES)
    write_corpus(folder / "dev.spacy", NOISE)
    write_corpus(folder / "test.spacy", [("never read", "O O")])
    return folder


def test_train_and_dev_are_divided_anew(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path / "corpus")
    found = divide(corpus, tmp_path / "aside", "--sentences", "3")
    assert len(found["test"]) == 3
    pool = [text for text, _ in (*SENTENCES, *NOISE)]
    assert sorted(text for part in found.values() for text in part) == sorted(pool)
    assert len(found["train"]) == int(0.8 * (len(pool) - 3))
    # the same again, and others by another seed
    assert divide(corpus, tmp_path / "again", "--sentences", "3") == found
    assert divide(corpus, tmp_path / "other", "--sentences", "3", "--seed", "1") != found


def test_what_does_not_do(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path / "corpus")
    runner = CliRunner()
    result = runner.invoke(APP, [str(corpus), str(tmp_path / "aside")])
    assert result.exit_code == 1
    assert f"as train and dev of {corpus}" in " ".join(result.output.split())
    assert not (tmp_path / "aside").exists()
    result = runner.invoke(APP, [str(corpus), str(corpus)])
    assert result.exit_code == 1
    assert texts(corpus / "test.spacy") == ["never read"]
