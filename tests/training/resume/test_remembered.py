"""What parts inside of other parts remember goes on with a training that is resumed, or it is said
before the training begins that it would not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from spacy import registry
from spacy.language import Language
from thinc.api import Config, ConfigValidationError

from adaptive_spacy.training.resume.driver import Driver
from adaptive_spacy.training.resume.resumable import require_remembered
from tests.training.resume.trainings import (
    Stop,
    fingerprint,
    history,
    make_driver,
    run_resumed,
    stop_after,
)
from tests.util import scripted_config

Callback = Callable[..., Any]
SCORES = [0.1, 0.5, 0.9, 0.2, 0.91, 0.92, 0.3, 0.4, 0.4, 0.4, 0.4, 0.4]
ADAPT = {"@callbacks": "adaptive_spacy.adapt.v1", "monitor": {"scripted": 1.0}}


@registry.callbacks("test.wrapping")
def make_wrapping(then: Callback) -> Callback:
    return lambda *arguments: then(*arguments)


class Passing:
    """Passes on what is inside of it, its state too."""

    def __init__(self, then: Any) -> None:
        self.then = then

    def __call__(self, *arguments: Any) -> Any:
        return self.then(*arguments)

    def save_state(self, nlp: Language) -> dict[str, Any]:
        return {"then": self.then.save_state(nlp)}

    def load_state(self, nlp: Language, state: dict[str, Any], output: Any) -> None:
        self.then.load_state(nlp, state["then"], output)


@registry.callbacks("test.passing")
def make_passing(then: Callback) -> Passing:
    return Passing(then)


class Counting:
    """Remembers how often it was called."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, nlp: Language, *arguments: Any) -> Language:
        self.calls += 1
        return nlp

    def save_state(self, nlp: Language) -> dict[str, Any]:
        return {"calls": self.calls}

    def load_state(self, nlp: Language, state: dict[str, Any], output: Any) -> None:
        self.calls = state["calls"]


@registry.callbacks("test.counting")
def make_counting() -> Counting:
    return Counting()


@registry.loggers("test.counting")
def make_counting_logger() -> Callable[..., Any]:
    return lambda nlp, stdout, stderr: (CountingLog(), lambda: None)


class CountingLog(Counting):
    def __call__(self, info: Any) -> None:  # type: ignore[override]
        self.calls += 1


def wrapped(outer: str, inner: dict[str, Any]) -> dict[str, Any]:
    return {"@callbacks": outer, "then": inner}


def resumed_after(config: Config, folder: Path, step: int) -> Any:
    driver = make_driver(config, folder)
    stop_after(driver, step)
    with pytest.raises(Stop):
        driver.run()
    return run_resumed(config, folder)


GUARD = {"@callbacks": "adaptive_spacy.guard.v1", "metric": "scripted"}
CHECKPOINT = {"@callbacks": "adaptive_spacy.checkpoint.v1"}


@pytest.mark.parametrize(
    ("key", "block", "inner"),
    [
        ("before_update", wrapped("test.wrapping", ADAPT), "adaptive_spacy.adapt.v1"),
        (
            "before_update",
            {**ADAPT, "then": wrapped("test.wrapping", GUARD)},
            "adaptive_spacy.guard.v1",
        ),
        ("before_to_disk", wrapped("test.wrapping", CHECKPOINT), "adaptive_spacy.checkpoint.v1"),
    ],
)
def test_what_would_be_forgotten_is_refused_before_anything_is_written(
    key: str, block: dict[str, Any], inner: str, tmp_path: Path
) -> None:
    config = scripted_config(tmp_path, SCORES)
    config["training"][key] = block
    with pytest.raises(ConfigValidationError) as error:
        make_driver(config, tmp_path / "out")
    text = str(error.value)
    assert f"[training.{key}]: {inner} stands inside of test.wrapping, which does not have" in text
    assert f"put {inner} first, with test.wrapping as its `then`" in text
    assert list((tmp_path / "out").iterdir()) == []
    # what cannot be resumed anyway trains as with spaCy's own command
    make_driver(config, None)


def test_functions_of_others_alone_are_none_to_remember() -> None:
    theirs = {"@callbacks": "mine.v1", "then": {"@callbacks": "mine.v2"}, "sizes": [1, 2]}
    require_remembered({"training": {"before_update": theirs}}, {"training.before_update": print})
    require_remembered({"training": {"before_update": None}}, {"training.before_update": None})
    # what remembers nothing is none either
    theirs["rate"] = {"@misc": "adaptive_spacy.rate.v1", "rate": "auto", "name": "tiny"}
    require_remembered({"training": {"before_update": theirs}}, {"training.before_update": print})
    logger = {"@loggers": "mine.v1", "loggers": [{"@loggers": "adaptive_spacy.Logger.v1"}]}
    with pytest.raises(ConfigValidationError, match=r"\[training.logger\]: adaptive_spacy.Logger"):
        require_remembered({"training": {"logger": logger}}, {"training.logger": print})


def test_what_passes_its_state_on_is_resumed(tmp_path: Path) -> None:
    plain = make_driver(scripted_config(tmp_path, SCORES), tmp_path / "plain")
    plain.run()
    config = scripted_config(tmp_path, SCORES)
    config["training"]["before_update"] = wrapped("test.passing", ADAPT)
    resumed = resumed_after(config, tmp_path / "out", 9)
    assert resumed.loop.results == plain.loop.results
    assert fingerprint(resumed.nlp) == fingerprint(plain.nlp)


def test_what_stands_behind_checkpoint_and_logger_is_resumed(tmp_path: Path) -> None:
    config = scripted_config(tmp_path, SCORES)
    config["training"]["before_to_disk"] = {
        **{"@callbacks": "adaptive_spacy.checkpoint.v1", "then": {"@callbacks": "test.counting"}}
    }
    config["training"]["logger"] = {
        "@loggers": "adaptive_spacy.Logger.v1",
        "then": [{"@loggers": "test.counting"}],
    }
    whole = make_driver(config, tmp_path / "whole")
    whole.run()
    resumed = resumed_after(config, tmp_path / "out", 9)
    assert history(tmp_path / "out") == history(tmp_path / "whole")
    for driver in (whole, resumed):
        # one after each of the evaluations, and one at the end
        calls = len(driver.loop.results) + 1
        assert driver.training["before_to_disk"].then.calls == calls
        (log,) = driver.log_step.others
        assert log.calls == driver.loop.step + 1


def test_metric_that_was_not_measured_once_has_no_weight_after_a_resumption_either(
    tmp_path: Path,
) -> None:
    """spaCy takes its weight away for the rest of a training."""
    config = scripted_config(tmp_path, SCORES)
    config["training"]["score_weights"] = {"cats_score": 0.5, "scripted": 0.5}
    whole = unmeasured_at_step_4(config, tmp_path / "whole")
    whole.run()
    broken = unmeasured_at_step_4(config, tmp_path / "out")
    stop_after(broken, 7)
    with pytest.raises(Stop):
        broken.run()
    resumed = run_resumed(config, tmp_path / "out")
    assert whole.loop.step > 8
    assert resumed.loop.results == whole.loop.results
    scores = whole.nlp.meta["performance"]
    assert scores["scripted"] > 0
    assert whole.loop.results[-1][0] == 0.5 * scores["cats_score"]


def unmeasured_at_step_4(config: Config, folder: Path) -> Driver:
    driver = make_driver(config, folder)
    driver.nlp.get_pipe("scripted").scores[2] = None
    return driver
