"""`adaptive-spacy train`: what it refuses, what it keeps, what it says."""

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
import spacy
from click.testing import Result
from spacy.language import Language
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.training.history import HISTORY
from adaptive_spacy.training.resume import start as module
from adaptive_spacy.training.resume.driver import Driver
from tests.training.resume.trainings import Stop, files, history
from tests.util import scripted_config, write_texts

SCORES = [0.0, 0.1, 0.2, 0.3, 0.2, 0.2, 0.2]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The config of a short training, in a file."""
    made = scripted_config(
        tmp_path,
        SCORES,
        training__score_weights={"scripted": 1.0, "cats_score": None},
        training__logger={"@loggers": "adaptive_spacy.Logger.v1"},
        training__before_to_disk={"@callbacks": "adaptive_spacy.checkpoint.v1"},
    )
    made.to_disk(tmp_path / "config.cfg")
    return tmp_path / "config.cfg"


def run(config: Path, output: Path, *arguments: str) -> Result:
    options = ["train", str(config), "--output", str(output), "--save-steps", "1"]
    return CliRunner().invoke(app, [*options, *arguments])


def broken_off(config: Path, output: Path, monkeypatch: pytest.MonkeyPatch, step: int = 5) -> None:
    """Leave a training that was broken off after a step."""
    save = Driver.save

    def stopped(self: Driver) -> None:
        save(self)
        if self.loop.step == step:
            raise Stop

    with monkeypatch.context() as patch:
        patch.setattr(Driver, "save", stopped)
        with pytest.raises(Stop):
            run(config, output)


def test_training_goes_on_and_then_has_nothing_left(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(config, tmp_path / "whole").exit_code == 0
    output = tmp_path / "out"
    broken_off(config, output, monkeypatch)
    result = run(config, output, "--resume")
    assert result.exit_code == 0, result.output
    assert "Going on after step 5" in result.output
    assert history(output) == history(tmp_path / "whole")
    for model in ("model-best", "model-last"):
        assert files(output / model) == files(tmp_path / "whole" / model)
    before = files(output)
    result = run(config, output, "--resume")
    assert result.exit_code == 0
    assert "Nothing is left to do" in result.output
    assert files(output) == before


def test_without_anything_to_resume_a_training_begins(config: Path, tmp_path: Path) -> None:
    result = run(config, tmp_path / "out", "--resume")
    assert result.exit_code == 0
    assert "was broken off: a new one begins" in " ".join(result.output.split())
    assert spacy.load(tmp_path / "out" / "model-best").pipe_names == ["textcat", "scripted"]


def test_language_that_spacy_does_not_have_is_refused(config: Path, tmp_path: Path) -> None:
    result = run(config, tmp_path / "out", "--nlp.lang", "zz")
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert "[nlp] lang: expected the code of a language of spaCy" in said
    assert not (tmp_path / "out").exists()


def test_other_training_is_refused_with_the_difference(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out"
    broken_off(config, output, monkeypatch)
    before = files(output)
    result = run(config, output, "--resume", "--training.dropout", "0.25")
    assert result.exit_code == 1
    assert "training.dropout: nothing then, 0.25 now" in result.output
    write_texts(tmp_path / "train.spacy", 24)
    result = run(config, output, "--resume")
    assert result.exit_code == 1
    assert f"the content of {tmp_path}/train.spacy is another one" in result.output
    write_texts(tmp_path / "train.spacy", 20)
    with monkeypatch.context() as patch:
        known = module.identify

        def newer(*arguments):
            found = known(*arguments)
            return {**found, "versions": {**found["versions"], "torch": "99.0"}}

        patch.setattr(module, "identify", newer)
        result = run(config, output, "--resume")
        assert result.exit_code == 1
        assert "99.0 now" in result.output
        assert files(output) == before
        result = run(config, output, "--resume", "--force")
    assert result.exit_code == 0, result.output
    assert "Going on, although" in result.output


def test_new_training_keeps_the_former_models_until_it_is_better(
    config: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    assert run(config, output).exit_code == 0
    best = files(output / "model-best")
    # no better one
    result = run(config, output, "--components.scripted.scores", "[0.0,0.2,0.1,0.1,0.1,0.1]")
    assert result.exit_code == 0, result.output
    assert "former" in result.output
    assert files(output / "former" / "model-best") == best
    assert files(output / "model-best") != best
    # nor is this one; what is kept is the best of all
    result = run(config, output, "--components.scripted.scores", "[0.0,0.1,0.1,0.1,0.1,0.1]")
    assert files(output / "former" / "model-best") == best
    assert [one.name for one in output.glob("former*")] == ["former"]
    result = run(config, output, "--components.scripted.scores", "[0.0,0.4,0.1,0.1,0.1,0.1]")
    assert "Better than the former training's best" in result.output
    assert not list(output.glob("former*"))


def test_model_of_a_kill_before_its_evaluation_was_written_gives_way_to_a_better_one(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was saved to go on with, so that the training begins anew, and ends as any other."""
    output, save = tmp_path / "out", Driver._save_models

    def kill(self: Driver, *, is_best: bool) -> None:
        save(self, is_best=is_best)
        raise Stop

    with monkeypatch.context() as patch:
        patch.setattr(Driver, "_save_models", kill)
        with pytest.raises(Stop):
            run(config, output, "--resume")
    assert (output / "model-best").is_dir()
    assert not (output / HISTORY).exists()
    result = run(config, output, "--resume")
    assert result.exit_code == 0, result.output
    assert "Better than the former training's best" in result.output
    assert not list(output.glob("former*"))


