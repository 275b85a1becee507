"""`adaptive-spacy train`, broken off and resumed, and what it leaves."""

from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from tests.training.resume.trainings import Stop, break_off, files, history

SCORES = [0.0, 0.3, 0.1, 0.4, 0.2, 0.2, 0.2]
MODELS = ("model-best", "model-last")


def run(config: Path, output: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["train", str(config), "--output", str(output), *arguments])


def resume(config: Path, output: Path, *arguments: str) -> str:
    """RETURNS (str): What it said when it had gone on to its end."""
    result = run(config, output, "--resume", *arguments)
    text = " ".join(result.output.split())
    assert result.exit_code == 0, text
    assert "Going on after step" in text
    return text


def broken_off(
    config: Path, output: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> None:
    """Leave a training that was broken off after its third evaluation."""
    with monkeypatch.context() as patch:
        break_off(patch, at=3)
        with pytest.raises(Stop):
            run(config, output, *arguments)


def same_ends(output: Path, whole: Path, *, but: tuple[str, ...] = ()) -> bool:
    """Whether two trainings left the same; their files `but` some may have other paths in them."""
    return history(output) == history(whole) and all(
        _without(files(output / model), but) == _without(files(whole / model), but)
        for model in MODELS
    )


def digests(folder: Path) -> dict[str, str]:
    """RETURNS (dict): Of the files in a folder: what differs is told in a line."""
    return {name: sha256(content).hexdigest() for name, content in files(folder).items()}


def _without(found: dict[str, bytes], names: tuple[str, ...]) -> dict[str, bytes]:
    return {name: content for name, content in found.items() if name not in names}
