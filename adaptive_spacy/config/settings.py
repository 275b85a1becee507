"""Settings that spaCy accepts although they mean nothing, or that it finds after it has deleted the
last models: a table of what each has to be, applied to a whole config."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from adaptive_spacy.config.blocks import find_adapt, is_made_at_once
from adaptive_spacy.config.metrics import is_better_lower
from adaptive_spacy.config.monitor import monitor_of
from adaptive_spacy.config.names import ADAPTIVE, AUTO, LOGGER, SCHEDULES, TRACKERS
from adaptive_spacy.config.names import RATE as NAMED
from adaptive_spacy.config.requirements import (
    BELOW_ONE,
    LANGUAGE,
    NOT_NEGATIVE,
    POSITIVE,
    RATE,
    RATE_OR_AUTO,
    Requirement,
    is_number,
    whole,
)

DROPOUT = Requirement(
    "a number in [0, 1) with a decimal point, such as 0.0 or 0.1",
    # spaCy takes a whole number for a schedule, and breaks off in the first update
    lambda value: isinstance(value, float) and 0 <= value < 1,
)

ALLOCATOR = Requirement(
    '"pytorch", "tensorflow" or null', lambda value: value in ("pytorch", "tensorflow", None)
)
WRITABLE = Requirement("a finite number", lambda value: _is_writable(value))

#: By block and key. A block in place of a value, a promise or a schedule, checks its own arguments
SETTINGS: dict[str, dict[str, Requirement]] = {
    "nlp": {"batch_size": whole(1).or_null()},
    "training": {
        "seed": whole(0, 2**32 - 1).or_null(),
        "gpu_allocator": ALLOCATOR,
        "dropout": DROPOUT,
        "accumulate_gradient": whole(1),
        "patience": whole(0),
        "max_steps": whole(0),
        "max_epochs": whole(-1),
        "eval_frequency": whole(1),
    },
    "training.optimizer": {
        "learn_rate": RATE,
        "weight_decay": NOT_NEGATIVE,
        "L2": NOT_NEGATIVE,
        "grad_clip": NOT_NEGATIVE,
        "beta1": BELOW_ONE,
        "beta2": BELOW_ONE,
        "eps": POSITIVE,
        "head_rate": POSITIVE,
    },
    # of every schedule that calls its highest rate so
    "training.optimizer.learn_rate": {
        "rate": RATE_OR_AUTO,
        "initial_rate": RATE,
        "base_rate": RATE,
    },
    "training.before_update": {"rate": RATE.or_null()},
    "training.before_update.rate": {"rate": RATE_OR_AUTO},
    "training.batcher": {"size": whole(1)},
    "training.batcher.batcher": {"size": whole(1)},
}
STRIDED = "spacy-transformers.strided_spans.v1"
#: Ends of the names of metrics of which more is better
HIGHER_IS_BETTER = ("_acc", "_p", "_r", "_f", "_score", "_auc", "_uas", "_las")


def find_setting_faults(config: Mapping[str, Any]) -> Iterator[str]:
    """Settings that mean nothing.

    config (Mapping): A whole config, interpolated.
    YIELDS (str): One line each: block and key, what is allowed, what came.
    """
    faulty = set()
    for place, requirements in SETTINGS.items():
        block = find(config, place)
        for key, requirement in requirements.items():
            if key not in block or isinstance(block[key], Mapping | list):
                continue
            if fault := requirement.fault(block[key]):
                faulty.add(f"{place}.{key}")
                yield f"[{place}] {key}: {fault}"
    yield from _unwritable(config, "", faulty)
    yield from _untold_rate(config)
    yield from _span_faults(config)
    yield from _name_faults(config)
    yield from _weight_faults(config)
    yield from find_logger_faults(config)


def find_logger_faults(config: Mapping[str, Any]) -> Iterator[str]:
    """A tracker without the log that it follows.

    config (Mapping): A whole config, interpolated.
    YIELDS (str): One line.
    """
    name = find(config, "training.logger").get("@loggers")
    if name in TRACKERS:
        yield (
            f'[training.logger] @loggers: expected "{LOGGER}" with the tracker in its then, got '
            f'"{name}", which follows that log: then = [{{"@loggers": "{name}", ...}}]'
        )


def find(config: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    """RETURNS (Mapping): The block of a dotted name; an empty one if there is none."""
    block: Any = config
    for part in place.split("."):
        block = block.get(part) if isinstance(block, Mapping) else None
    return block if isinstance(block, Mapping) else {}


def weight_fault(metric: str, weight: Any) -> str | None:
    """RETURNS (str | None): What is wrong with the weight of a metric; None: nothing."""
    if not is_number(weight):
        return f"expected a number, got {weight!r}"
    if is_better_lower(metric) and weight > 0:
        return f"expected a weight < 0, as less of it is better, got {weight}"
    if metric.endswith(HIGHER_IS_BETTER) and weight < 0:
        return f"expected a weight > 0, as more of it is better, got {weight}"
    return None


def _unwritable(value: Any, place: str, known: set[str]) -> Iterator[str]:
    """NaN, infinities, and whole numbers of more than 64 bits, anywhere: spaCy cannot write
    them."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _unwritable(inner, f"{place}.{key}".lstrip("."), known)
    elif isinstance(value, list):
        for inner in value:
            yield from _unwritable(inner, place, known)
    elif place not in known and (fault := WRITABLE.fault(value)):
        block, _, key = place.rpartition(".")
        yield f"[{block}] {key}: {fault}"


