"""What a model that was trained on all labels says of itself."""

from pathlib import Path
from typing import Any

import pytest
import spacy
import srsly
from spacy.util import load_config
from thinc.api import Config

from adaptive_spacy.experiments.fixed_length import Curve, fix_rounds
from adaptive_spacy.experiments.shipping import (
    begin_output,
    keep_aside,
    mark,
    publish,
    read_splits,
    require_output,
    state_temperatures,
    train_aside,
)
from tests.conftest import ROOT
from tests.training.resume.trainings import Stop, break_off, files, history


def model_of(folder: Path, *pipes: str) -> Path:
    """A folder with all that matters here of a pipeline."""
    components = {pipe: {"factory": "transformer_ner"} for pipe in pipes}
    Config({"components": {**components, "other": {"factory": "ner"}}}).to_disk(
        folder / "config.cfg"
    )
    for pipe in pipes:
        (folder / pipe).mkdir()
        srsly.write_json(folder / pipe / "cfg", {"labels": ["PER"], "temperature": 0.25})
    return folder


def stated(model: Path, pipe: str) -> float:
    cfg = srsly.read_json(model / pipe / "cfg")
    assert cfg["labels"] == ["PER"]
    temperature: float = cfg["temperature"]
    return temperature


@pytest.mark.parametrize(
    ("evaluations", "expected"),
    [
        ([{"temperature": 2.0}], 2.0),
        ([{"temperature": 1.0}, {"temperature": 4.0}], 2.0),
        # nothing to go by, or all right
        ([{"temperature": 0.1}, {"temperature": 4.0}], 2.0),
        ([{"temperature": None}, {"temperature": 3.0}], 3.0),
        ([{}], 1.0),
        ([{"temperature": 2.0, "temperature_ner": 3.0}], 3.0),
    ],
)
def test_model_states_the_mean_temperature(tmp_path: Path, evaluations, expected: float) -> None:
    model = model_of(tmp_path, "ner")
    state_temperatures(model, evaluations)
    assert stated(model, "ner") == pytest.approx(expected, abs=1e-6)


def test_each_component_states_its_own_temperature(tmp_path: Path) -> None:
    model = model_of(tmp_path, "one", "two")
    # of two components' the common name has the last one's
    state_temperatures(model, [{"temperature": 2.0, "temperature_one": 3.0}])
    assert (stated(model, "one"), stated(model, "two")) == (3.0, 1.0)


@pytest.fixture
def config(experiment_corpus: Path, transformer_folder: Path) -> Config:
    """A training of a fixed length."""
    settings = {
        "paths.train": str(experiment_corpus / "train.spacy"),
        "paths.dev": str(experiment_corpus / "dev.spacy"),
        "variables.transformer": str(transformer_folder),
        "variables.rate": 1e-2,
        "training.batcher.batcher.size": 4,
        "training.eval_frequency.least": 1,
    }
    adaptive = load_config(ROOT / "configs" / "adaptive.cfg", overrides=settings, interpolate=True)
    curve = Curve(1e-2, 1, 2, "linear")
    return fix_rounds(adaptive, curve, 4, experiment_corpus / "train.spacy")


def train(config: Config, output: Path) -> Path:
    output.mkdir(exist_ok=True)
    return train_aside(config, output, notes="Unfinished", gpu_id=-1)


def test_training_goes_on_wherever_it_was_broken_off(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train(config, tmp_path / "whole")
    for at in (1, 3, 5):
        with monkeypatch.context() as patch:
            steps = break_off(patch, at=at)
            output = tmp_path / str(at)
            with pytest.raises(Stop):
                train(config, output)
            model = train(config, output)
        assert len(set(steps)) == len(steps) == 5
        assert files(model) == files(whole)
        assert history(model.parent) == history(whole.parent)


def test_what_was_broken_off_after_the_training_is_as_after_it(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = break_off(monkeypatch, at=0)
    model = train(config, tmp_path / "out")
    before, count = files(model), len(steps)
    mark(model, notes="Finished")
    state_temperatures(model, [{"temperature": 2.0}])
    assert files(model) != before
    assert files(train(config, tmp_path / "out")) == before
    # nothing was trained again
    assert len(steps) == count


def test_other_training_begins_anew(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = break_off(monkeypatch, at=2)
    with pytest.raises(Stop):
        train(config, tmp_path / "out")
    config["training"]["dropout"] = 0.3
    train(config, tmp_path / "out")
    assert steps[2] == steps[0] == 0


def test_folder_is_marked_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(self: Path, *_: Any, **__: Any) -> None:
        self.touch()
        raise KeyboardInterrupt

    def remains(self: Path, **_: Any) -> None:
        """Of a process that was killed, what it wrote is still there."""

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", crash)
        patch.setattr(Path, "unlink", remains)
        with pytest.raises(KeyboardInterrupt):
            begin_output(tmp_path, made_by="crossfit")
    assert list(tmp_path.glob("*.part"))
    begin_output(tmp_path, made_by="crossfit")
    assert (tmp_path / ".made-by").read_text() == "crossfit\n"
    # what a crash could leave empty is not written again
    monkeypatch.setattr(Path, "write_text", crash)
    begin_output(tmp_path, made_by="crossfit")
    require_output(tmp_path, made_by="crossfit")


def test_model_takes_the_place_of_the_former_one_at_once(tmp_path: Path) -> None:
    output = tmp_path
    corpus = keep_aside([spacy.blank("xx")("Ada sings")], output, "all.spacy")
    model = corpus.parent / "training" / "model-last"
    new = Config({"nlp": {"lang": "en"}, "corpora": {"train": {"path": str(corpus)}}})
    for folder, text in ((model, "new"), (output / "model-last", "old")):
        folder.mkdir(parents=True)
        (folder / "meta.json").write_text(text)
    new.to_disk(model / "config.cfg")
    (model.parent / "history.jsonl").write_text("{}")
    content = corpus.read_bytes()
    publish(model, output, config=new, corpus=corpus)
    assert (output / "model-last" / "meta.json").read_text().strip() == "new"
    assert (output / "history.jsonl").read_text() == "{}"
    assert (output / "all.spacy").read_bytes() == content
    for folder in (output, output / "model-last"):
        named = load_config(folder / "config.cfg")["corpora"]["train"]["path"]
        assert named == str((output / "all.spacy").resolve())
    # what it was trained by is as it was, and so is what its training goes on from
    assert new["corpora"]["train"]["path"] == str(corpus)
    assert (model / "meta.json").read_text().strip() == "new"
    assert (model.parent / "history.jsonl").read_text() == "{}"
    assert corpus.read_bytes() == content


def test_docs_are_read_before_they_are_varied(corpus_folder: Path) -> None:
    """So that they are the same each time, and varied anew in each epoch of what learns them."""
    overrides = {f"paths.{one}": str(corpus_folder / f"{one}.spacy") for one in ("train", "dev")}
    path = ROOT / "configs" / "adaptive.cfg"
    config = load_config(path, overrides={**overrides, "variables.rate": 1e-4}, interpolate=True)
    plain = read_splits(config)
    augmenter = {"@augmenters": "spacy.lower_case.v1", "level": 0.5}
    config["corpora"]["train"]["augmenter"] = augmenter
    varied = read_splits(config)
    assert [doc.text for doc in varied["train"]] == [doc.text for doc in plain["train"]]
    assert config["corpora"]["train"]["augmenter"] == augmenter
    made = fix_rounds(config, Curve(1e-4, 1, 2, "linear"), 5, corpus_folder / "train.spacy")
    assert made["corpora"]["train"]["augmenter"] == augmenter
