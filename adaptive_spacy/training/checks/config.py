"""The check before anything is touched: `adaptive_spacy.check.v1`.

It goes into `[initialize.before_init]`: what it finds, spaCy prints as lines, before it deletes the
last training. Each finding is one line: the block and argument, what was found, what is allowed.
"""

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from thinc.api import Config, ConfigValidationError

from adaptive_spacy.config.blocks import (
    find_blocks,
    find_schedules,
    find_wrapped_schedules,
    resolve_value,
)
from adaptive_spacy.config.guarding import find_guard_faults, find_watched
from adaptive_spacy.config.names import ADAPT, ADAPTIVE, PIECE_LENGTHS, UNTIL_FINISHED
from adaptive_spacy.config.settings import find_setting_faults
from adaptive_spacy.data.spacy_files import locate
from adaptive_spacy.ner.unread_labels import find_unread_labels
from adaptive_spacy.training.checks.memory import find_size_faults
from adaptive_spacy.training.former_models import keep_former
from adaptive_spacy.training.lock import hold, output_of
from adaptive_spacy.training.messages import show_whole_warnings, wrap
from adaptive_spacy.training.resume.snapshots import RESUME, Snapshots
from adaptive_spacy.training.rounds import rounds_after_best
from adaptive_spacy.transformer.hub import require_source
from adaptive_spacy.transformer.pretrained import check_transformer

if TYPE_CHECKING:
    from spacy.language import Language
from adaptive_spacy.training.checks.entities import find_data_faults
from adaptive_spacy.training.checks.metrics import find_metric_faults, same_ranking

BeforeInit = Callable[["Language"], Any]


def make_check_v1(then: BeforeInit | None = None) -> BeforeInit:
    """Registered as `adaptive_spacy.check.v1`.

    then (Callable | None): Another `before_init`, called afterwards.
    RAISES (ConfigValidationError): By the callback, with one line per fault.
    """

    def check(nlp: "Language") -> None:
        show_whole_warnings()
        # spaCy calls this in `nlp.initialize` too, which may be far from any corpus: an installed
        # pipeline, `spacy assemble`. A training without one ends as it reads it, right afterwards
        if has_train_corpus(nlp):
            raise_faults(find_faults(nlp))
            raise_faults(find_data_faults(nlp))
            _claim_output(nlp)
        if then is not None:
            then(nlp)

    return check


def has_train_corpus(nlp: "Language") -> bool:
    """RETURNS (bool): Whether the training corpus is there, as far as its block shows."""
    block: Any = nlp.config.interpolate()
    for part in str(block["training"]["train_corpus"]).split("."):
        block = block.get(part) if isinstance(block, dict) else None
    if not isinstance(block, dict) or "path" not in block:
        return True
    return block["path"] is not None and locate(block["path"]).exists()


def _claim_output(nlp: "Language") -> None:
    """Hold the output folder of `spacy train` as long as the pipeline lives, before spaCy deletes
    what another training has in it."""
    output = output_of(sys.argv)
    if output is None:
        return
    try:
        hold(nlp, output)
    except ValueError as error:
        raise ConfigValidationError(title="Another training is at work", desc=str(error)) from None
    # what it held is of another training than the models that come now
    Snapshots(output / RESUME).clear()
    if (kept := keep_former(output)) is not None:
        print(
            wrap(
                f"ℹ The former models are kept in {kept}, until this training has a better one of "
                "its own"
            )
        )


def raise_faults(faults: Iterator[str]) -> None:
    """RAISES (ConfigValidationError): With all faults, a line each, if there is one."""
    lines = list(faults)
    if lines:
        raise ConfigValidationError(title="This training would go wrong", desc="\n".join(lines))


