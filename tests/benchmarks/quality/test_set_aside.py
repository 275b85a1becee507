"""Sentences of train and dev that trials are scored on."""

import errno
from collections.abc import Collection
from pathlib import Path

import pytest
import spacy
import typer
from spacy.tokens import Doc, DocBin
from typer.testing import CliRunner

from adaptive_spacy.data.shared_texts import without_spaces
from adaptive_spacy.experiments.shipping import write_docs
from benchmarks.quality import set_aside
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


def test_copies_of_a_text_stay_together(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path / "corpus")
    # the same, but for spaces, and more than once in either
    copies = [(f"word{number % 5} sings .", "B-PER O O") for number in range(20)]
    write_corpus(corpus / "train.spacy", copies)
    write_corpus(corpus / "dev.spacy", [("word1 sings.", "B-PER O"), *copies])
    for seed in range(4):
        found = divide(corpus, tmp_path / f"aside-{seed}", "--sentences", "10", "--seed", str(seed))
        assert sum(map(len, found.values())) == 41
        # five texts of eight or nine
        assert 16 <= len(found["test"]) <= 17
        distinct = [{without_spaces(text) for text in part} for part in found.values()]
        assert sum(map(len, distinct)) == len(set.union(*distinct)) == 5


def test_texts_that_are_too_few_are_refused(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path / "corpus")
    write_corpus(corpus / "train.spacy", [("Ada sings", "B-PER O")] * 9)
    write_corpus(corpus / "dev.spacy", [("Ada sings", "B-PER O"), ("Bo sings", "B-PER O")])
    given = [str(corpus), str(tmp_path / "aside"), "--sentences", "1"]
    result = CliRunner().invoke(APP, given)
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert f"dev get a text each, got 1, as train and dev of {corpus} have 11 of 2 texts" in said
    assert not (tmp_path / "aside").exists()


def test_what_is_there_is_not_replaced(tmp_path: Path) -> None:
    corpus, mine = make_corpus(tmp_path / "corpus"), make_corpus(tmp_path / "mine")
    (tmp_path / "file").write_text("mine")
    for output, found in ((mine, "one that holds something"), (tmp_path / "file", "a file")):
        result = CliRunner().invoke(APP, [str(corpus), str(output), "--sentences", "3"])
        assert result.exit_code == 1
        said = f"expected a new or an empty folder, found {found}"
        assert said in " ".join(result.output.split())
    assert texts(mine / "test.spacy") == ["never read"]
    (tmp_path / "empty").mkdir()
    divide(corpus, tmp_path / "empty", "--sentences", "3")


def test_corpus_is_there_as_a_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, output = make_corpus(tmp_path / "corpus"), tmp_path / "aside"
    written: list[Path] = []

    def break_down(docs: Collection[Doc], path: Path) -> None:
        write_docs(docs, path)
        written.append(path)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(set_aside, "write_docs", break_down)
    result = CliRunner().invoke(APP, [str(corpus), str(output), "--sentences", "3"])
    assert result.exit_code == 1
    assert written
    assert not output.exists()


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
