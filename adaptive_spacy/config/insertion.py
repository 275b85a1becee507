"""Adds the adaptive blocks to any spaCy config, whatever it trains.

A config that has them already stays as it is, block by block: a second insertion changes nothing.
"""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from spacy.language import DEFAULT_CONFIG
from spacy.util import load_config
from thinc.api import Config, ConfigValidationError

from adaptive_spacy.config.blocks import find_blocks, find_schedules
from adaptive_spacy.config.edits import Block, name_of, put_callback, set_value
from adaptive_spacy.config.monitor import Monitor, list_weights, name_metrics
from adaptive_spacy.config.names import (
    ADAPT,
    ADAPTIVE,
    AUTO,
    CHECK,
    CHECKPOINT,
    LOGGER,
)
from adaptive_spacy.config.peak_rate import DEFAULT_RATE, find_peak
from adaptive_spacy.config.requirements import RATE
from adaptive_spacy.config.settings import find, find_setting_faults, weight_fault
from adaptive_spacy.config.told_rate import find_callback, find_told_rate
from adaptive_spacy.config.training_end import COOLDOWN, add_end
from adaptive_spacy.files import replacing
from adaptive_spacy.parsing import reading

#: Rounds of warm-up
WARMUP = 2
#: The fewest updates of a training: few examples tell too early when to stop
UPDATES = 200
#: Rounds that the plateau forgives where a score is monitored: it can stand still at 0 at first
SCORE_PATIENCE = 2


def add_adaptive_blocks(
    config: Config,
    *,
    monitor: Monitor = None,
    rate: float | None = None,
    max_epochs: int | None = None,
) -> list[str]:
    """Turn the training of a config into an adaptive one.

    config (Config): Not interpolated; changed in place. What it lacks is taken from spaCy's
        default config.
    monitor (Monitor): Weight per metric, negative for a loss, or several of these; None: the main
        score, or what the config monitors already.
    rate (float | None): The highest rate; None: that of the config's own schedule.
    max_epochs (int | None): Epochs after which the training ends in any case, > 0; None: see
        `add_end`.
    RETURNS (list[str]): What was changed, a line each; none if nothing was.
    RAISES (ValueError): If the rate cannot be found out, or a streamed corpus is not trained by its
        main score.
    """
    if max_epochs is not None and max_epochs < 1:
        raise ValueError(f"--max-epochs: expected a number >= 1, got {max_epochs}")
    if rate is not None and (fault := RATE.fault(rate)):
        raise ValueError(f"--rate: {fault}")
    for metric, weight in (pair for one in list_weights(monitor) for pair in one.items()):
        if fault := weight_fault(metric, weight):
            raise ValueError(f"--monitor: {metric}: {fault}")
    training = config.setdefault("training", {})
    filled = _filled(config)
    plain = filled["training"]
    done: list[str] = []
    _copy_in(training, plain, done)
    _add_schedule(config, plain, rate, monitor, done)
    _add_callback(training, monitor, done)
    _close_optimizer(training, _filled(config)["training"]["optimizer"], done)
    add_end(training, filled, max_epochs, done)
    _add_logger(training, plain, done)
    _add_checkpoint(training, done)
    _add_check(config, done)
    return done


def init(
    path: Path, output: Path | None, *, force: bool = False, **options: Any
) -> tuple[str, list[str]]:
    """Add the adaptive blocks to a config file.

    path (Path): The config.
    output (Path | None): Where the new one goes, which may be the same; None: nowhere.
    force (bool): Replace a file that is there.
    options: See `add_adaptive_blocks`.
    RETURNS (tuple): The new config as text, and what was changed.
    RAISES (ValueError): Also if there is no config, or `output` exists.
    """
    if not path.is_file():
        raise ValueError(f"{path}: expected a config of spaCy, found nothing")
    if output is not None and output.exists() and not force:
        raise ValueError(f"{output}: exists already; --force replaces it")
    try:
        with reading(path, "a training config that spaCy can fill"):
            config = load_config(path, interpolate=False)
            _filled(config)
        if not find(config, "nlp").get("pipeline"):
            raise ValueError(
                f"{path}: expected a training config with components in [nlp] pipeline, found "
                "none; `python -m spacy init config` makes one"
            )
        done = add_adaptive_blocks(config, **options)
        # a reference into a block that has moved fails here, and not in the training
        filled = _filled(config)
    except ConfigValidationError as error:
        raise ValueError(f"{path}: {error.desc or error.title}") from None
    # spaCy breaks off at some before any check of ours can say it
    if faults := list(find_setting_faults(filled)):
        raise ValueError(f"{path}: {'; '.join(faults)}")
    text = config.to_str(interpolate=False)
    if output is not None:
        with replacing(output) as aside:
            aside.write_text(text, encoding="utf8")
    return text, done


def _filled(config: Config) -> Config:
    """RETURNS (Config): The config with spaCy's defaults for what it lacks, interpolated."""
    return Config(DEFAULT_CONFIG).merge(config).interpolate()


def _copy_in(training: Block, plain: Block, done: list[str]) -> None:
    """Copy schedule and callback, where they are references to another section, to where they are
    used: what is there is found, and may change."""
    _copy_block(training, "optimizer", plain["optimizer"], "[training]", done)
    optimizer = training.get("optimizer")
    if isinstance(optimizer, dict) and find_blocks(plain["optimizer"], "schedules", ADAPTIVE):
        schedule = plain["optimizer"]["learn_rate"]
        _copy_block(optimizer, "learn_rate", schedule, "[training.optimizer]", done)
    if find_blocks(plain["before_update"], "callbacks", ADAPT):
        _copy_block(training, "before_update", plain["before_update"], "[training]", done)


