import json
import math
import shutil
from pathlib import Path
from statistics import mean

import pytest
import spacy
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from typer.testing import CliRunner

import adaptive_spacy
from adaptive_spacy.cli.app import app
from adaptive_spacy.experiments.crossfit import crossfit
from adaptive_spacy.ner.temperature import usable
from adaptive_spacy.training.evaluation import evaluate, score
from tests.conftest import ROOT, SENTENCES, write_corpus
from tests.experiments.conftest import HARD
from tests.training.resume.trainings import Stop, break_off, files

FOLDS = 3
SETTINGS = {
    "variables.rate": 2e-2,
    "training.batcher.batcher.size": 4,
    "training.eval_frequency.least": 1,  # a round is an epoch
    "training.optimizer.learn_rate.cooldown": 2,
    "training.optimizer.learn_rate.warmup": 1,
}


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """12 sentences, one of them twice."""
    return write_corpus(
        tmp_path_factory.mktemp("labelled") / "few.spacy", [*SENTENCES, *HARD, SENTENCES[0]]
    )


@pytest.fixture(scope="module")
def output(
    tmp_path_factory: pytest.TempPathFactory, labelled: Path, transformer_folder: Path
) -> Path:
    """What the command leaves."""
    folder = tmp_path_factory.mktemp("crossfit") / "few"
    result = run(labelled, folder, transformer_folder)
    assert result.exit_code == 0, result.output
    return folder


def run(labelled: Path, output: Path, transformer: Path, *more: str):
    settings = {**SETTINGS, "variables.transformer": str(transformer)}
    options = [part for key, value in settings.items() for part in (f"--{key}", str(value))]
    return CliRunner().invoke(
        app,
        [
            *("crossfit", str(labelled), "--output", str(output), "--folds", str(FOLDS)),
            *("--config", str(ROOT / "configs" / "adaptive.cfg"), *options, *more),
        ],
    )


def docs_of(path: Path) -> list[Doc]:
    return list(DocBin().from_disk(path).get_docs(spacy.blank("en").vocab))


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


def test_last_training_has_all_labels_and_the_mean_length(output: Path) -> None:
    record = json.loads((output / "crossfit.json").read_text())
    lengths = [fold["epochs"] for fold in record["folds"]]
    assert record["epochs"] == pytest.approx(mean(lengths))
    # each fold's length by its own log
    for fold, length in enumerate(lengths, 1):
        (log,) = (output / "folds").glob(f"fold-{fold}-*/history.jsonl")
        last = json.loads(log.read_text().splitlines()[-1])
        corpus = output / "folds" / "corpora" / f"fold-{fold}" / "train.spacy"
        batches = -(-len(docs_of(corpus)) // 4)
        assert length == last["step"] / batches
    rows = [json.loads(line) for line in (output / "history.jsonl").read_text().splitlines()]
    # 13 sentences in batches of 4; the last whole round is evaluated
    assert rows[-1]["step"] == 4 * math.floor(math.ceil(4 * record["epochs"]) / 4)
    assert max(row["rate"] for row in rows) == pytest.approx(2e-2)
    assert rows[-1]["phase"] == "cooldown"
    texts = [doc.text.strip() for doc in docs_of(output / "labelled.spacy")]
    assert texts == [text for text, _ in [*SENTENCES, *HARD, SENTENCES[0]]]


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
    assert (
        f"Expected F1, of those trainings on the part that each had not seen: "
        f"{100 * record['expected']['f1']:.1f}" in meta["notes"]
    )
    assert meta["crossfit"]["folds"] == record["folds"]
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
        [*docs_of(labelled), Doc(spacy.blank("en").vocab)],
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


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--folds", "1"], "--folds: expected 2 to 100, got 1"),
        (["--folds", "13"], "different texts, 12, got 13"),
        (["--paths.dev", "x.spacy"], "--paths.dev: expected a setting that the folds leave open"),
        (["--test", "nope.spacy"], "expected a .spacy file or a folder of them, got nope.spacy"),
        (["--rate", "1"], "--rate: expected an option of crossfit, or a setting"),
        (["--config", "nope.cfg"], "nope.cfg: there is no such file"),
    ],
)
def test_faults_are_found_before_anything_is_made(
    more: list[str], message: str, labelled: Path, tmp_path: Path, transformer_folder: Path
) -> None:
    result = run(labelled, tmp_path / "few", transformer_folder, *more)
    assert result.exit_code == 1
    assert message in " ".join(result.output.split())
    assert not (tmp_path / "few" / "model-last").exists()


