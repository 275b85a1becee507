"""Trainings that collapse go back; those that go well never do."""

import warnings
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.training import Example
from spacy.training.initialize import init_nlp
from spacy.training.loop import train
from thinc.api import Config, ConfigValidationError

from adaptive_spacy.adaptive.schedule import make_adaptive_v1
from adaptive_spacy.experiments.packed_records import HISTORIES, is_packed, read_packed
from adaptive_spacy.experiments.records import Record
from adaptive_spacy.ner.calibrated_pipe import CalibratedPipe
from adaptive_spacy.training.guard import Rules
from adaptive_spacy.training.history import read_history
from benchmarks.measurements import read_lines
from tests.conftest import ROOT
from tests.trainings import read
from tests.util import RecordingAdam, Scripted, scripted_config, train_in_process

RESULTS = ROOT / "benchmarks" / "results"


def faults_of(record: Record) -> list[str]:
    rules = Rules()
    found = [rules.look(one["f"], one["train_loss"]) for one in record["history"]]
    return [one for one in found if one]


def test_rules_are_broken_by_no_recorded_training_that_went_well() -> None:
    folders = [
        one for one in sorted(RESULTS.iterdir()) if is_packed(one) and any(one.glob(HISTORIES))
    ]
    records = [record for one in folders for record in read_packed(one) if record.get("history")]
    assert len(records) == sum(len(read_lines(one / "index.jsonl")) for one in folders) >= 368
    # spaCy's parser sums its loss over the states that it happened to try, so ner.cfg has no guard
    guarded = [one for one in records if 'factory = "ner"' not in one["definition"]["config"]]
    assert len(guarded) == len(records) - 12
    jumps = {
        (one["job"]["dataset"], one["job"]["labels"])
        for one in records
        if 'factory = "ner"' in one["definition"]["config"] and faults_of(one)
    }
    assert jumps == {("uner_english_ewt", 100)}
    assert [(one["id"], faults) for one in guarded if (faults := faults_of(one))] == []


@pytest.mark.parametrize(
    ("scores", "losses", "fires"),
    [
        # from 0.97 to nothing
        ([0.5, 0.97, 0.0], [1, 0.2, 0.4], 2),
        # slowly
        ([0.5, 0.8, 0.55, 0.54], [1, 0.5, 0.6, 0.8], 3),
        # a loss that stays where it is breaks nothing
        ([0.5, 0.97, 0.0], [1, 1, 1], None),
        # nobody says what is learnt
        ([0.5, 0.8, 0.55, 0.54], [None] * 4, 3),
        # once is chance
        ([0.5, 0.8, 0.55, 0.79, 0.55, 0.7], [1, 0.1, 0.2, 0.2, 0.2, 0.2], None),
        # a dev set of five sentences, while the training goes well
        ([0.5, 0.8, 0.55, 0.54, 0.1], [1, 0.5, 0.4, 0.41, 0.5], None),
        # an early score of three entities is luck, and a small loss wavers
        ([0.1, 0.67, 0.0, 0.0], [1.9, 1.5, 0.16, 0.32], None),
        # of a handful of entities
        ([0.1, 0.29, 0.0, 0.0], [1] * 4, None),
        ([0.1, 0.2, 0.3], [1, 0.3, 0.95], 2),
        # a small loss that triples
        ([0.1, 0.2, 0.3], [1, 0.01, 0.3], None),
        ([None, float("nan"), 0.5], [None, float("nan"), 1], None),
    ],
)
def test_rules(scores: list, losses: list, fires: int | None) -> None:
    rules = Rules()
    found = [rules.look(*pair) is not None for pair in zip(scores, losses, strict=True)]
    assert [i for i, one in enumerate(found) if one] == ([] if fires is None else [fires])


