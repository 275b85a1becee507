"""A training is reported on sentences that it has learnt: it says so."""

import shutil
import warnings
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.report.live.state import Live
from tests.conftest import write_corpus
from tests.known import sentences
from tests.report.runs import write_training


def report(training: Path, corpus: Path | None = None) -> tuple[str, str]:
    """RETURNS (tuple[str, str]): What is printed, and the page."""
    named = [] if corpus is None else ["--corpus", str(corpus)]
    result = CliRunner().invoke(app, ["report", str(training), *named])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split()), (training / "report.html").read_text(encoding="utf8")


def test_report_on_what_was_learnt_says_so(tmp_path: Path) -> None:
    training = write_training(tmp_path / "run")
    with pytest.warns(UserWarning, match="5 of 5 documents are what this model has learnt from"):
        said, page = report(training, tmp_path / "corpus" / "train.spacy")
    assert "What to expect: Expect less than F1 0.0 on sentences like these: measured on" in said
    assert "The model has learnt 5 of 5 sentences, of which it says what it was told, so" in said
    assert "The model has learnt 5 of these texts" in page
    assert "The model did not learn from these labels" not in page
    # as by watch, once it has ended
    live = Live(training, corpus=tmp_path / "corpus" / "train.spacy")
    with pytest.warns(UserWarning, match="5 of 5 documents are what this model has learnt from"):
        lines = [line for _ in range(2) for line in live.update()]
    assert any("The model has learnt 5 of 5 sentences" in line for line in lines)


@pytest.mark.parametrize("split", ["test", "dev"])
def test_report_that_finds_what_was_learnt_by_itself_says_so(split: str, tmp_path: Path) -> None:
    training = write_training(tmp_path / "run", test=split == "test")
    corpus = tmp_path / "corpus" / f"{split}.spacy"
    shutil.copy(tmp_path / "corpus" / "train.spacy", corpus)
    with pytest.warns(UserWarning, match=rf"^{corpus} \(--corpus names others\): 5 of 5 documents"):
        said, page = report(training)
    assert (
        f"What to expect: Expect less than F1 0.0 on sentences like these: measured on the {split}"
        in said
    )
    assert "The model has learnt 5 of 5 sentences, of which it says what it was told, so" in said
    assert "The model has learnt 5 of these texts" in page


@pytest.mark.parametrize("named", [True, False])
def test_report_on_other_sentences_says_nothing(named: bool, tmp_path: Path) -> None:
    training = write_training(tmp_path / "run")
    other = write_corpus(tmp_path / "other.spacy", sentences(0, 5))
    with warnings.catch_warnings():
        warnings.filterwarnings("error", ".*has learnt from")
        said, page = report(training, other if named else None)
    assert "What to expect: Expect F1 " in said
    assert "has learnt" not in said
    assert "The model did not learn from these labels" in page


def test_page_of_a_training_in_the_current_folder_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path / "mine")
    page, _ = Live(Path()).served
    assert "Training mine" in page.decode()