def find_faults(nlp: "Language") -> Iterator[str]:
    """Faults that the config shows.

    nlp (Language): The pipeline, not initialized yet.
    YIELDS (str): One line each.
    """
    config = nlp.config.interpolate()
    training = config["training"]
    faults = list(find_setting_faults(config))
    yield from faults
    if faults:
        # what follows reckons with them
        return
    schedules = find_blocks(training["optimizer"], "schedules", ADAPTIVE)
    callbacks = find_blocks(training["before_update"], "callbacks", ADAPT)
    stoppers = find_blocks(training["batcher"], "batchers", UNTIL_FINISHED)
    if not callbacks:
        yield from _callback_faults(find_schedules(training))
    for outer, name in find_wrapped_schedules(training):
        yield (
            f'[training.optimizer.learn_rate]: expected @schedules = "{name}" itself, found it in '
            f'"{outer}", whose rates are not those that its phases tell'
        )
    for present, needed, name in (
        (callbacks, find_schedules(training), ADAPT),
        (stoppers, schedules, UNTIL_FINISHED),
    ):
        if present and not needed:
            yield (
                f'[training.optimizer.learn_rate]: expected @schedules = "{ADAPTIVE}" beside '
                f'"{name}"'
            )
    if callbacks:
        yield from _rate_faults(find_schedules(training), callbacks[0])
    if schedules and callbacks:
        yield from _phase_faults(training, schedules[0], callbacks[0])
    if stoppers and training["max_epochs"] <= 0:
        yield (
            f"[training] max_epochs: expected a number > 0 beside {UNTIL_FINISHED}, got "
            f"{training['max_epochs']}: spaCy would ask for batches for ever"
        )
    yield from find_guard_faults(training)
    yield from find_unread_labels(nlp)
    yield from find_size_faults(nlp)
    monitor = callbacks[0].get("monitor") if callbacks else None
    watched = find_watched(training)
    yield from find_metric_faults(nlp, training["score_weights"], monitor, watched)
    yield from _transformer_faults(nlp, config)


def _callback_faults(schedules: list[dict[str, Any]]) -> Iterator[str]:
    """Schedules that nobody tells what they do not know themselves."""
    for block in schedules:
        name = block["@schedules"]
        if name == ADAPTIVE:
            lacking = "evaluation"
        elif block.get("interval") is None or block.get("total") is None:
            lacking = "round"
        else:
            continue
        yield (
            f'[training.before_update]: expected @callbacks = "{ADAPT}" beside the schedule '
            f'"{name}", which learns of no {lacking} otherwise'
        )


def _rate_faults(schedules: list[dict[str, Any]], callback: dict[str, Any]) -> Iterator[str]:
    """Schedules that know all by themselves, and drew their first rate before another was told."""
    for block in schedules:
        interval, rate = resolve_value(block.get("interval")), block.get("rate")
        knows = block["@schedules"] == ADAPTIVE or block.get("total") is not None
        if interval is None or not knows or not isinstance(rate, int | float):
            continue
        if (told := resolve_value(callback.get("rate"))) not in (None, rate):
            yield (
                f"[training.optimizer.learn_rate] interval: expected null where its rate, {rate}, "
                f"is not that of [training.before_update], {told}, got {interval}"
            )


def _phase_faults(
    training: dict[str, Any], schedule: dict[str, Any], callback: dict[str, Any]
) -> Iterator[str]:
    interval = resolve_value(schedule.get("interval"))
    frequency = resolve_value(training["eval_frequency"])
    if interval not in (None, frequency):
        yield (
            f"[training.optimizer.learn_rate] interval: expected {frequency}, which is "
            f"[training] eval_frequency, got {interval}"
        )
    patience = resolve_value(training["patience"])
    monitor = callback.get("monitor")
    needed = rounds_after_best(schedule, frequency) * frequency
    if patience and not same_ranking(monitor, training["score_weights"]):
        yield (
            "[training] patience: expected 0 where the monitor is not [training.score_weights], "
            f"got {patience}: spaCy would stop by another score than the phases follow"
        )
    elif 0 < patience < needed:
        yield (
            f"[training] patience: expected 0 or at least {needed} steps, as long as the "
            f"phases can last after the best round, got {patience}: spaCy would stop in the middle "
            "of a phase"
        )


def _transformer_faults(nlp: "Language", config: Config) -> Iterator[str]:
    for name, block in config["components"].items():
        model = block.get("model", {})
        if block.get("factory") != "transformer" or "name" not in model:
            continue
        # one that was sourced has its weights already
        pipe: Any = nlp.get_pipe(name)
        if not pipe.model.attrs.get("has_transformer"):
            try:
                check_transformer(model["name"])
            except ValueError as error:
                yield f"[components.{name}.model] name: {error}"
                return  # the batcher's is the same as a rule, and one line enough
    for lengths in find_blocks(config["training"]["batcher"], "misc", PIECE_LENGTHS):
        try:
            require_source(lengths["name"])
        except ValueError as error:
            yield f"[training.batcher] name of {PIECE_LENGTHS}: {error}"