def test_score_of_what_is_taken_back_is_no_best() -> None:
    """The loss jumps while the score still rises: what comes after is held against what is back."""
    rules = Rules()
    assert [rules.look(*pair) for pair in [(0.1, 1.0), (0.2, 0.3)]] == [None, None]
    assert rules.look(0.3, 0.95) is not None
    rules.forget()
    assert rules.best == 0.2


def guarded(tmp_path: Path, scores: list[float], retries: int = 2) -> Path:
    config = scripted_config(
        tmp_path,
        scores,
        training__score_weights={"cats_score": 1.0, "scripted": None},
        training__logger={"@loggers": "adaptive_spacy.Logger.v1", "progress_bar": False},
        training__max_epochs=5,
        training__optimizer__learn_rate__stall=50,
    )
    config["training"]["before_update"]["then"] = {
        **{"@callbacks": "adaptive_spacy.guard.v1", "metric": "scripted", "retries": retries}
    }
    (tmp_path / "out").mkdir(exist_ok=True)
    train(init_nlp(config), tmp_path / "out")
    return tmp_path / "out"


@pytest.mark.usefixtures("without_loss")
def test_scripted_collapse_goes_back_with_half_the_rate(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match=r"step 6: the score fell to 0\.0, from 90\.0") as caught:
        output = guarded(tmp_path, [0.1, 0.5, 0.9, 0.0, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96])
    assert "Back to the weights of step 4, with half the learning rate (time 1 of 2)" in str(
        [str(one.message) for one in caught]
    )
    rows = read_history(output)
    assert [row.setbacks for row in rows[:6]] == [0, 0, 0, 0, 1, 1]
    # the rate of update 7 was drawn before the evaluation of step 6
    assert RecordingAdam.built[-1].used[:10] == [1.0] * 8 + [0.5] * 2
    assert rows[4].rate == 0.5


@Language.factory("judged", default_score_weights={"judged": None})
def make_judged(nlp: Language, name: str, scores: list[float]) -> "Judged":
    return Judged(scores)


class Judged(Scripted):
    """Another score beside the scripted one."""

    def score(self, examples: list[Example], **kwargs: Any) -> dict[str, float]:
        return {"judged": super().score(examples)["scripted"]}


@pytest.mark.usefixtures("without_loss")
def test_guard_goes_back_into_a_cool_down_that_the_monitor_had_left(tmp_path: Path) -> None:
    """What is monitored and what is guarded may be best at different times."""
    monitored = [-99, 2, 1, 1, 1, 3, 4, 5, *[1] * 20]
    # best at step 6, in the cool-down of step 4, which was left at step 10; collapsed at step 14
    judged = [0.1, 0.5, 0.6, 0.9, 0.8, 0.8, 0.8, 0.0, *[0.7] * 20]
    config = scripted_config(
        tmp_path,
        monitored,
        nlp__pipeline=["textcat", "scripted", "judged"],
        components__judged={"factory": "judged", "scores": judged},
        training__score_weights={"cats_score": 1.0, "scripted": None, "judged": None},
        training__optimizer__learn_rate__cooldown=4,
    )
    config["training"]["before_update"]["then"] = {
        **{"@callbacks": "adaptive_spacy.guard.v1", "metric": "judged"}
    }
    with pytest.warns(UserWarning, match="step 14: .* Back to the weights of step 6, with half"):
        _, optimizer = train_in_process(config)
    cool = [1 - i / 8 for i in range(9)]
    # step 4 + j has cool[j - 1]; from step 16 on it is that of step 8 on, halved
    assert optimizer.used[:12] == [1.0] * 5 + cool[:7]
    assert optimizer.used[12:16] == [1.0] * 4
    assert optimizer.used[16:] == [rate / 2 for rate in cool[3:]]


