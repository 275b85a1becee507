"""What `adaptive-spacy model` leaves as it is, as it is there already."""

import shutil
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.transformer import hub, pretrained
from adaptive_spacy.transformer.pretrained import fetch_transformer


def read(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def model(source: object, output: Path) -> str:
    """What the command says of a source."""
    result = CliRunner().invoke(app, ["model", str(source), str(output)])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def downloads(copied_transformer: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names that the hub was asked for, which it has."""
    asked: list[str] = []

    def download(name: str, **settings: Any) -> str:
        asked.append(name)
        return str(copied_transformer)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    monkeypatch.setattr(hub, "_ask", lambda name: None)
    return asked


def test_model_leaves_a_folder_of_which_no_file_changed(
    copied_transformer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out"
    model(copied_transformer, output)
    before = read(output)
    with monkeypatch.context() as patch:
        patch.setattr(pretrained, "replace_folder", lambda *_: pytest.fail("copied anew"))
        said = f"✔ {copied_transformer} is in {output} already: none of its files changed\n"
        assert model(copied_transformer, output) == said
    shutil.rmtree(output)
    model(copied_transformer, output)
    assert read(output) == before, "made anew it has the same bytes"


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "vocab.txt", "README.md"])
def test_model_takes_a_folder_anew_of_which_a_file_changed(
    copied_transformer: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_transformer(str(copied_transformer), tmp_path / "out")
    monkeypatch.setattr(pretrained, "require_whole", lambda file: None)
    monkeypatch.setattr(pretrained, "_try", lambda folder: [])
    with (copied_transformer / name).open("a") as file:
        file.write("\n")
    about = fetch_transformer(str(copied_transformer), tmp_path / "out")
    assert not about["kept"]
    assert fetch_transformer(str(copied_transformer), tmp_path / "out")["kept"]


def test_model_asks_the_hub_once(
    copied_transformer: Path, downloads: list[str], tmp_path: Path
) -> None:
    output = tmp_path / "out"
    assert model("some-model", output).startswith("✔ some-model (no licence named) is in")
    before = read(output)
    assert model("some-model", output) == (
        f"✔ some-model is in {output} already: the hub was not asked; to fetch it anew, remove the "
        "folder\n"
    )
    assert read(output) == before
    assert downloads == ["some-model"]
    fetch_transformer("another-model", output)
    assert downloads == ["some-model", "another-model"]
    # a file that is missing is not there already
    (output / "config.json").unlink()
    assert not fetch_transformer("another-model", output)["kept"]
    assert read(output).keys() == before.keys()


def test_model_takes_no_folder_for_a_name_of_the_hub(
    copied_transformer: Path, downloads: list[str], tmp_path: Path
) -> None:
    """source.json names a folder by its last part, which may be a name of the hub."""
    fetch_transformer(str(copied_transformer), tmp_path / "out")
    about = fetch_transformer(copied_transformer.name, tmp_path / "out")
    assert downloads == [about["source"]] == [copied_transformer.name]
    assert (about["kind"], about["kept"]) == ("hub", False)
    again = fetch_transformer(str(copied_transformer), tmp_path / "out")
    assert (again["kind"], again["kept"]) == ("folder", False)