def _copy_block(block: Block, key: str, plain: Any, place: str, done: list[str]) -> None:
    value = block.get(key)
    if _refers(value) and isinstance(plain, Mapping):
        block[key] = deepcopy(dict(plain))
        done.append(f"{place} {key} copied from {value}")


def _add_schedule(
    config: Config,
    plain: Block,
    rate: float | None,
    monitor: Monitor,
    done: list[str],
) -> None:
    training = config["training"]
    if not isinstance(training.get("optimizer"), dict):
        training["optimizer"] = deepcopy(plain["optimizer"])
    optimizer = training["optimizer"]
    known = find_blocks(optimizer, "schedules", ADAPTIVE)
    if not known:
        _put_schedule(config, plain, rate, monitor, done)
    if rate is None:
        return
    told = find_told_rate(config)
    if told is not None:
        set_value(told.block, told.key, rate, f"[{told.name}]", done)
    # "auto" waits for what the callback tells; another number would only mislead
    if known and (told is None or known[0].get("rate") != AUTO):
        set_value(known[0], "rate", rate, "[training.optimizer.learn_rate]", done)


def _put_schedule(
    config: Config, plain: Block, rate: float | None, monitor: Monitor, done: list[str]
) -> None:
    """Replace a schedule that is not ours."""
    optimizer = config["training"]["optimizer"]
    former = optimizer.get("learn_rate", DEFAULT_RATE)
    peak, found = (rate, "as given") if rate is not None else find_peak(former, plain["optimizer"])
    losses = any(all(weight < 0 for weight in one.values()) for one in list_weights(monitor))
    patience = 0 if losses else SCORE_PATIENCE
    optimizer["learn_rate"] = {
        "@schedules": ADAPTIVE,
        "rate": peak,
        "warmup": WARMUP,
        "cooldown": COOLDOWN,
        "patience": patience,
        "least": UPDATES,
    }
    told = find_told_rate(config)
    if rate is None and told is not None and told.block is not optimizer["learn_rate"]:
        found += f", overridden by [{told.name}] {told.key} = {told.value}"
    why = "" if losses else f", patience {patience}, as a score can stand still at first"
    done.append(
        f"[training.optimizer.learn_rate] {ADAPTIVE}: rate {peak}, {found}{why}, {UPDATES} updates "
        "at least"
    )


def _add_callback(training: Block, monitor: Monitor, done: list[str]) -> None:
    former, place = training.get("before_update"), find_callback({"training": training})
    if place is not None:
        if monitor is None:
            return
        set_value(place.block, "monitor", deepcopy(monitor), f"[{place.name}]", done)
    else:
        block: Block = {"@callbacks": ADAPT, "monitor": deepcopy(monitor)}
        kept = ""
        if former is not None:
            block["then"] = former
            kept = f", then {name_of(former)}"
        training["before_update"] = block
        done.append(f"[training.before_update] {ADAPT}: monitors {_list(monitor)}{kept}")
    weights = training.setdefault("score_weights", {})
    for metric in name_metrics(list_weights(monitor)):
        if metric not in weights:
            set_value(weights, metric, None, "[training.score_weights]", done)


def _close_optimizer(training: Block, plain: Block, done: list[str]) -> None:
    """Let nothing in `[training.optimizer]` need another section: spaCy resolves it alone. The
    callback takes the reference to the rate over, and learns the interval."""
    callback = find_blocks(training["before_update"], "callbacks", ADAPT)[0]
    for schedule in find_schedules(training):
        if not isinstance(schedule.get("interval"), int | None):
            del schedule["interval"]
            done.append(
                "[training.optimizer.learn_rate] interval removed: learnt from the training"
            )
        rate = schedule.get("rate")
        if _refers(rate) and callback.get("rate") is None:
            callback["rate"] = rate
            done.append(f"[training.before_update] rate = {rate}, which overrides the schedule's")
    _close(training["optimizer"], plain, "[training.optimizer", done)


def _close(block: Block, plain: Block, name: str, done: list[str]) -> None:
    for key, value in block.items():
        known = plain.get(key)
        if isinstance(value, dict) and isinstance(known, Mapping):
            _close(value, dict(known), f"{name}.{key}", done)
        elif _refers(value):
            block[key] = known
            done.append(f"{name}] {key} = {known} instead of {value}: spaCy resolves it alone")


def _refers(value: Any) -> bool:
    return isinstance(value, str) and "${" in value


def _add_logger(training: Block, plain: Block, done: list[str]) -> None:
    name = plain["logger"].get("@loggers", "")
    if name.startswith("spacy.ConsoleLogger."):
        training["logger"] = {"@loggers": LOGGER, "progress_bar": True}
        done.append(f"[training.logger] {LOGGER} instead of {name}: shows phases, writes history")
    elif name != LOGGER and done:
        done.append(
            f"[training.logger] {name} kept: it writes no history.jsonl for `adaptive-spacy plot`; "
            f"{LOGGER} with `then` does both"
        )


def _add_checkpoint(training: Block, done: list[str]) -> None:
    former = put_callback(training, "before_to_disk", CHECKPOINT)
    if former is not None:
        kept = former and f", after {former}"
        done.append(f"[training.before_to_disk] {CHECKPOINT}: whole and finite checkpoints{kept}")


def _add_check(config: Config, done: list[str]) -> None:
    former = put_callback(config.setdefault("initialize", {}), "before_init", CHECK)
    if former is not None:
        kept = former and f", then {former}"
        done.append(f"[initialize.before_init] {CHECK}{kept}")


def _list(monitor: Monitor) -> str:
    scores = (
        ", ".join(f"{weight:g} * {metric}" for metric, weight in one.items())
        for one in list_weights(monitor)
    )
    return " or ".join(scores) or "the main score"
