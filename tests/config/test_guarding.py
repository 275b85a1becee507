"""What a guard needs, wherever in the chain of callbacks it stands."""

from typing import Any

import pytest

from adaptive_spacy.config.guarding import find_guard_faults, find_watched

OURS = {"@schedules": "adaptive_spacy.hybrid.v1", "rate": 0.1}
THEIRS = {"@schedules": "constant.v1", "rate": 0.1}


def guard(metric: str | None = None, then: Any = None) -> dict[str, Any]:
    named = {} if metric is None else {"metric": metric}
    return {"@callbacks": "adaptive_spacy.guard.v1", "then": then, **named}


def adapt(then: Any = None) -> dict[str, Any]:
    return {"@callbacks": "adaptive_spacy.adapt.v1", "then": then}


def training(
    callback: Any, rate: Any = OURS, optimizer: str = "adaptive_spacy.AdamW.v1", **weights: Any
) -> dict[str, Any]:
    return {
        "before_update": callback,
        "optimizer": {"@optimizers": optimizer, "learn_rate": rate},
        "score_weights": weights,
    }


@pytest.mark.parametrize("callback", [guard(), adapt(guard()), adapt({"then": guard()})])
def test_guard_needs_a_schedule_of_ours_and_a_score(callback: dict[str, Any]) -> None:
    assert list(find_guard_faults(training(callback, ents_f=None))) == []
    (fault,) = find_guard_faults(training(callback, THEIRS, ents_f=None))
    assert fault.startswith("[training.optimizer.learn_rate]: expected @schedules = ")
    (fault,) = find_guard_faults(training(callback, ents_p=1.0))
    assert fault.startswith("[training.score_weights] ents_f: expected a weight, or null")


def test_guard_stands_behind_what_tells_the_schedule() -> None:
    """In front it goes back to a phase in which the collapsed score is then observed."""
    for callback in (guard(then=adapt()), guard(then={"@callbacks": "mine.v1", "then": adapt()})):
        (fault,) = find_guard_faults(training(callback, ents_f=None))
        assert fault.startswith(
            '[training.before_update]: expected "adaptive_spacy.adapt.v1" first'
        )


@pytest.mark.parametrize("optimizer", ["Adam.v1", "RAdam.v1", "SGD.v1"])
def test_guard_needs_an_optimizer_that_forgets(optimizer: str) -> None:
    """What thinc's remember would stay that of the weights that are taken back."""
    (fault,) = find_guard_faults(training(adapt(guard()), optimizer=optimizer, ents_f=None))
    assert fault.startswith(
        '[training.optimizer]: expected @optimizers = "adaptive_spacy.AdamW.v1"'
    )
    assert f"got {optimizer}, whose moments and averages" in fault
    assert list(find_guard_faults(training(adapt(), optimizer=optimizer, ents_f=None))) == []


@pytest.mark.parametrize("callback", [None, adapt()])
def test_training_without_a_guard_needs_neither(callback: dict[str, Any] | None) -> None:
    assert find_watched(training(callback)) == []
    assert list(find_guard_faults(training(callback, THEIRS))) == []


@pytest.mark.parametrize(
    ("metric", "weight"),
    [
        ("ents_loss", None),
        ("ents_loss_refined", -1.0),
        ("mine_loss", None),
        ("errors", -0.5),
        ("speed", None),
        ("temperature", None),
        ("ents_per_type", None),
    ],
)
def test_guard_watches_a_score_of_which_more_is_better(metric: str, weight: float | None) -> None:
    (fault,) = find_guard_faults(training(guard(metric), **{metric: weight}))
    assert fault.endswith(f"expected a score in [0, 1] of which more is better, got {metric}")