def test_former_models_are_there_until_the_first_of_its_own(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out"
    assert run(config, output).exit_code == 0
    best = files(output / "model-best")

    def full(self: Driver, *, is_best: bool) -> None:
        raise OSError(28, "No space left on device", "model-last")

    with monkeypatch.context() as patch:
        patch.setattr(Driver, "_save_models", full)
        result = run(config, output)
    assert result.exit_code == 1
    assert "no space left on device; make room and run it again" in result.output
    assert files(output / "model-best") == best
    assert files(output / "former" / "model-best") == best


def test_signal_ends_with_its_code_and_says_how_to_go_on(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, save = tmp_path / "out", Driver.save
    number = signal.SIGTERM

    def signalled(self: Driver) -> None:
        save(self)
        if self.loop.step == 4:
            os.kill(os.getpid(), number)

    # what is started in the background may ignore it
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    for sent, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
        number = sent
        with monkeypatch.context() as patch:
            patch.setattr(Driver, "save", signalled)
            result = run(config, output)
        assert result.exit_code == code, result.output
        assert "the same command with --resume" in " ".join(result.output.split())
        assert spacy.load(output / "model-best").pipe_names == ["textcat", "scripted"]
    signal.signal(signal.SIGINT, former)
    assert run(config, output, "--resume").exit_code == 0
    assert run(config, tmp_path / "whole").exit_code == 0
    assert history(output) == history(tmp_path / "whole")


def test_signal_at_the_beginning_leaves_what_was_broken_off(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out"
    broken_off(config, output, monkeypatch)
    saved, init = files(output), module.init_nlp

    def signalled(*arguments: Any, **settings: Any) -> Language:
        os.kill(os.getpid(), signal.SIGTERM)
        return init(*arguments, **settings)

    # who forgot --resume
    with monkeypatch.context() as patch:
        patch.setattr(module, "init_nlp", signalled)
        result = run(config, output)
    assert result.exit_code == 143, result.output
    assert "Saved after step-000000005" in " ".join(result.output.split())
    assert "is given up" not in result.output
    assert files(output) == saved
    assert run(config, output, "--resume").exit_code == 0
    assert run(config, tmp_path / "whole").exit_code == 0
    assert history(output) == history(tmp_path / "whole")


def test_damaged_snapshots_are_refused_or_passed_over(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out"
    broken_off(config, output, monkeypatch)
    newest = sorted((output / "resume").iterdir())[-1]
    (newest / "arrays.safetensors").write_bytes(b"cut")
    shutil.copytree(output, tmp_path / "copy")
    with pytest.warns(UserWarning, match="the one before is used"):
        assert run(config, output, "--resume").exit_code == 0
    for folder in (tmp_path / "copy" / "resume").iterdir():
        (folder / "state.json").write_text("{")
    result = run(config, tmp_path / "copy", "--resume")
    assert result.exit_code == 1
    assert "without --resume" in " ".join(result.output.split())
