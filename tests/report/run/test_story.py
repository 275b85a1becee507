"""What a history tells in words holds for trainings that went another way than most."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from thinc.api import Config

from adaptive_spacy.report.run.page import write_run
from adaptive_spacy.report.run.story import TAKE_NONE, describe_choice, describe_end
from adaptive_spacy.training.history import Evaluation
from tests.report.evaluations import evaluation
from tests.report.runs import make_history, write_history, write_training

FIXED = Config({"training": {"optimizer": {"learn_rate": 0.1}, "before_update": None}})


def choice(history: list[Evaluation], select: str = "last", *, whole: bool = True) -> str:
    return describe_choice(history, select, seen=False, whole=whole)


def test_model_that_finds_nothing_is_not_to_be_taken(tmp_path: Path) -> None:
    nothing = [replace(one, f=0.0, p=0.0, r=0.0) for one in make_history(5)]
    for select in ("last", "best"):
        assert choice(nothing, select).startswith(f"{TAKE_NONE}: F1 on dev was 0.0 after every")
        assert choice(nothing, select, whole=False).endswith("its end: go on with it.")
    training = write_training(tmp_path / "mine")
    write_history(training, nothing)
    page = write_run(training)[0].read_text(encoding="utf8")
    assert f'<li class="warn"><strong>What ships.</strong> {TAKE_NONE}' in page


def test_rate_has_come_down_only_where_it_has() -> None:
    # a cool-down that is whole
    assert "has come down all the way. On dev" in choice(make_history(10))
    plateau = [replace(one, phase="plateau", rate=1e-4) for one in make_history(10)]
    assert choice(plateau).startswith("The last model ships. On dev it had F1 70.0")
    # of another schedule, which has no phases, the rates tell
    rates = (1e-5, 1e-4, 5e-5)
    fixed = [
        evaluation(10 * i, f=0.6 - i / 100, rate=rate, phase=None)
        for i, rate in enumerate(rates, 1)
    ]
    assert "come down" not in choice(fixed)
    down = [*fixed, evaluation(40, f=0.5, rate=0.0, phase=None)]
    assert "has come down all the way. On dev" in choice(down)
    assert "come down" not in choice([replace(one, rate=None) for one in fixed])


def test_last_model_that_learnt_on_after_its_evaluation_has_no_score() -> None:
    for history in (make_history(10), make_history(10)[:-1]):
        text = describe_choice(history, "last", seen=False, scored_last=False)
        assert "Before its last updates it had, on dev, F1" in text
        assert "On dev it had" not in text
        assert "also the best" not in text


@pytest.mark.parametrize("made", ["refit", "crossfit"])
def test_model_of_all_labels_has_no_score_on_dev(tmp_path: Path, made: str) -> None:
    training = write_training(tmp_path / "mine")
    path = training / "model-last" / "meta.json"
    meta = {**json.loads(path.read_text()), made: {}, "performance": {}}
    path.write_text(json.dumps(meta))
    lines = write_run(training, corpus=tmp_path / "corpus" / "test.spacy")[1]
    (ships,) = [line for line in lines if line.startswith("What ships")]
    assert "It learnt from every label" in ships
    assert "F1" not in ships


def test_training_that_was_stopped_at_its_best_goes_on() -> None:
    rising = make_history(10)[:-1]
    assert "go on with it. On dev" in choice(rising, whole=False)
    assert "go on with it, or take model-best. On dev" in choice(make_history(10), whole=False)


def test_best_checkpoint_is_the_one_that_the_score_chose() -> None:
    history = make_history(6)
    # ranked by the loss, which is lowest in round 3
    by_loss = [replace(one, score=-(one.dev_loss or 0.0)) for one in history]
    text = choice(by_loss, "best")
    assert "as it was asked for: F1 65.0 after epoch 3, the best of all evaluations" in text
    assert text.endswith("The last model had 70.0 after epoch 6.")
    # without a rank among them by F1
    assert "as it was asked for: F1 75.0 after epoch 5" in choice(history, "best")
    # model-best is no help where it has even less
    fallen = [*by_loss[:-1], replace(by_loss[-1], f=0.55)]
    assert choice(fallen).startswith("Take model-best instead of the last model")
    worse = [replace(one, f=0.4) if one.step == 30 else one for one in fallen]
    assert choice(worse).startswith("The last model ships")


@pytest.mark.parametrize("loss", ["train_loss", "dev_loss"])
def test_model_whose_loss_was_lost_is_not_to_be_taken(loss: str) -> None:
    history = make_history(10)
    lost = [*history[:-1], replace(history[-1], **{loss: None})]
    said = choice(lost)
    assert said.startswith("Take model-best instead of the last model, whose loss was not finite")
    assert said.endswith("Train with a lower learning rate (variables.rate).")
    # one that was never recorded tells nothing
    assert "finite" not in choice([replace(one, **{loss: None}) for one in history])


def test_length_of_another_schedule_may_have_been_cut() -> None:
    assert describe_end(FIXED, make_history(4), running=False) == (
        "4 epochs in 0:04:00 (h:mm:ss). Its schedule is not adaptive: its config says how long it "
        "trains, unless it is stopped before."
    )


@pytest.mark.parametrize(("number", "times"), [(1, "once"), (2, "2 times, each")])
def test_setbacks_are_told(number: int, times: str) -> None:
    history = make_history(4)
    back = [*history[:-1], replace(history[-1], setbacks=number)]
    said = f"went back to its best evaluation {times} with half the learning rate"
    assert said in describe_end(None, back)
    assert "went back" not in describe_end(None, history)


def test_checkpoint_that_is_missing_does_not_ship(tmp_path: Path) -> None:
    training = write_training(tmp_path / "mine")
    (training / "model-last").rename(training / "model-best")
    path, lines = write_run(training)
    said = dict(line.split(": ", 1) for line in lines)
    assert said["What ships"] == (
        "Nothing: there is no model-last; was the training broken off? model-best is there: "
        "--select best."
    )
    assert '<p class="about">A training that ended' in path.read_text(encoding="utf8")
    assert "Expect F1 22.2" in " ".join(write_run(training, select="best")[1])


def test_corpora_that_are_gone_are_told(tmp_path: Path) -> None:
    training = write_training(tmp_path / "mine")
    for file in (tmp_path / "corpus").iterdir():
        file.unlink()
    said = dict(line.split(": ", 1) for line in write_run(training)[1])
    assert said["What to expect"].startswith("Not known: neither the dev set nor a test set")


def test_model_best_is_named_only_where_it_is(tmp_path: Path) -> None:
    training, history = write_training(tmp_path / "mine"), make_history(10)
    ends = {
        "whose loss was not finite": replace(history[-1], train_loss=None),
        "which fell far below the highest F1": replace(history[-1], f=0.1),
    }
    for fault, last in ends.items():
        write_history(training, [*history[:-1], last])
        said = dict(line.split(": ", 1) for line in write_run(training)[1])["What ships"]
        assert said.startswith(f"{TAKE_NONE}: there is no model-best, only the last model, {fault}")
    fallen = [*history[:-1], ends["which fell far below the highest F1"]]
    stopped = describe_choice(fallen[:-2], "last", seen=False, whole=False, has_best=False)
    assert "go on with it. On dev" in stopped
    shutil.copytree(training / "model-last", training / "model-best")
    assert "What ships: Take model-best instead" in "\n".join(write_run(training)[1])
