import json
import os
import shutil
import signal
from pathlib import Path

import pytest
import spacy
import srsly
from spacy.cli.package import generate_readme
from spacy.tokens import DocBin
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from spacy.util import load_config
from typer.testing import CliRunner

from adaptive_spacy.cli.app import app
from adaptive_spacy.experiments import refit as refits
from adaptive_spacy.experiments.records import write_record
from adaptive_spacy.experiments.refit import refit
from adaptive_spacy.hashing import hash_file
from adaptive_spacy.ner.temperature import usable
from adaptive_spacy.serving.package import describe
from adaptive_spacy.training.evaluation import evaluate
from adaptive_spacy.training.seqeval_report import seqeval_report
from tests.conftest import ROOT
from tests.report.records import make_job, make_record
from tests.report.runs import training_elsewhere
from tests.training.resume.trainings import break_off, files, history


@pytest.fixture(scope="module")
def run(
    tmp_path_factory: pytest.TempPathFactory, experiment_corpus: Path, transformer_folder: Path
) -> Path:
    """An adaptive training on half of the data, as `spacy train` leaves it."""
    output = tmp_path_factory.mktemp("run")
    overrides = {
        "paths.train": str(experiment_corpus / "train.spacy"),
        "paths.dev": str(experiment_corpus / "dev.spacy"),
        "variables.transformer": str(transformer_folder),
        "variables.rate": 2e-2,
        "variables.fraction": 0.5,
        "training.batcher.batcher.size": 4,
        # a round is an epoch, of 2 updates
        "training.eval_frequency.least": 1,
        "training.optimizer.learn_rate.cooldown": 2,
        "training.optimizer.learn_rate.least": 0,
    }
    train(init_nlp(load_config(ROOT / "configs" / "adaptive.cfg", overrides=overrides)), output)
    return output


def rows(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]


@pytest.mark.slow
def test_refit_repeats_the_curve_on_all_data(
    run: Path, experiment_corpus: Path, tmp_path: Path
) -> None:
    output, test = tmp_path / "refit", experiment_corpus / "test.spacy"
    result = CliRunner().invoke(
        app, ["refit", str(run), "--output", str(output), "--test", str(test)]
    )
    assert result.exit_code == 0, result.output
    before, after = rows(run), rows(output)
    stop = len(before) - 1
    assert len(after) == len(before)
    # 8 of 16 sentences and 5 of 10, in batches of 4
    assert (before[0]["steps_per_round"], after[0]["steps_per_round"]) == (2, 4)
    assert len(DocBin().from_disk(output / "train-and-dev.spacy")) == 13
    # warm-up and cool-down as long, to the same end; in between nothing is cut short
    assert [row["phase"] for row in after[-2:]] == ["cooldown"] * 2
    assert {row["phase"] for row in after[3:-2]} == {"plateau"}
    assert after[-1]["rate"] == pytest.approx(2e-2 / (2 * 4))
    assert max(row["rate"] for row in after) == pytest.approx(2e-2)

    record = json.loads((output / "refit.json").read_text())
    assert record["adaptive"]["stop"] == record["refit"]["total"] == stop
    assert [row["step"] for row in record["adaptive"]["history"]] == [row["step"] for row in before]
    model = output / "model-last"
    measured = evaluate(str(model), test)["seqeval"]["micro"]
    assert record["refit"]["test"] == measured
    assert f"Test F1 {100 * measured['f1']:.2f}" in result.output
    # nothing is selected by seen data, and nobody can take its scores for real ones
    assert not (output / "model-best").exists()
    meta = srsly.read_json(model / "meta.json")
    assert meta["performance"] == {}
    assert meta["refit"]["seen_dev"]["ents_f"] == after[-1]["f"]
    about = {**meta, **describe("refitted", "0.1.0", None, None)}
    note = f"Refitted on train and dev together (8 and 5 sentences), for the {stop} rounds"
    assert note in generate_readme(about)
    nlp = spacy.load(model)
    assert nlp.meta["refit"]["total"] == stop
    # measured on dev as long as it was not seen
    expected = usable(before[-1]["scores"]["temperature"])
    assert nlp.get_pipe("transformer_ner").temperature == expected