def _is_writable(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or -(2**63) <= value < 2**63


def _untold_rate(config: Mapping[str, Any]) -> Iterator[str]:
    """A schedule that waits to be told its rate, and nobody who tells it."""
    schedule = find(config, "training.optimizer.learn_rate")
    name, callback = schedule.get("@schedules"), find_adapt(find(config, "training")) or {}
    if schedule.get("rate") != AUTO or (name == ADAPTIVE and not callback):
        # that nobody tells the schedule of evaluations is said elsewhere
        return
    if name not in SCHEDULES or callback.get("rate") is None:
        yield (
            f'[training.optimizer.learn_rate] rate: expected a number, got "{AUTO}", which needs a '
            f'schedule of ours and [training.before_update.rate] with @misc = "{NAMED}"'
        )


def _span_faults(config: Mapping[str, Any]) -> Iterator[str]:
    for name in find(config, "components"):
        place = f"components.{name}.model.get_spans"
        spans = find(config, place)
        if spans.get("@span_getters") != STRIDED:
            continue
        window, stride = spans.get("window"), spans.get("stride")
        if fault := whole(1).fault(window):
            yield f"[{place}] window: {fault}"
        elif fault := whole(1, window).fault(stride):
            yield f"[{place}] stride: {fault}, the window: tokens between would be read by none"


def _name_faults(config: Mapping[str, Any]) -> Iterator[str]:
    """Names of what does not exist."""
    lang = find(config, "nlp").get("lang")
    if lang is not None and (fault := LANGUAGE.fault(lang)):
        yield f"[nlp] lang: {fault}"
    training = find(config, "training")
    for key in ("train_corpus", "dev_corpus"):
        name = training.get(key)
        there = isinstance(name, str) and (find(config, name) or is_made_at_once(config, name))
        if key in training and not there:
            yield (
                f"[training] {key}: expected the name of a block such as corpora.train, got "
                f"{name!r}"
            )
    pipes = find(config, "nlp").get("pipeline", [])
    for key in ("frozen_components", "annotating_components"):
        for name in training.get(key) or ():
            if name not in pipes:
                yield f"[training] {key}: expected pipes of {', '.join(pipes)}, got {name}"


def _monitor_faults(monitor: Any) -> Iterator[str]:
    several = list(monitor) if isinstance(monitor, list | tuple) else [monitor]
    if not several or not all(isinstance(one, Mapping) for one in several):
        yield (
            '[training.before_update] monitor: expected weights such as {"ents_loss": -1.0}, or a '
            f"list of such, got {monitor!r}"
        )
        return
    for weights in several:
        if not any(weights.values()):
            yield (
                "[training.before_update] monitor: expected a weight other than 0, or null for the "
                f"main score, got {dict(weights)}"
            )
        for metric, weight in weights.items():
            if fault := weight_fault(metric, weight):
                yield f"[training.before_update] monitor: {metric}: {fault}"


def _weight_faults(config: Mapping[str, Any]) -> Iterator[str]:
    """A monitor, or a main score, without a weight or with one of the wrong sign."""
    monitor = monitor_of(find(config, "training"))
    if monitor is not None:
        yield from _monitor_faults(monitor)
    for metric, weight in find(config, "training.score_weights").items():
        if weight is not None and (fault := weight_fault(metric, weight)):
            yield f"[training.score_weights] {metric}: {fault}"
