"""A training that goes on under other circumstances: moved, copied, linked, spelt otherwise."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from adaptive_spacy.training.resume import identity
from tests.training.resume.commands import SCORES, broken_off, digests, resume, run, same_ends
from tests.training.resume.trainings import make_config


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The config of a short training, in a file beside its corpora."""
    return make_config(tmp_path, SCORES)


def touch(output: Path) -> Path:
    for one in output.parent.glob("*.spacy"):
        os.utime(one, (1, 1))
    return output


def move(output: Path) -> Path:
    (output.parent / "other").mkdir()
    return output.rename(output.parent / "other" / "place")


def copy(output: Path) -> Path:
    made = Path(shutil.copytree(output, output.parent / "copy"))
    shutil.rmtree(output)
    return made


def link(output: Path) -> Path:
    target = output.rename(output.parent / "target")
    output.symlink_to(target)
    return output


def link_snapshots(output: Path) -> Path:
    (output / "resume").rename(output.parent / "scratch")
    (output / "resume").symlink_to(output.parent / "scratch")
    return output


@pytest.mark.parametrize("change", [touch, move, copy, link, link_snapshots])
def test_same_training_in_another_place_ends_the_same(
    change: Callable[[Path], Path], config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(config, tmp_path / "whole").exit_code == 0
    broken_off(config, tmp_path / "out", monkeypatch)
    output = change(tmp_path / "out")
    resume(config, output)
    assert same_ends(output, tmp_path / "whole")
    assert "Nothing is left to do" in run(config, output, "--resume").output
    assert [one.name for one in (output / "resume").iterdir()] == ["finished.json"]


def test_settings_in_another_order_and_spelling_are_the_same(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    then = ["--training.dropout", "0.25", "--training.max_epochs=50", "--training.seed", "0"]
    now = ["--training.seed=0", "--training.max_epochs", "50", "--training.dropout", "2.5e-1"]
    assert run(config, tmp_path / "whole", *then).exit_code == 0
    broken_off(config, tmp_path / "out", monkeypatch, *then)
    resume(config, tmp_path / "out", *now)
    assert same_ends(tmp_path / "out", tmp_path / "whole")


def test_same_files_by_other_paths_are_the_same(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(config, tmp_path / "whole").exit_code == 0
    broken_off(config, tmp_path / "out", monkeypatch)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dev.spacy").rename(tmp_path / "moved.spacy")
    paths = ["--paths.train", "train.spacy", "--paths.dev", "moved.spacy"]
    result = run(
        config, tmp_path / "out", "--resume", "--paths.train=moved.spacy", paths[2], paths[3]
    )
    assert result.exit_code == 1
    assert "corpora.train.path: " in result.output
    assert "then, moved.spacy now" in result.output
    resume(config, Path("out"), *paths)
    # which have the path, and its checksum
    assert same_ends(tmp_path / "out", tmp_path / "whole", but=("config.cfg", "checksums.json"))
    assert "Nothing is left to do" in run(config, tmp_path / "out", "--resume", *paths).output


def test_files_that_are_gone_or_new_are_called_so(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "code.py"
    code.write_text("a = 1")
    broken_off(config, tmp_path / "out", monkeypatch, "--code", str(code))
    result = run(config, tmp_path / "out", "--resume")
    assert f"{code} was read then, it is not now" in " ".join(result.output.split())
    code.unlink()
    other = tmp_path / "other.py"
    other.write_text("a = 2")
    result = run(config, tmp_path / "out", "--resume", "--code", str(other))
    text = " ".join(result.output.split())
    assert f"{code} was read then, it is gone now" in text
    assert f"{other} is read now, it was not then" in text
    other.write_text("a = 1")
    resume(config, tmp_path / "out", "--code", str(other))


def test_output_is_no_part_of_what_is_read(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the corpora and the output in one folder, which is named
    output = tmp_path / "data" / "out"
    (tmp_path / "data").mkdir()
    (tmp_path / "train.spacy").rename(tmp_path / "data" / "train.spacy")
    paths = ["--paths.train", str(tmp_path / "data"), "--paths.output", str(output)]
    broken_off(config, output, monkeypatch, *paths)
    resume(config, output, *paths)
    assert "Nothing is left to do" in run(config, output, "--resume", *paths).output
    shutil.copy(tmp_path / "dev.spacy", tmp_path / "data" / "more.spacy")
    result = run(config, output, "--resume", *paths)
    assert "Nothing is left to do" not in result.output


def test_other_number_of_threads_is_said(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_off(config, tmp_path / "out", monkeypatch)
    monkeypatch.setattr(identity.torch, "get_num_threads", lambda: 77)
    text = resume(config, tmp_path / "out")
    assert "the end may differ in the last digits (threads:" in text
    assert "77 now" in text


def test_other_output_begins_anew(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_off(config, tmp_path / "out", monkeypatch)
    before = digests(tmp_path / "out")
    result = run(config, tmp_path / "new", "--resume")
    assert "a new one begins" in " ".join(result.output.split())
    assert digests(tmp_path / "out") == before
    assert (tmp_path / "new" / "model-best").is_dir()
