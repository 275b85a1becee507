import json
import math
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc
from spacy.training import Example

import adaptive_spacy
from adaptive_spacy.experiments.crossfit import NOTHING_RIGHT, crossfit
from adaptive_spacy.experiments.expectation import expect_scores
from adaptive_spacy.ner.temperature import usable
from adaptive_spacy.training.evaluation import evaluate, score
from tests.conftest import ROOT
from tests.experiments.crossfits import FOLDS, LANG, SETTINGS, docs_of, run
from tests.training.resume.trainings import Stop, break_off, files


@pytest.fixture
def output(crossfitted: Path) -> Path:
    return crossfitted


def test_each_sentence_is_held_out_once_and_never_in_a_copy(output: Path, labelled: Path) -> None:
    held_out = []
    for fold in range(1, FOLDS + 1):
        corpus = output / "folds" / "corpora" / f"fold-{fold}"
        train = [doc.text for doc in docs_of(corpus / "train.spacy")]
        dev = [doc.text for doc in docs_of(corpus / "dev.spacy")]
        assert dev
        assert not set(train) & set(dev)
        assert len(train) + len(dev) == 13
        held_out += dev
    assert sorted(held_out) == sorted(doc.text for doc in docs_of(labelled))


def test_predictions_are_of_the_fold_that_had_not_seen_the_sentence(output: Path) -> None:
    predicted = docs_of(output / "out-of-fold.spacy")
    gold = docs_of(output / "labelled.spacy")
    assert [doc.text for doc in predicted] == [doc.text for doc in gold]
    by_text = {}
    for fold in range(1, FOLDS + 1):
        (path,) = (output / "folds").glob(f"fold-{fold}-*/predictions.spacy")
        by_text |= {doc.text: [str(ent) for ent in doc.ents] for doc in docs_of(path)}
    assert {doc.text: [str(ent) for ent in doc.ents] for doc in predicted} == by_text
    examples = [Example(one, other) for one, other in zip(predicted, gold, strict=True)]
    scores = score(spacy.load(output / "model-last"), examples)["seqeval"]
    expected = json.loads((output / "crossfit.json").read_text())["expected"]
    assert expected["f1"] == scores["micro"]["f1"]
    assert expected["per_type"] == scores["per_type"]
    low, high = expected["interval"]
    assert 0 <= low <= expected["f1"] <= high <= 1
    assert low < high


def test_model_says_how_it_was_made(output: Path) -> None:
    meta = json.loads((output / "model-last" / "meta.json").read_text())
    record = json.loads((output / "crossfit.json").read_text())
    assert meta["performance"] == {}
    assert "Trained on all 13 labelled sentences" in meta["notes"]
    assert "took on average. This is" in meta["notes"]
    assert (
        f"Expected F1, of those trainings on the part that each had not seen: "
        f"{100 * record['expected']['f1']:.1f}" in meta["notes"]
    )
    # all but how long they took, which is another time another one
    for fold, recorded in zip(meta["crossfit"]["folds"], record["folds"], strict=True):
        assert {**fold, "seconds": recorded["seconds"]} == recorded != fold
    # its confidences are at the temperature of the folds
    measured = [usable(fold["temperature"]) for fold in record["folds"]]
    found = spacy.load(output / "model-last").get_pipe("transformer_ner").temperature
    assert found == pytest.approx(math.prod(measured) ** (1 / FOLDS), abs=1e-6)
    assert not (output / "model-best").exists()
    assert not (output / "unfinished").exists()


def test_second_run_has_nothing_to_do(
    output: Path, labelled: Path, transformer_folder: Path
) -> None:
    model = output / "model-last" / "transformer" / "model"
    before = {path: path.stat().st_mtime_ns for path in output.rglob("*.json")}
    result = run(labelled, output, transformer_folder, "--test", str(labelled))
    assert result.exit_code == 0, result.output
    assert {path: path.stat().st_mtime_ns for path in output.rglob("*.json")} == before
    measured = evaluate(str(output / "model-last"), labelled)["seqeval"]["micro"]["f1"]
    assert f"Test F1 {100 * measured:.1f}" in result.output
    # what is said of the length is what the record has
    record = json.loads((output / "crossfit.json").read_text())
    lengths = ", ".join(f"{fold['epochs']:.1f}" for fold in record["folds"])
    assert f"{record['epochs']:.1f} epochs, 2 times the mean of {lengths}" in result.output
    assert model.exists()