def test_refit_halves_the_rate_where_the_run_was_set_back(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copytree(run, tmp_path / "run"))
    before = rows(run)
    # the same run, but for a collapse after round 2, and back to that
    fallen = {**before[3], "scores": {**before[3]["scores"], "ents_f": 0.0}}
    later = [{**row, "step": row["step"] + 2, "setbacks": 1} for row in before[3:]]
    for number, row in enumerate(before[:3]):
        row["scores"]["ents_f"] = number / 2
    lines = [json.dumps(row) for row in (*before[:3], fallen, *later)]
    (copy / "history.jsonl").write_text("\n".join(lines))
    monkeypatch.chdir(copy)
    record = refit(Path(), tmp_path / "refit")
    assert record["adaptive"]["run"] == "run"
    stop = len(before) - 1
    assert record["adaptive"]["stop"] == stop + 1
    assert (record["refit"]["total"], record["refit"]["halved"]) == (stop, (2,))
    after = rows(tmp_path / "refit")
    # warm-up to the end of round 2; the rate of a row is that of its last update
    assert after[2]["rate"] == pytest.approx(2e-2)
    assert {row["rate"] for row in after[3:-2]} == {1e-2}
    assert after[-1]["rate"] == pytest.approx(1e-2 / (2 * 4))
    meta = srsly.read_json(tmp_path / "refit" / "model-last" / "meta.json")
    assert "halved where the run was set back (after round 2)" in meta["notes"]


