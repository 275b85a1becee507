"""No model is scored on sentences that it has learnt from: those of crossfit have learnt all."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.experiments.predictions import find_corpus
from adaptive_spacy.serving.facts import describe_training


def test_run_that_has_not_come_to_its_end_has_no_corpus_to_be_scored_on(
    crossfitted: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(crossfitted, tmp_path / "few"))
    (copy / "crossfit.json").unlink()
    # the model is there, and no sentences that it has not learnt from
    assert find_corpus(copy / "model-last") == (None, "the dev set")
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
