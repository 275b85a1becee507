"""What `--resume` finds is not what a training left there."""

import errno
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adaptive_spacy.adaptive.callback import Adapt
from adaptive_spacy.files import _former
from adaptive_spacy.training.guard import Guard
from adaptive_spacy.training.resume.loop import Loop
from adaptive_spacy.training.resume.snapshots import Snapshots
from tests.training.holder import HOLDER
from tests.training.resume.commands import SCORES, broken_off, digests, resume, run, same_ends
from tests.training.resume.trainings import history, make_config

BATCHER = '{"@batchers": "spacy.batch_by_sequence.v1", "size": 5}'
SIZES = '{"@schedules": "compounding.v1", "start": 4.0, "stop": 12.0, "compound": 1.1}'
MONITOR = "--training.before_update.monitor"
GUARD = "--training.before_update.then"
WATCHING = '{"@callbacks": "adaptive_spacy.guard.v1", "metric": "%s"}'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return make_config(tmp_path, SCORES)


@pytest.fixture
def output(config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of a training that was broken off."""
    broken_off(config, tmp_path / "out", monkeypatch)
    return tmp_path / "out"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--components.textcat.model.length", "128"],
        ["--nlp.pipeline", '["textcat"]'],
        ["--training.optimizer.@optimizers", "Adam.v1"],
        ["--training.before_update", "null"],
        [GUARD, WATCHING % "scripted"],
        ["--training.batcher", BATCHER],
        ["--training.batcher.batcher.size", SIZES],
        ["--training.max_epochs", "-1", "--training.batcher", BATCHER],
        ["--training.eval_frequency", "3"],
        ["--training.logger", '{"@loggers": "spacy.ConsoleLogger.v3"}'],
    ],
    ids=lambda arguments: arguments[0],
)
def test_forced_training_goes_on_or_says_that_it_cannot(
    arguments: list[str], config: Path, output: Path
) -> None:
    snapshots = Snapshots(output / "resume")
    before = digests(snapshots.folder)
    assert run(config, output, "--resume", *arguments).exit_code == 1
    short = ["--training.max_steps", "14"]
    result = run(config, output, "--resume", "--force", *arguments, *short)
    text = " ".join(result.output.split())
    assert "a bug" not in text
    if result.exit_code:
        assert "expected" in text or "does not fit" in text or "not those of this pipeline" in text
        assert digests(snapshots.folder) == before
        # nothing was lost
        resume(config, output)
    assert snapshots.finished() is not None


@pytest.mark.parametrize(
    ("first", "then"),
    [
        # another metric, another weight, as many scores or more or fewer; null is the main score
        ((), (MONITOR, '{"token_acc": 1.0}')),
        ((), (MONITOR, '{"scripted": 0.5}')),
        ((), (MONITOR, '[{"scripted": 1.0}, {"token_acc": 1.0}]')),
        ((MONITOR, '[{"scripted": 1.0}, {"token_acc": 1.0}]'), (MONITOR, '{"scripted": 1.0}')),
        ((), (MONITOR, "null", "--training.score_weights.cats_score", "1.0")),
        ((MONITOR, "null"), (MONITOR, "null", "--training.score_weights.cats_score", "1.0")),
        ((GUARD, WATCHING % "scripted"), (GUARD, WATCHING % "cats_score")),
        # the monitor is as it was, the score by which model-best is chosen is not
        ((), ("--training.score_weights.cats_score", "1.0")),
    ],
    ids=str,
)
def test_best_score_of_another_measure_is_refused_before_anything_is_written(
    first: tuple[str, ...],
    then: tuple[str, ...],
    config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    output, reported = tmp_path / "measured", ("--training.score_weights.token_acc", "null")
    broken_off(config, output, monkeypatch, *reported, *first)
    before = digests(output)
    result = run(config, output, "--resume", "--force", *reported, *then)
    text = " ".join(result.output.split())
    assert result.exit_code == 1
    weighs = any("score_weights" in one for one in then)
    assert f"✘ [training{'] score_weights' if weighs else '.before_update] m'}" in text
    assert "as the training that was broken off had, got" in text
    assert digests(output) == before
    # nothing was lost
    resume(config, output, *reported, *first)


def test_snapshot_that_does_not_name_its_scores_goes_on(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those of before did not."""
    arguments = (GUARD, WATCHING % "scripted")
    assert run(config, tmp_path / "whole", *arguments).exit_code == 0
    for kind, key in ((Adapt, "monitored"), (Guard, "metric"), (Loop, "score_weights")):
        save = kind.save_state

        def nameless(self, *nlp, save=save, key=key) -> dict[str, Any]:
            state = save(self, *nlp)
            del state[key]
            return state

        monkeypatch.setattr(kind, "save_state", nameless)
    broken_off(config, tmp_path / "old", monkeypatch, *arguments)
    monkeypatch.undo()
    resume(config, tmp_path / "old", *arguments)
    assert same_ends(tmp_path / "old", tmp_path / "whole")


def test_snapshot_of_a_newer_format_is_called_so(config: Path, output: Path) -> None:
    newest, former = sorted((output / "resume").iterdir(), reverse=True)
    for folder in (newest, former):
        manifest = folder / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"format": 2', '"format": 12'))
    (newest / "arrays.safetensors").rename(newest / "arrays.2")
    before = digests(output)
    result = run(config, output, "--resume")
    assert result.exit_code == 1
    assert "expected a snapshot of format 2, found 12" in " ".join(result.output.split())
    assert digests(output) == before


@pytest.mark.parametrize("what", ["file", "unreadable"])
def test_folder_of_snapshots_that_cannot_be_read_is_not_taken_for_an_empty_one(
    what: str, config: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what == "file":
        shutil.rmtree(output / "resume")
        (output / "resume").write_text("mine")
    else:
        iterdir = Path.iterdir

        def refused(self: Path):
            # root may read everything
            if self.name == "resume":
                raise PermissionError(errno.EACCES, "Permission denied", str(self))
            return iterdir(self)

        monkeypatch.setattr(Path, "iterdir", refused)
    for arguments in (["--resume"], []):
        before = digests(output)
        result = run(config, output, *arguments)
        assert result.exit_code == 1
        assert f"{output}/resume: " in result.output
        assert "expected" in result.output
        assert digests(output) == before


def test_former_snapshots_that_cannot_be_removed_stop_a_new_training(
    config: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, ignore_errors: bool = False) -> None:
        if not ignore_errors:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr("adaptive_spacy.training.resume.snapshots.shutil.rmtree", refused)
    before = history(output)
    result = run(config, output)
    assert result.exit_code == 1
    assert "permission denied" in result.output
    assert history(output) == before


def test_finished_training_without_its_model_begins_anew(config: Path, tmp_path: Path) -> None:
    assert run(config, tmp_path / "whole").exit_code == 0
    assert run(config, tmp_path / "out").exit_code == 0
    for model in ("model-best", "model-last"):
        shutil.rmtree(tmp_path / "out" / model)
    result = run(config, tmp_path / "out", "--resume")
    assert result.exit_code == 0
    assert "but its model-last is gone" in " ".join(result.output.split())
    assert same_ends(tmp_path / "out", tmp_path / "whole")


def test_best_model_that_was_moved_out_of_the_way_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # no later one is better
    config = make_config(tmp_path, [0.0, 0.3, 0.1, 0.1, 0.1, 0.1])
    assert run(config, tmp_path / "whole").exit_code == 0
    output = tmp_path / "out"
    broken_off(config, output, monkeypatch)
    (output / "model-best").rename(_former(output / "model-best"))
    assert "is gone" not in resume(config, output)
    assert same_ends(output, tmp_path / "whole")


def test_best_model_that_is_gone_is_said(config: Path, output: Path) -> None:
    shutil.rmtree(output / "model-best")
    assert f"The model-best of step 2 is gone from {output}" in resume(config, output)


def test_second_resume_at_the_same_time_is_refused(config: Path, output: Path) -> None:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", HOLDER, str(output)]
    before = digests(output)
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        result = run(config, output, "--resume")
        assert result.exit_code == 1
        assert f"process {process.pid} on " in result.output
        assert digests(output) == before
        process.communicate("")
    resume(config, output)