def test_schedule_must_be_adaptive(
    labelled: Path, tmp_path: Path, transformer_folder: Path
) -> None:
    with pytest.raises(ValueError, match="has another schedule, whose length was fixed"):
        crossfit(
            docs_of(labelled),
            config=ROOT / "configs" / "stable.cfg",
            output=tmp_path / "few",
            folds=FOLDS,
            settings={"variables.transformer": str(transformer_folder)},
        )
    assert not (tmp_path / "few" / "model-last").exists()


def test_labels_must_be_there(tmp_path: Path, transformer_folder: Path) -> None:
    path = write_corpus(tmp_path / "one.spacy", [SENTENCES[0], SENTENCES[4], ("it rains", "O O")])
    result = run(path, tmp_path / "few", transformer_folder)
    assert result.exit_code == 1
    assert "found them in 1 of 3" in result.output


def test_folder_of_something_else_is_left(
    tmp_path: Path, labelled: Path, transformer_folder: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    result = run(labelled, tmp_path, transformer_folder)
    assert result.exit_code == 1
    assert "which holds something else" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_dry_run_says_what_it_costs(
    tmp_path: Path, labelled: Path, transformer_folder: Path
) -> None:
    result = run(labelled, tmp_path / "few", transformer_folder, "--dry-run")
    assert result.exit_code == 0, result.output
    assert not (tmp_path / "few").exists()
    tokens = sum(map(len, docs_of(labelled)))
    # twice two thirds and one
    assert f"{3 * tokens:,} tokens per epoch, 4.5 times as many" in result.output


@pytest.mark.parametrize("names", [["model-last", "model-best"], ["labelled.spacy"]])
def test_what_others_made_is_never_taken_for_its_own(
    tmp_path: Path, labelled: Path, transformer_folder: Path, names: list[str]
) -> None:
    for name in names:
        (tmp_path / name).mkdir()
    result = run(labelled, tmp_path, transformer_folder)
    assert result.exit_code == 1
    assert "which holds something else" in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_refused_run_leaves_a_finished_one(
    output: Path, labelled: Path, transformer_folder: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for path in output.rglob("*") if path.is_file()}
    assert run(labelled, output, transformer_folder, "--paths.dev", "x").exit_code == 1
    after = {path: path.stat().st_mtime_ns for path in output.rglob("*") if path.is_file()}
    assert after == before


def test_interrupted_run_on_other_data_leaves_no_record_of_the_former(
    output: Path, transformer_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copytree(output, tmp_path / "few"))
    other = write_corpus(tmp_path / "other.spacy", SENTENCES)

    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("adaptive_spacy.experiments.crossfit.train_folds", interrupted)
    assert run(other, copy, transformer_folder).exit_code != 0
    assert not (copy / "crossfit.json").exists()
    assert len(docs_of(copy / "labelled.spacy")) == len(SENTENCES)


def test_folds_that_were_stopped_early_tell_no_length(
    labelled: Path, tmp_path: Path, transformer_folder: Path
) -> None:
    result = run(labelled, tmp_path / "few", transformer_folder, "--training.max_epochs", "2")
    assert result.exit_code == 1
    assert "expected a run that came to its end, this one was stopped in round" in result.output
    assert not (tmp_path / "few" / "model-last").exists()
