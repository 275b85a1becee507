"""Which annotated sentences a training's model predicts, where nobody names any."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc, DocBin
from thinc.api import Config
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.experiments.predictions import DEV, TEST, find_corpus
from tests.report.runs import write_training


@pytest.fixture
def training(tmp_path: Path) -> Path:
    return write_training(tmp_path / "mine")


def write_blind(path: Path) -> None:
    """A test set as competitions give it to those who take part."""
    doc = Doc(spacy.blank("xx").vocab, words=["Ada", "sings"])
    DocBin(docs=[doc] * 3).to_disk(path)


def commands(training: Path) -> Sequence[list[str]]:
    model = str(training / "model-last")
    return [["report", str(training)], ["suspects", str(training)], ["compare", model, model]]


@pytest.mark.filterwarnings("ignore:.*has learnt from")
def test_test_set_without_annotation_leaves_dev(training: Path) -> None:
    corpus = training.parent / "corpus"
    assert find_corpus(training / "model-last") == (corpus / "test.spacy", TEST)
    write_blind(corpus / "test.spacy")
    assert find_corpus(training / "model-last") == (corpus / "dev.spacy", DEV)
    for command in commands(training):
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 0, result.output
        assert command[0] == "compare" or "dev set" in " ".join(result.output.split())


def test_test_set_that_is_broken_is_named(training: Path) -> None:
    (training.parent / "corpus" / "test.spacy").write_bytes(b"text")
    for command in commands(training):
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 1
        assert "test.spacy cannot be read" in result.output


@pytest.mark.filterwarnings("error")
def test_corpus_of_a_reader_of_ones_own_is_not_read_as_docs(training: Path) -> None:
    corpus, config_file = training.parent / "corpus", training / "model-last" / "config.cfg"
    config = Config().from_disk(config_file, interpolate=False)
    for split in ("train", "dev"):
        (corpus / f"{split}.spacy").unlink()
        path = corpus / f"{split}.jsonl"
        path.write_text(json.dumps({"words": ["Ada"], "tags": ["B-PER"]}), encoding="utf8")
        config["paths"][split] = str(path)
        config["corpora"][split] = {"@readers": "not.Known.v1", "path": f"${{paths.{split}}}"}
    config.to_disk(config_file)
    assert find_corpus(training / "model-last") == (corpus / "test.spacy", TEST)
    (corpus / "test.spacy").unlink()
    assert find_corpus(training / "model-last") == (None, DEV)
    report, suspects, compare = (CliRunner().invoke(app, one) for one in commands(training))
    assert report.exit_code == 0, report.output
    said = " ".join(report.output.split())
    assert "Not known: neither the dev set nor a test set beside it" in said
    assert (suspects.exit_code, compare.exit_code) == (1, 1)
    assert "in .spacy files and annotated" in suspects.output
    assert "expected annotated sentences to compare on" in compare.output
