"""What a package says of itself: the entities that it finds, and what it was made from."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import spacy
from huggingface_hub import ModelCard

from adaptive_spacy.data.datasets import Recipe
from adaptive_spacy.serving.package import package
from tests.serving.wheels import read_wheel


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline with a tagger, a parser and entities."""
    nlp = spacy.blank("en")
    tagger: Any = nlp.add_pipe("tagger")
    tagger.add_label("NN")
    parser: Any = nlp.add_pipe("parser")
    parser.add_label("dep")
    ner: Any = nlp.add_pipe("ner")
    ner.add_label("PER")
    nlp.initialize()
    folder = tmp_path_factory.mktemp("mixed") / "model-last"
    nlp.to_disk(folder)
    return folder


def test_package_names_entities_alone(pipeline: Path, tmp_path: Path) -> None:
    (wheel,) = package(pipeline, tmp_path, name="mixed")
    meta = json.loads(read_wheel(wheel, "en_mixed-0.1.0/meta.json"))
    assert meta["description"].startswith("Named entities: PER. Fine-tuned with")
    assert meta["labels"]["tagger"] == ["NN"]
    card = read_wheel(wheel, "en_mixed-0.1.0/README.md")
    assert "\nIt finds entities of 1 types: PER.\n" in card
    assert "NN" not in card


def test_package_that_finds_no_entities_names_none(pipeline: Path, tmp_path: Path) -> None:
    nlp = spacy.load(pipeline)
    nlp.remove_pipe("ner")
    nlp.to_disk(tmp_path / "tags")
    (wheel,) = package(tmp_path / "tags", tmp_path / "wheels", name="tags")
    meta = json.loads(read_wheel(wheel, "en_tags-0.1.0/meta.json"))
    assert meta["description"].startswith("Fine-tuned with")
    card = read_wheel(wheel, "en_tags-0.1.0/README.md")
    assert "Named entities" not in card
    assert "It finds entities" not in card


def test_package_tells_its_data_from_its_base(
    pipeline: Path, transformer_folder: Path, tmp_path: Path
) -> None:
    transformer = Path(shutil.copytree(transformer_folder, tmp_path / "bert-base-cased"))
    (transformer / "source.json").write_text('{"source": "bert-base-cased"}')
    place = "https://huggingface.co/datasets/me/my_data"
    recipe = Recipe("my_data", "MIT", place, [], {"lang": "en"})
    scores = {"ents_p": 0.5, "ents_r": 0.5, "ents_f": 0.5}
    metrics = {
        "spacy": scores,
        "corpus": "test.spacy",
        "sentences": 3,
        "entities": 2,
        "seqeval": {"per_type": {"PER": {"support": 2}}},
        "exact_match": 0.5,
    }
    (tmp_path / "t.json").write_text(json.dumps(metrics))
    for dataset, name in ((recipe, "my_data"), (None, "unknown")):
        (wheel,) = package(
            pipeline,
            tmp_path / f"wheels-{name}",
            name="x",
            metrics=tmp_path / "t.json",
            transformer=transformer,
            dataset=dataset,
        )
        data = ModelCard(read_wheel(wheel, "en_x-0.1.0/README.md")).data
        assert data.base_model == "bert-base-cased"
        assert {one.dataset_name for one in data.eval_results} == {name}
        meta = json.loads(read_wheel(wheel, "en_x-0.1.0/meta.json"))
        assert meta["sources"][-1]["url"] == "https://huggingface.co/bert-base-cased"
        assert [one["role"] for one in meta["sources"]][-1] == "transformer"
