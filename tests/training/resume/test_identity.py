"""What makes a training the same, as far as its config and its files tell."""

from pathlib import Path

import pytest
from thinc.api import Config

from adaptive_spacy.training.resume.identity import differences, identify


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus in two files, in a folder of the working directory."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in ("a.spacy", "b.spacy"):
        (folder / name).write_text(name)
    return folder


def test_name_of_the_hub_is_no_folder_here(corpus: Path) -> None:
    (corpus.parent / "bert").mkdir()
    config = Config({"paths": {"train": "corpus"}, "model": {"name": "bert"}})
    assert set(identify(config)["files"]) == {"corpus"}
    config["model"]["name"] = "./bert/../bert"
    assert set(identify(config)["files"]) == {"corpus", "bert/../bert"}


def test_files_of_a_folder_that_are_called_otherwise_are_others(corpus: Path) -> None:
    """As the vocabulary of a transformer, which is read no more."""
    config = Config({"paths": {"train": "corpus"}})
    then = identify(config)
    assert differences(then, identify(config)) == []
    (corpus / "b.spacy").rename(corpus / "b.spacy.old")
    assert differences(then, identify(config)) == ["the content of corpus is another one"]


@pytest.mark.parametrize("name", ["tiny", "./tiny"])
def test_transformer_in_a_folder_here_is_a_file_that_is_read(corpus: Path, name: str) -> None:
    folder = corpus.parent / "tiny"
    folder.mkdir()
    (folder / "weights").write_text("first")
    model = {"@architectures": "spacy-transformers.TransformerModel.v3", "name": name}
    config = Config({"paths": {"train": "corpus"}, "model": model})
    then = identify(config)
    (folder / "weights").write_text("second")
    assert differences(then, identify(config)) == ["the content of tiny is another one"]


def test_source_that_is_a_package_is_no_folder_here(corpus: Path) -> None:
    for name in ("numpy", "mine"):
        (corpus.parent / name).mkdir()
    config = Config({"components": {"a": {"source": "numpy"}, "b": {"source": "mine"}}})
    assert set(identify(config)["files"]) == {"mine"}
