"""No model is scored on sentences that it has learnt from: those of crossfit have learnt all."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.experiments.predictions import find_corpus
from adaptive_spacy.serving.facts import describe_training
from tests.conftest import SENTENCES, write_corpus
from tests.experiments.crossfits import docs_of, run


def test_interrupted_run_on_other_data_leaves_no_record_of_the_former(
    crossfitted: Path, transformer_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copytree(crossfitted, tmp_path / "few"))
    other = write_corpus(tmp_path / "other.spacy", SENTENCES)

    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("adaptive_spacy.experiments.crossfit.train_folds", interrupted)
    assert run(other, copy, transformer_folder).exit_code != 0
    assert not (copy / "crossfit.json").exists()
    assert len(docs_of(copy / "labelled.spacy")) == len(SENTENCES)
    # the former model is there, and no sentences that it has not learnt from
    assert find_corpus(copy) == (None, "the dev set")
    said = " ".join(CliRunner().invoke(app, ["report", str(copy)]).output.split())
    assert "Not known" in said
    result = CliRunner().invoke(app, ["suspects", str(copy)])
    assert result.exit_code == 1
    assert "this crossfit has not come to its end" in " ".join(result.output.split())


def test_models_of_all_labels_are_compared_on_none_of_them(crossfitted: Path) -> None:
    other = str(crossfitted / "model-last")
    for first in (str(crossfitted), other):
        result = CliRunner().invoke(app, ["compare", first, other])
        assert result.exit_code == 1
        assert "that it has not learnt from" in " ".join(result.output.split())
    # on what the user names they are, and it is said of each
    corpus = ("--corpus", str(crossfitted / "labelled.spacy"))
    with pytest.warns(UserWarning, match="learnt from 13 of the 13 documents") as said:
        result = CliRunner().invoke(app, ["compare", other, str(crossfitted), *corpus])
    assert result.exit_code == 0, result.output
    assert sum("documents that are compared" in str(one.message) for one in said) == 2
    # nor does the card name the part of one fold as dev
    assert describe_training(crossfitted / "model-last")["sentences of train"] == 13
    assert "sentences of dev" not in describe_training(crossfitted / "model-last")
