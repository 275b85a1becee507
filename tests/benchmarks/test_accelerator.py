"""What `python -m benchmarks.accelerator` refuses before it trains, and how it compares weights."""

import math
import shutil
from pathlib import Path

import pytest
import torch
import typer
from spacy.training.initialize import init_nlp
from typer.testing import CliRunner

from benchmarks.accelerator import compare_weights, main, tag
from tests.trainings import read

APP = typer.Typer(rich_markup_mode=None)
APP.command()(main)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--corpus", "missing"], "missing/train.spacy: expected what is trained on"),
        (["--transformer", "missing"], "missing: expected what is trained on, found nothing"),
        (["--rounds", "0"], "Invalid value for '--rounds'"),
        (["--epochs", "2"], "Invalid value for '--epochs'"),
        (["--sentences", "0"], "Invalid value for '--sentences'"),
        (["--output", "no/where.jsonl"], "expected a file in a folder that is there"),
    ],
)
def test_bad_arguments_are_said_before_anything_is_trained(
    arguments: list[str],
    said: str,
    corpus_folder: Path,
    transformer_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("benchmarks.accelerator.check", lambda *_: pytest.fail("it trains"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    corpus = Path(shutil.copytree(corpus_folder, tmp_path / "corpus"))
    shutil.copy(corpus / "dev.spacy", corpus / "test.spacy")
    given = ["--corpus", str(corpus), "--transformer", str(transformer_folder), "--gpu-id", "-1"]
    result = CliRunner().invoke(APP, [*given, *arguments], env={"COLUMNS": "300"})
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_the_peers_are_given_one_gpu_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.accelerator.check", lambda *_: pytest.fail("it trains"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    given = ["--corpus", "corpus", "--gpu-id", "1"]
    result = CliRunner().invoke(APP, given, env={"COLUMNS": "300"})
    assert result.exit_code == 2
    assert "CUDA_VISIBLE_DEVICES=1 and give --gpu-id 0" in " ".join(result.output.split())


def test_entities_are_told_with_the_precision_they_were_found_in(
    corpus_folder: Path, transformer_folder: Path, tmp_path: Path
) -> None:
    nlp = init_nlp(
        read(corpus_folder, transformer_folder, components__transformer__model__precision="float32")
    )
    nlp.to_disk(tmp_path / "one")
    texts = ["Ada lives in Paris", "and sings"]
    found = tag(tmp_path / "one", texts, -1)
    assert found.precision == "float32"
    expected = [[(e.start_char, e.end_char, e.label_) for e in nlp(text).ents] for text in texts]
    assert found.entities == expected


def test_weights_that_are_no_numbers_are_no_small_difference(
    corpus_folder: Path, transformer_folder: Path, tmp_path: Path
) -> None:
    nlp = init_nlp(read(corpus_folder, transformer_folder))
    nlp.to_disk(tmp_path / "one")
    assert compare_weights(tmp_path / "one", tmp_path / "one") == 0
    pipe = nlp.get_pipe("transformer_ner")
    for node in pipe.model.walk():
        for name in node.param_names:
            if node.has_param(name):
                node.get_param(name)[:] = math.nan
    nlp.to_disk(tmp_path / "other")
    assert math.isnan(compare_weights(tmp_path / "one", tmp_path / "other"))