@pytest.mark.usefixtures("without_loss")
def test_guard_goes_back_no_more_often_than_it_may(tmp_path: Path) -> None:
    scores = [0.5, 0.9, 0.0, 0.9, 0.0, 0.9, 0.0, 0.0, 0.0]
    with pytest.warns(UserWarning, match="fell to 0"):
        rows = read_history(guarded(tmp_path, scores))
    assert rows[-1].setbacks == 2
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "step .* fell")
        assert read_history(guarded(tmp_path, scores, retries=0))[-1].setbacks == 0


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
@pytest.mark.usefixtures("without_loss")
def test_confidences_are_those_of_the_weights_that_are_back(
    corpus_folder: Path, transformer_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing is evaluated after it went back."""
    measured: list[float | None] = []
    measure = CalibratedPipe.measure

    def record(pipe: CalibratedPipe, temperature: float | None) -> None:
        # distinct, however little the network learns
        measured.append(1 + len(measured) / 10)
        measure(pipe, measured[-1])

    monkeypatch.setattr(CalibratedPipe, "measure", record)
    config = read(
        corpus_folder,
        transformer_folder,
        nlp__pipeline=["transformer", "transformer_ner", "scripted"],
        components__scripted={"factory": "scripted", "scores": [0.1, 0.5, 0.9, 0.0]},
        training__score_weights={"ents_f": 1.0, "scripted": None},
        training__eval_frequency=2,
        training__max_steps=7,
    )
    config["training"]["before_update"]["then"]["metric"] = "scripted"
    with pytest.warns(UserWarning, match="step 6: .* Back to the weights of step 4"):
        train(init_nlp(config), tmp_path)
    assert measured == [1.0, 1.1, 1.2, 1.3]
    assert spacy.load(tmp_path / "model-last").get_pipe("transformer_ner").temperature == 1.2


def refused(config: Config) -> str:
    """RETURNS (str): What the first update says, in a config without the check."""
    with pytest.raises(ConfigValidationError) as error:
        train_in_process(config)
    return error.value.desc


def test_guard_takes_no_schedule_of_another_training(tmp_path: Path) -> None:
    """One that lives on, as in a notebook, is not the one whose rate it could halve."""
    another = make_adaptive_v1(1e-4)
    config = scripted_config(tmp_path, [0.1, 0.5])
    config["training"]["optimizer"]["learn_rate"] = {"@schedules": "constant.v1", "rate": 0.1}
    config["training"]["before_update"] = {
        **{"@callbacks": "adaptive_spacy.guard.v1", "metric": "scripted"}
    }
    assert 'another schedule of ours beside "adaptive_spacy.guard.v1"' in refused(config)
    assert another.setbacks == []


@pytest.mark.parametrize("metric", ["ents_loss", "speed", "scripted"])
def test_guard_watches_no_score_of_which_less_is_better(metric: str, tmp_path: Path) -> None:
    weights = {"cats_score": None, "ents_loss": None, "speed": None, "scripted": -1.0}
    config = scripted_config(tmp_path, [0.1, 0.5], training__score_weights=weights)
    config["training"]["before_update"]["then"] = {
        **{"@callbacks": "adaptive_spacy.guard.v1", "metric": metric}
    }
    assert f"of which more is better, got {metric}" in refused(config)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.slow
def test_real_collapse_ends_better_with_a_guard(
    corpus_folder: Path, transformer_folder: Path, tmp_path: Path
) -> None:
    """A rate 50 times too high."""
    found = {}
    for retries in (0, 4):
        config = read(corpus_folder, transformer_folder, training__max_epochs=24)
        config["training"]["before_update"]["rate"] = 0.15
        # it learns on the way up
        config["training"]["optimizer"]["learn_rate"]["warmup"] = 16
        config["training"]["before_update"]["then"]["retries"] = retries
        output = tmp_path / str(retries)
        output.mkdir()
        train(init_nlp(config), output)
        found[retries] = read_history(output)
    assert found[0][-1].setbacks == 0
    assert found[4][-1].setbacks > 0
    best, last = (max(row.f for row in found[0]), found[0][-1].f)
    assert last < 0.5 * best
    assert found[4][-1].f > last