def test_refit_scored_where_nothing_is_to_be_found_says_so(
    run: Path, experiment_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test set without entities in which the model finds none has no F1."""
    monkeypatch.setattr(refits, "evaluate", lambda *_: {"seqeval": seqeval_report([])})
    test = ["--test", str(experiment_corpus / "test.spacy")]
    result = CliRunner().invoke(app, ["refit", str(run), "--output", str(tmp_path / "out"), *test])
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == "Test F1 -"
    assert json.loads((tmp_path / "out" / "refit.json").read_text())["refit"]["test"]["f1"] is None


def test_refit_of_a_run_that_learnt_nothing_says_so_and_is_short(run: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(run, tmp_path / "run"))
    before = rows(run)
    for number in range(len(before), 60):
        before.append({**before[-1], "step": 2 * number, "epoch": number})
    same = [{**row, "scores": {**row["scores"], "ents_loss": 1.0, "ents_f": 0.0}} for row in before]
    # set back late, where the refit does not come any more
    for row in same[30:]:
        row["setbacks"] = 1
    (copy / "history.jsonl").write_text("\n".join(map(json.dumps, same)))
    with pytest.warns(UserWarning, match=r"run: no round was better than the untrained model"):
        record = refit(copy, tmp_path / "refit")
    assert record["refit"]["total"] < record["adaptive"]["stop"]
    assert record["refit"]["halved"] == ()
    assert len(rows(tmp_path / "refit")) == record["refit"]["total"] + 1
    notes = srsly.read_json(tmp_path / "refit" / "model-last" / "meta.json")["notes"]
    assert (
        "rounds of warm-up and cool-down: on train the monitored score did not rise, with" in notes
    )


def test_refit_needs_the_end_of_the_run(run: Path, tmp_path: Path) -> None:
    cut = Path(shutil.copytree(run, tmp_path / "cut"))
    lines = (cut / "history.jsonl").read_text().splitlines(keepends=True)
    (cut / "history.jsonl").write_text("".join(lines[:-1]))
    result = CliRunner().invoke(app, ["refit", str(cut), "--output", str(tmp_path / "refit")])
    assert result.exit_code == 1
    message = f"expected a run that came to its end, this one was stopped in round {len(lines) - 2}"
    assert message in result.output
    assert not (tmp_path / "refit").exists()


def test_refit_takes_no_former_training_for_the_one_that_has_just_begun(
    run: Path, tmp_path: Path
) -> None:
    shutil.copytree(run, tmp_path / "run")
    os.utime(tmp_path / "run" / "history.jsonl", (1, 1))
    with (
        training_elsewhere(tmp_path / "run"),
        pytest.raises(ValueError, match=r"run: expected an evaluation, .* has none yet"),
    ):
        refit(tmp_path / "run", tmp_path / "refit")
    assert not (tmp_path / "refit").exists()


def test_refit_needs_an_adaptive_run(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(run / "history.jsonl", other)
    shutil.copy(ROOT / "configs" / "stable.cfg", other / "config.cfg")
    result = CliRunner().invoke(app, ["refit", str(other), "--output", str(tmp_path / "refit")])
    assert result.exit_code == 1
    assert "the run has another schedule, whose length was fixed beforehand" in result.output


@pytest.mark.parametrize("known", ["finished", "record"])
def test_refit_needs_the_data_of_the_run(run: Path, tmp_path: Path, known: str) -> None:
    """As its length is of those, and nobody knows that of others in their place."""
    copy = Path(shutil.copytree(run, tmp_path / "run"))
    paths = load_config(copy / "model-last" / "config.cfg", interpolate=True)["paths"]
    train, same = paths["train"], hash_file(Path(paths["dev"]))
    then = {"files": {train: "0" * 64, "gone.spacy": "1"}}
    if known == "finished":
        (copy / "resume").mkdir()
        srsly.write_json(copy / "resume" / "finished.json", then)
    else:
        record = make_record(make_job("adaptive", 1), 0.5)
        record["definition"] = {**record["definition"], "data": {"train": "0" * 64, "dev": same}}
        write_record(copy, record)
    result = CliRunner().invoke(app, ["refit", str(copy), "--output", str(tmp_path / "refit")])
    assert result.exit_code == 1
    said = "".join(result.output.split())
    assert f"{train}:expectedwhat" in said
    assert "Putitback,ortrainagainbeforeyourefit" in said
    assert not (tmp_path / "refit").exists()


def test_refit_needs_a_run(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["refit", str(tmp_path), "--output", str(tmp_path / "refit")])
    assert result.exit_code == 1
    assert "expected the output folder of a training or a job's folder" in result.output


def refuse(run: Path, output: Path, *options: str) -> str:
    """RETURNS (str): What `refit` said; the run is as it was."""
    before = {one: one.stat().st_mtime_ns for one in run.rglob("*")}
    result = CliRunner().invoke(app, ["refit", str(run), "--output", str(output), *options])
    assert result.exit_code == 1
    assert {one: one.stat().st_mtime_ns for one in run.rglob("*")} == before
    return result.output


def test_refit_never_writes_over_its_source(run: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(run)
    for output in (run / "model-last", run / "new", run.parent):
        assert f"expected a folder beside {run}, which is read" in refuse(run, output)
    # the run itself, as no command writes over what it reads
    for source, output in ((run, run), (run, link), (run, run / ".." / run.name), (link, run)):
        assert f"expected another place to write to than {source}" in refuse(source, output)


def test_refit_refuses_a_folder_of_something_else(run: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert "which holds something else" in refuse(run, tmp_path)
    assert "which holds something else" in refuse(run, tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_refit_looks_at_the_test_corpus_first(run: Path, tmp_path: Path) -> None:
    output = tmp_path / "refit"
    assert "expected a .spacy file" in refuse(run, output, "--test", "nope")
    (tmp_path / "bad.spacy").write_bytes(b"nothing")
    assert "cannot be read" in refuse(run, output, "--test", str(tmp_path / "bad.spacy"))
    DocBin(docs=[spacy.blank("xx")("not annotated")]).to_disk(tmp_path / "plain.spacy")
    assert "is not annotated" in refuse(run, output, "--test", str(tmp_path / "plain.spacy"))
    assert not output.exists()


def test_interrupted_refit_goes_on_and_leaves_no_model_that_looks_finished(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "refit"
    refit(run, output)
    # the config names the joined corpus, so in the same place
    whole = output.rename(tmp_path / "whole")
    shutil.copytree(whole, output)
    former = output / "model-last"
    # of other data
    (output / "train-and-dev.spacy").write_bytes(b"former")
    before = files(output)
    steps = break_off(monkeypatch, at=3, by=lambda: signal.raise_signal(signal.SIGTERM))
    result = CliRunner().invoke(app, ["refit", str(run), "--output", str(output)])
    assert result.exit_code == 128 + signal.SIGTERM
    assert "The last training is saved. Go on: the same command" in result.output
    # all of the former one is as it was
    made = files(output)
    assert {name: made[name] for name in before} == before
    assert {Path(name).parts[0] for name in made.keys() - before} == {"unfinished"}
    models = [path.parent for path in output.rglob("meta.json") if path.parent != former]
    assert models
    for model in models:
        assert model.parent == output / "unfinished" / "training"
        assert srsly.read_json(model / "meta.json")["notes"].startswith("Unfinished refit")
    result = CliRunner().invoke(app, ["refit", str(run), "--output", str(output)])
    assert result.exit_code == 0, result.output
    assert f"Going on after step {steps[2]}" in result.output
    assert steps[2:4] == sorted(steps[2:4])
    assert files(output / "model-last") == files(whole / "model-last")
    assert history(output) == history(whole)
    for name in ("train-and-dev.spacy", "config.cfg"):
        assert (output / name).read_bytes() == (whole / name).read_bytes()
    learnt = load_config(output / "model-last" / "config.cfg")["corpora"]["train"]["path"]
    assert learnt == str((output / "train-and-dev.spacy").resolve())
    assert not (output / "unfinished").exists()
