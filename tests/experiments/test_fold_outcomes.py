"""What crossfit keeps of its folds, and of which folds it is."""

import json
import shutil
import warnings
from pathlib import Path

import pytest
import srsly
from thinc.api import Config

from adaptive_spacy.experiments import crossfit as module
from adaptive_spacy.experiments.fold_outcomes import temperatures_of, warn_of_mixture
from adaptive_spacy.experiments.shipping import state_temperatures
from tests.conftest import ROOT
from tests.experiments.crossfits import run


@pytest.fixture
def trained(crossfitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folds that are trained; the rest is to be made again, and no fold."""
    copy = Path(shutil.copytree(crossfitted, tmp_path / "few"))
    (copy / "crossfit.json").unlink()
    monkeypatch.setattr("adaptive_spacy.experiments.local.LocalProcesses.start", None)
    return copy


def around_folds(monkeypatch: pytest.MonkeyPatch, *, before=None, after=None) -> None:
    """Let something happen around the training of the folds."""
    real = module.train_folds

    def train(*arguments):
        if before is not None:
            before()
        records = real(*arguments)
        if after is not None:
            after()
        return records

    monkeypatch.setattr(module, "train_folds", train)


def test_folds_keep_the_temperature_of_their_last_evaluation(crossfitted: Path) -> None:
    folds = json.loads((crossfitted / "crossfit.json").read_text())["folds"]
    for number, fold in enumerate(folds, 1):
        (path,) = (crossfitted / "folds").glob(f"fold-{number}-*/record.json")
        last = json.loads(path.read_text())["history"][-1]["scores"]
        assert fold["temperature"] == last["temperature"]


def test_each_component_gets_its_own_temperature(tmp_path: Path) -> None:
    Config(
        {"components": {name: {"factory": "transformer_ner"} for name in ("one", "two")}}
    ).to_disk(tmp_path / "config.cfg")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        srsly.write_json(tmp_path / name / "cfg", {})
    scores = {"ents_f": 0.5, "temperature": 2.0, "temperature_one": 3.0, "temperature_two": 2.0}
    state_temperatures(tmp_path, [temperatures_of(scores)])
    found = [srsly.read_json(tmp_path / name / "cfg")["temperature"] for name in ("one", "two")]
    assert found == [3.0, 2.0]
    assert temperatures_of({"temperature": 2.0, "temperature_ner": 2.0}) == {"temperature": 2.0}
    assert temperatures_of({"ents_f": 0.5}) == {"temperature": None}


def test_folds_of_other_versions_or_precisions_are_named(tmp_path: Path) -> None:
    def record(precision: str, torch: str) -> dict:
        return {"precision": precision, "versions": {"torch": torch, "spacy": "3.8"}}

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_mixture([record("float32", "2.13")] * 2, tmp_path)
    with pytest.warns(UserWarning, match="torch 2.12 and 2.13; precision bfloat16 and float32"):
        warn_of_mixture([record("float32", "2.13"), record("bfloat16", "2.12")], tmp_path)


def test_config_may_change_while_folds_are_trained(
    trained: Path,
    labelled: Path,
    transformer_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = tmp_path / "mine.cfg"
    text = (ROOT / "configs" / "adaptive.cfg").read_text()
    mine.write_text(text)
    changed = text.replace("dropout = 0.1", "dropout = 0.3")
    assert changed != text
    around_folds(monkeypatch, before=lambda: mine.write_text(changed))
    result = run(labelled, trained, transformer_folder, "--config", str(mine))
    assert result.exit_code == 0, result.output
    made = Config().from_disk(trained / "config.cfg")
    assert made["training"]["dropout"] == 0.1


def test_transformer_that_changes_meanwhile_is_named(
    trained: Path,
    labelled: Path,
    transformer_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = Path(shutil.copytree(transformer_folder, tmp_path / "mine" / transformer_folder.name))
    around_folds(monkeypatch, after=lambda: (mine / "notes.txt").write_text("other weights"))
    result = run(labelled, trained, mine)
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert f"{mine.name}: expected the same content" in said
    assert not (trained / "crossfit.json").exists()


def test_model_of_a_later_training_is_not_taken_for_its_own(
    crossfitted: Path, labelled: Path, transformer_folder: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(crossfitted, tmp_path / "few"))
    path = copy / "model-last" / "meta.json"
    meta = json.loads(path.read_text())
    del meta["crossfit"]
    path.write_text(json.dumps(meta))
    result = run(labelled, copy, transformer_folder)
    assert result.exit_code == 1
    assert "which holds something else" in " ".join(result.output.split())
    assert json.loads(path.read_text()) == meta
