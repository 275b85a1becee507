"""The phases of a training that is over, from what it wrote down."""

from dataclasses import replace
from pathlib import Path

import pytest
from spacy.util import load_config
from thinc.api import Config

from adaptive_spacy.experiments.replay import count_rounds, find_stop, replay
from adaptive_spacy.training.history import Evaluation
from tests.conftest import ROOT
from tests.report.evaluations import adaptive


@pytest.fixture
def config() -> Config:
    """Of the training that `adaptive` tells of."""
    settings = {"variables.rate": 1e-4, "paths.train": "train.spacy", "paths.dev": "dev.spacy"}
    config = load_config(ROOT / "configs" / "adaptive.cfg", overrides=settings, interpolate=True)
    config["training"]["optimizer"]["learn_rate"].update(warmup=2, cooldown=3, least=0)
    config["training"]["before_update"]["monitor"] = {"ents_loss": -1.0}
    return config


def history(rounds: int = 10) -> list[Evaluation]:
    return [replace(one, scores={"ents_loss": one.dev_loss}) for one in adaptive(rounds)]


def test_replay_finds_the_phases_and_the_end(config: Config) -> None:
    rows = history()
    machine, undone, halved = replay(config, rows)
    assert (undone, halved) == (0, ())
    assert [machine.phase(one.step) for one in rows] == [one.phase for one in rows]
    assert machine.state.finished_at == rows[-1].step
    assert find_stop(machine, Path("run")) == 10


def test_replay_goes_by_each_of_several_monitored_scores(config: Config) -> None:
    rows = [replace(one, scores={**one.scores, "ents_f": 0.5}) for one in history()]
    rows[9] = replace(rows[9], scores={**rows[9].scores, "ents_f": 0.6})
    alone = replay(config, rows).machine
    config["training"]["before_update"]["monitor"] = [{"ents_loss": -1.0}, {"ents_f": 1.0}]
    either = replay(config, rows).machine
    assert alone.state.finished_at == rows[10].step
    assert (either.state.finished_at, either.state.wait) == (None, 1), "F1 rose in round 9"


def test_replay_of_a_training_that_was_stopped_names_it(config: Config) -> None:
    machine = replay(config, history(9)).machine
    with pytest.raises(ValueError, match=r"^run: .* stopped in round 9, 1 or more before it$"):
        find_stop(machine, Path("run"))


def test_replay_takes_a_score_that_was_not_finite_for_none(config: Config) -> None:
    rows = history()
    rows[5] = replace(rows[5], scores={"ents_loss": None})
    assert replay(config, rows).machine == replay(config, history()).machine
    rows[6] = replace(rows[6], scores={"ents_loss": None})
    assert replay(config, rows).machine.state.best == [-0.31], "that of the round after"


def test_replay_goes_back_where_the_guard_did(config: Config) -> None:
    rows = [replace(one, scores={**one.scores, "ents_f": one.f}) for one in history()]
    # collapsed in round 5, after a best score in round 3
    scores = [0.1, 0.5, 0.6, 0.7, 0.65, 0.1, 0.6, 0.6, 0.6, 0.6, 0.6]
    rows = [
        replace(one, scores={**one.scores, "ents_f": score}, setbacks=int(number > 5))
        for number, (one, score) in enumerate(zip(rows, scores, strict=True))
    ]
    expected = replay(config, rows[:4]).machine
    for one in rows[6:]:
        expected.observe(one.step, -one.scores["ents_loss"])
    machine, undone, halved = replay(config, rows)
    # what was taken back was a cool-down, which can still be read
    assert machine.phase(43) == "cooldown"
    later = range(52, 120)
    assert [machine.rate(step) for step in later] == [expected.rate(step) for step in later]
    assert replace(machine.state, segments=[]) == replace(expected.state, segments=[])
    # rounds 4 and 5
    assert (undone, halved) == (2, (3,))
    other = replay(config, [replace(one, setbacks=0) for one in rows])
    assert other.machine.state != expected.state
    assert (other.undone, other.halved) == (0, ())
    # collapsed again before there was a better one, in round 7
    again = [replace(one, setbacks=one.setbacks + (number > 7)) for number, one in enumerate(rows)]
    assert replay(config, again)[1:] == (4, (3, 3))


def test_rounds_are_those_that_made_the_weights(config: Config) -> None:
    run = replay(config, history())
    assert count_rounds(run, Path("run"), "mine") == 10
    assert count_rounds(run._replace(undone=3), Path("run"), "mine") == 7
    # warm-up and cool-down
    assert count_rounds(run._replace(undone=8), Path("run"), "mine") == 5


def test_a_run_that_found_nothing_better_tells_no_length(config: Config) -> None:
    config["training"]["optimizer"]["learn_rate"].update(stall=8)
    run = replay(config, [replace(one, scores={"ents_loss": 1.0}) for one in history()])
    assert find_stop(run.machine, Path("run")) > 5
    with pytest.warns(UserWarning, match=r"^mine: no round was better than the untrained model"):
        assert count_rounds(run, Path("run"), "mine") == 5


def test_replay_needs_phases() -> None:
    config = load_config(ROOT / "configs" / "stable.cfg", interpolate=False)
    with pytest.raises(ValueError, match="whose length was fixed beforehand"):
        replay(config, history())
