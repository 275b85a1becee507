import warnings
from pathlib import Path

import pytest
from spacy.language import Language
from spacy.util import registry
from thinc.api import ConfigValidationError

from adaptive_spacy.adaptive.callback import Adapt, make_adapt_v1
from adaptive_spacy.adaptive.schedule import make_adaptive_v1
from tests.util import live_schedule, scripted_config, train_in_process


def test_training_uses_the_rates_of_the_table(tmp_path: Path) -> None:
    # S = 2, C = 2. The first score is that of step 0, which is no round, and which the next one
    # improves on; then e = 4, better at 6,
    # e = 8, finished at 12; the batch of update 13 was drawn before that
    config = scripted_config(tmp_path, [-99, 2, 1, 3, 2, 2, 2])
    _, optimizer = train_in_process(config)
    cool = [0.75, 0.5]
    assert optimizer.used == [*[1] * 6, *cool, 1, 1, *cool, 0.25, 0.0]
    assert live_schedule(optimizer).machine.state.finished_at == 12


def test_callback_does_not_observe_the_evaluation_at_step_0(tmp_path: Path) -> None:
    config = scripted_config(tmp_path, [99, 1, 2, 3], training__max_steps=6)
    _, optimizer = train_in_process(config)
    state = live_schedule(optimizer).machine.state
    # the evaluation that ends a training is never seen: no update follows
    assert (state.rounds, state.best, state.wait) == (2, [2], 0)


def test_a_monitor_that_stands_still_ends_the_training_with_words(tmp_path: Path) -> None:
    config = scripted_config(tmp_path, [0])
    config["training"]["optimizer"]["learn_rate"]["stall"] = 4
    with pytest.warns(
        UserWarning, match=r"^step 10: scripted never improved on its first value in 4"
    ):
        _, optimizer = train_in_process(config)
    # the first round is a first value; 4 more without improvement; one batch was drawn already
    assert optimizer.used == [1] * 12
    assert live_schedule(optimizer).machine.stalled