def test_broken_off_run_goes_on(
    output: Path, labelled: Path, transformer_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the folds are trained, and a half of the last training
    record = (output / "crossfit.json").read_text()
    whole = files(output / "model-last")
    (output / "crossfit.json").unlink()
    steps = break_off(monkeypatch, at=4)
    with pytest.raises(Stop):
        run(labelled, output, transformer_folder)

    def fail(*args, **kwargs):
        raise AssertionError("a fold was trained again")

    monkeypatch.setattr("adaptive_spacy.experiments.local.LocalProcesses.start", fail)
    result = run(labelled, output, transformer_folder)
    assert result.exit_code == 0, result.output
    assert f"Going on after step {steps[3]}" in result.output
    assert steps[4] > steps[3]
    before, after = json.loads(record), json.loads((output / "crossfit.json").read_text())
    assert {**after, "history": None} == {**before, "history": None}
    assert files(output / "model-last") == whole


def test_function_returns_the_pipeline(
    output: Path, labelled: Path, transformer_folder: Path
) -> None:
    found = adaptive_spacy.crossfit(
        # what is empty is nothing to learn from
        [*docs_of(labelled), Doc(spacy.blank(LANG).vocab)],
        config=ROOT / "configs" / "adaptive.cfg",
        output=output,
        folds=FOLDS,
        settings={**SETTINGS, "variables.transformer": str(transformer_folder)},
        silent=True,
    )
    assert crossfit is adaptive_spacy.crossfit
    assert found.nlp.pipe_names == ["transformer", "transformer_ner", "transformer_cleaner"]
    assert found.record == json.loads((output / "crossfit.json").read_text())
    assert found.expected.f1 == found.record["expected"]["f1"]


def test_settings_may_be_tables(labelled: Path, tmp_path: Path, transformer_folder: Path) -> None:
    monitor, weights = {"ents_f": 1.0}, {"PER": 2.0}
    settings = {
        "training.before_update.monitor": monitor,
        "components.transformer_ner.class_weights": weights,
    }
    more = [part for key, value in settings.items() for part in (f"--{key}", json.dumps(value))]
    output = tmp_path / "few"
    result = run(labelled, output, transformer_folder, *more, "--test", str(labelled))
    assert result.exit_code == 0, result.output
    nlp = spacy.load(output / "model-last")
    assert nlp.config["components"]["transformer_ner"]["class_weights"] == weights
    for config in (output / "folds").glob("*/config.cfg"):
        assert spacy.util.load_config(config)["training"]["before_update"]["monitor"] == monitor
    # what is said of scores that are of what was learnt from
    said = " ".join(result.output.split())
    assert "DEV LOSS, F1, P and R below are of what it learns from" in said


def test_test_sentences_that_are_learnt_from_are_counted(
    labelled: Path, tmp_path: Path, transformer_folder: Path
) -> None:
    count = len(docs_of(labelled))
    more = ["--test", str(labelled), "--dry-run"]
    with pytest.warns(UserWarning, match=f"--test: {count} of {count} sentences are in DATA too"):
        run(labelled, tmp_path / "few", transformer_folder, *more)


def test_folds_that_learn_nothing_say_so(
    labelled: Path, tmp_path: Path, transformer_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # some of what an untrained model predicts is right by chance
    monkeypatch.setattr(
        "adaptive_spacy.experiments.fold_outcomes.expect_scores",
        lambda *of: replace(expect_scores(*of), f1=0.0),
    )
    settings = {
        **SETTINGS,
        "variables.transformer": str(transformer_folder),
        "variables.rate": 1e-9,
        "training.before_update.monitor": {"ents_f": 1.0},
        # longer than warm-up and cool-down
        "training.optimizer.learn_rate.stall": 5,
        "training.optimizer.learn_rate.least": 0,
    }
    with pytest.warns(UserWarning, match="no round was better") as warned:
        found = crossfit(
            docs_of(labelled),
            config=ROOT / "configs" / "adaptive.cfg",
            output=tmp_path / "few",
            folds=FOLDS,
            settings=settings,
            silent=True,
        )
    said = [str(one.message) for one in warned]
    for number in range(1, FOLDS + 1):
        assert any(one.startswith(f"fold-{number}: no round was better") for one in said), said
    assert NOTHING_RIGHT in said
    assert found.expected.f1 == 0
    assert found.record == json.loads((tmp_path / "few" / "crossfit.json").read_text())
    # a round is an epoch; as the warning says
    curve = "training.optimizer.learn_rate"
    shortest = sum(SETTINGS[f"{curve}.{one}"] for one in ("warmup", "cooldown"))
    assert [fold["epochs"] for fold in found.record["folds"]] == [shortest] * FOLDS


def test_refused_run_leaves_a_finished_one(
    output: Path, labelled: Path, transformer_folder: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for path in output.rglob("*") if path.is_file()}
    assert run(labelled, output, transformer_folder, "--paths.dev", "x").exit_code == 1
    after = {path: path.stat().st_mtime_ns for path in output.rglob("*") if path.is_file()}
    assert after == before
    # found when the folds are counted
    whole = {one.name: one.read_bytes() for one in output.iterdir() if one.is_file()}
    assert run(labelled, output, transformer_folder, "--training.max_epochs", "2").exit_code == 1
    assert {one.name: one.read_bytes() for one in output.iterdir() if one.is_file()} == whole
    model = output / "model-last"
    assert all(
        path.stat().st_mtime_ns == time for path, time in before.items() if model in path.parents
    )


def test_folds_that_were_stopped_early_tell_no_length(
    labelled: Path, tmp_path: Path, transformer_folder: Path
) -> None:
    result = run(labelled, tmp_path / "few", transformer_folder, "--training.max_epochs", "2")
    assert result.exit_code == 1
    assert (
        "fold-1: [training] max_epochs: expected at least 11, got 2: the last evaluation is that "
        "of step 3, and the schedule ends with that of step 30 at the earliest (10 epochs), so the "
        "training would stop in the middle of a phase, which tells no length"
    ) in " ".join(result.output.split())
    # before any is trained
    assert not list((tmp_path / "few" / "folds").glob("fold-*"))
    # a limit that the schedule can keep, if the loss did not fall all the time, as at such a rate
    more = ("--training.optimizer.learn_rate.least", "0", "--variables.rate", "1e-4")
    limit = ("--training.max_epochs", "5")
    result = run(labelled, tmp_path / "few", transformer_folder, *more, *limit)
    assert result.exit_code == 1
    assert (
        "fold-1: expected a training that goes on until its schedule ends it, so that it tells a "
        "length; this one was ended in round 4 by another limit of [training] (max_epochs = 5). "
        "Train the folds again with a higher one, as by --training.max_epochs 10, or with more "
        "sentences"
    ) in " ".join(result.output.split())
    assert not (tmp_path / "few" / "model-last").exists()


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seed_is_one_that_numpy_takes(
    seed: int, labelled: Path, tmp_path: Path, transformer_folder: Path
) -> None:
    result = run(labelled, tmp_path / "few", transformer_folder, "--seed", str(seed), "--dry-run")
    assert result.exit_code == 2
    bound = "greater than or equal to 0" if seed < 0 else f"less than or equal to {2**32 - 1}"
    assert f"Invalid value for '--seed': Input should be {bound}" in result.output


def test_folds_that_fail_say_why(labelled: Path, tmp_path: Path, transformer_folder: Path) -> None:
    broken = Path(shutil.copytree(transformer_folder, tmp_path / "broken"))
    (broken / "model.safetensors").write_bytes(b"no weights")
    result = run(labelled, tmp_path / "few", broken)
    assert result.exit_code == 1
    assert re.search(
        r"✘ (\d) of \1 folds failed, fold-1: ConfigValidationError: .* loading it failed",
        " ".join(result.output.split()),
    )