def test_the_end_of_a_monitor_that_stands_still_is_told_once() -> None:
    """One batch more was drawn, and may be evaluated too."""
    callback = make_adapt_v1({"a": 1.0})
    callback.schedule, callback.weights = make_adaptive_v1(1.0, interval=1, stall=2), [{"a": 1.0}]
    callback._take({"a": 0.0}, 1)
    callback._take({"a": 0.0}, 2)
    with pytest.warns(UserWarning, match="^step 3: a never improved"):
        callback._take({"a": 0.0}, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        callback._take({"a": 0.0}, 4)


def test_a_monitor_that_stands_still_at_first_goes_on(tmp_path: Path) -> None:
    _, optimizer = train_in_process(scripted_config(tmp_path, [*[0] * 12, 3, 2, 2, 2]))
    # the rise is in round 12, at step 24
    assert live_schedule(optimizer).machine.state.finished_at == 30


def test_callback_monitors_the_main_score_by_default(tmp_path: Path) -> None:
    weights = {"scripted": -1.0, "cats_score": None}
    config = scripted_config(tmp_path, [0, 3, 2, 4], training__max_steps=8)
    config["training"]["score_weights"] = weights
    del config["training"]["before_update"]["monitor"]
    _, optimizer = train_in_process(config)
    assert live_schedule(optimizer).machine.state.best == [-2]


def test_callback_sums_the_monitored_metrics_by_weight(tmp_path: Path) -> None:
    config = scripted_config(tmp_path, [0, 3, 3], training__max_steps=4)
    config["training"]["before_update"]["monitor"] = {"scripted": 0.5, "token_acc": 2.0}
    config["training"]["score_weights"]["token_acc"] = None
    _, optimizer = train_in_process(config)
    assert live_schedule(optimizer).machine.state.best == [0.5 * 3 + 2.0]


def test_callback_goes_by_several_scores(tmp_path: Path) -> None:
    """The other score never rises, so the rates are those of the script: the table above."""
    config = scripted_config(tmp_path, [-99, 2, 1, 3, 2, 2, 2])
    config["training"]["before_update"]["monitor"] = [{"scripted": 1.0}, {"token_acc": 2.0}]
    config["training"]["score_weights"]["token_acc"] = None
    _, optimizer = train_in_process(config)
    state = live_schedule(optimizer).machine.state
    assert (state.best, state.finished_at) == ([3, 2.0], 12)


@registry.callbacks("test.steps_seen")
def make_steps_seen() -> "StepsSeen":
    return StepsSeen()


class StepsSeen:
    seen: list[tuple[int, int]] = []

    def __call__(self, nlp: Language, info: dict[str, int]) -> None:
        self.seen.append((info["step"], info["epoch"]))


def test_callback_calls_the_next_one_at_every_update(tmp_path: Path) -> None:
    StepsSeen.seen.clear()
    config = scripted_config(tmp_path, [0, 1, 2], training__max_steps=6)
    config["training"]["before_update"]["then"] = {"@callbacks": "test.steps_seen"}
    train_in_process(config)
    # 20 texts in batches of 4: 5 steps an epoch
    assert StepsSeen.seen == [(step, step // 5) for step in range(7)]


def test_callback_reports_a_score_that_is_not_finite(tmp_path: Path) -> None:
    config = scripted_config(tmp_path, [0, 1, 2], training__max_steps=4)
    _, optimizer = train_in_process(config)
    callback = make_adapt_v1({"a": -1.0, "b": -1.0})
    callback.schedule = live_schedule(optimizer)
    callback.weights = [{"a": -1.0, "b": -1.0}]
    rounds, wait = callback.schedule.machine.state.rounds, callback.schedule.machine.state.wait
    with pytest.warns(
        UserWarning, match="^step 8: b is not finite, which counts as no improvement"
    ):
        callback._take({"a": 1.0, "b": float("nan")}, 8)
    assert callback.schedule.machine.state.rounds == rounds + 1
    assert callback.schedule.machine.state.wait == wait + 1


def test_callback_goes_by_the_other_score_where_one_cannot_be_measured(tmp_path: Path) -> None:
    """spaCy's F1 of a dev set without entities is None."""
    config = scripted_config(tmp_path, [0, 1, 2], training__max_steps=4)
    _, optimizer = train_in_process(config)
    callback = make_adapt_v1(None)
    callback.schedule, callback.weights = live_schedule(optimizer), [{"a": 1.0}, {"ents_f": 1.0}]
    machine = callback.schedule.machine
    machine.state.best = [0.5, None]
    with pytest.warns(UserWarning, match="^step 8: ents_f is not finite, which counts as no imp"):
        callback._take({"a": 1.0, "ents_f": None}, 8)
    assert (machine.state.best, machine.state.wait) == ([1.0, None], 0)


def test_callback_takes_each_evaluation_once() -> None:
    callback = Adapt({"a": 1.0}, None)
    observed: list[int] = []

    class Schedule:
        def observe(self, step: int, score: float) -> None:
            observed.append(step)

    callback.schedule = Schedule()  # type: ignore[assignment]
    callback.weights = [{"a": 1.0}]
    first, second = {"a": 1.0}, {"a": 1.0}
    for performance, step in [(first, 4), (first, 5), (second, 6), (second, 7)]:
        callback._take(performance, step)
    assert observed == [4, 6]


def test_callback_without_schedule_is_refused_at_the_first_step(tmp_path: Path) -> None:
    config = scripted_config(tmp_path, [0, 1])
    config["training"]["optimizer"]["learn_rate"] = {"@schedules": "constant.v1", "rate": 0.1}
    with pytest.raises(ConfigValidationError) as error:
        train_in_process(config)
    assert error.value.desc == (
        "[training.before_update] adaptive_spacy.adapt.v1 needs "
        '@schedules = "adaptive_spacy.adaptive.v1" in [training.optimizer.learn_rate]'
    )


@pytest.mark.parametrize("place", ["learn_rate", "optimizer"])
def test_callback_takes_a_schedule_from_another_section(tmp_path: Path, place: str) -> None:
    config = scripted_config(tmp_path, [0, 1, 1, 1], training__before_update__rate=0.5)
    del config["training"]["optimizer"]["learn_rate"]["interval"]
    inside = config["training"] if place == "optimizer" else config["training"]["optimizer"]
    config["mine"] = {place: inside[place]}
    inside[place] = f"${{mine.{place}}}"
    nlp, optimizer = train_in_process(config)
    assert optimizer.used[0] == 0.5
    # as it is saved: with the rate that it was trained with, and spaCy can go on with it
    assert nlp.config["training"]["optimizer"]["learn_rate"]["rate"] == 0.5
    assert nlp.create_optimizer().learn_rate == 0.5


def test_callback_refuses_a_metric_that_is_not_reported(tmp_path: Path) -> None:
    config = scripted_config(tmp_path, [0, 1], training__before_update__monitor={"ents_loss": -1.0})
    with pytest.raises(ConfigValidationError) as error:
        train_in_process(config)
    assert error.value.desc == (
        "[training.before_update] monitor: ents_loss is not reported; add it to "
        "[training.score_weights] (null: reported, not weighted)"
    )
