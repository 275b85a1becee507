"""The check before anything is touched: `adaptive_spacy.check.v1`.

It goes into `[initialize.before_init]`: what it finds, spaCy prints as lines, before it deletes the
last training. Each finding is one line: the block and argument, what was found, what is allowed.
"""

import inspect
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import spacy
from spacy.util import resolve_dot_names
from thinc.api import Config, ConfigValidationError

from adaptive_spacy.adaptive.callback import monitor_weights
from adaptive_spacy.adaptive.schedule import make_adaptive_v1
from adaptive_spacy.config.blocks import ADAPTIVE, find_blocks, find_schedules, resolve_value
from adaptive_spacy.config.randomness import same_randomness
from adaptive_spacy.config.settings import find_setting_faults
from adaptive_spacy.data.corpus import locate
from adaptive_spacy.data.validation import describe_noise
from adaptive_spacy.ner.unread_labels import find_unread_labels
from adaptive_spacy.training.checks.memory import find_size_faults
from adaptive_spacy.training.lock import hold, output_of
from adaptive_spacy.training.messages import show_whole_warnings
from adaptive_spacy.transformer.hub import require_source
from adaptive_spacy.transformer.pretrained import check_transformer

if TYPE_CHECKING:
    from spacy.language import Language

BeforeInit = Callable[["Language"], Any]

ADAPT = "adaptive_spacy.adapt.v1"
PIECE_LENGTHS = "adaptive_spacy.piece_lengths.v1"
UNTIL_FINISHED = "adaptive_spacy.until_finished.v1"
#: Reported by spaCy itself, without a pipe
BUILT_IN_METRICS = {"token_acc", "token_p", "token_r", "token_f", "speed"}
ENTITY_FACTORIES = {"transformer_ner", "ner", "beam_ner"}


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
    fixed = [one for one in find_schedules(training) if one not in schedules]
    callbacks = find_blocks(training["before_update"], "callbacks", ADAPT)
    stoppers = find_blocks(training["batcher"], "batchers", UNTIL_FINISHED)
    if schedules and not callbacks:
        yield (
            f'[training.before_update]: expected @callbacks = "{ADAPT}" beside the schedule '
            f'"{ADAPTIVE}", which learns of no evaluation otherwise'
        )
    for block in fixed:
        if not callbacks and (block.get("interval") is None or block.get("total") is None):
            yield (
                f'[training.before_update]: expected @callbacks = "{ADAPT}" beside the schedule '
                f'"{block["@schedules"]}", which learns of no round otherwise'
            )
    for missing, beside in (
        (ADAPT if callbacks else None, find_schedules(training)),
        (UNTIL_FINISHED if stoppers else None, schedules),
    ):
        if missing and not beside:
            yield (
                f'[training.optimizer.learn_rate]: expected @schedules = "{ADAPTIVE}" beside '
                f'"{missing}"'
            )
    if schedules and callbacks:
        yield from _phase_faults(training, schedules[0], callbacks[0])
    if stoppers and training["max_epochs"] <= 0:
        yield (
            f"[training] max_epochs: expected a number > 0 beside {UNTIL_FINISHED}, got "
            f"{training['max_epochs']}: spaCy would ask for batches for ever"
        )
    yield from find_unread_labels(nlp)
    yield from find_size_faults(nlp)
    monitor = callbacks[0].get("monitor") if callbacks else None
    yield from _metric_faults(nlp, training["score_weights"], monitor)
    yield from _transformer_faults(nlp, config)


def _phase_faults(
    training: dict[str, Any], schedule: dict[str, Any], callback: dict[str, Any]
) -> Iterator[str]:
    arguments = {
        name: parameter.default
        for name, parameter in inspect.signature(make_adaptive_v1).parameters.items()
    }
    arguments.update(schedule)
    interval = resolve_value(arguments["interval"])
    frequency = resolve_value(training["eval_frequency"])
    if interval not in (None, frequency):
        yield (
            f"[training.optimizer.learn_rate] interval: expected {frequency}, which is "
            f"[training] eval_frequency, got {interval}"
        )
    patience = resolve_value(training["patience"])
    monitor = callback.get("monitor")
    needed = (arguments["patience"] + arguments["cooldown"] + 1) * frequency
    if patience and not _same_ranking(monitor, training["score_weights"]):
        yield (
            "[training] patience: expected 0 where the monitor is not [training.score_weights], "
            f"got {patience}: spaCy would stop by another score than the phases follow"
        )
    elif 0 < patience < needed:
        yield (
            f"[training] patience: expected 0 or at least {needed} = (patience + cooldown + 1) "
            f"* eval_frequency, got {patience}: spaCy would stop in the middle of a phase"
        )


def _same_ranking(monitor: dict[str, float] | None, score_weights: dict[str, float | None]) -> bool:
    main = {m: w for m, w in monitor_weights(None, score_weights).items() if w}
    own = {m: w for m, w in monitor_weights(monitor, score_weights).items() if w}
    total = sum(abs(weight) for weight in own.values())
    main_total = sum(abs(weight) for weight in main.values())
    # spaCy rounds the weights to two digits
    return own.keys() == main.keys() and all(
        abs(own[m] / total - main[m] / main_total) < 0.02 for m in own
    )


def _metric_faults(
    nlp: "Language", score_weights: dict[str, float | None], monitor: dict[str, float] | None
) -> Iterator[str]:
    declared = BUILT_IN_METRICS.union(*(nlp.get_pipe_meta(p).scores for p in nlp.component_names))
    yield from _shared_loss_faults(nlp, declared, {*(monitor or {}), *_weighted(score_weights)})
    weighted = _weighted(score_weights)
    named = ", ".join(sorted(metric for metric in declared if not metric.endswith("_per_type")))
    for metric in sorted(weighted.keys() - declared):
        yield f"[training.score_weights] {metric}: no pipe reports it; expected one of {named}"
    for metric in sorted((monitor or {}).keys() - declared):
        yield f"[training.before_update] monitor: no pipe reports {metric}; expected {named}"
    for metric in sorted((monitor or {}).keys() - score_weights.keys()):
        yield (
            f"[training.score_weights] {metric}: expected a weight, or null to report it only, "
            "because [training.before_update] monitors it"
        )
    signs = {weight > 0 for weight in weighted.values()}
    if len(signs) > 1:
        yield (
            f"[training.score_weights]: expected weights of one sign, got {weighted}: spaCy "
            "divides them by their sum"
        )
    for metric, weight in weighted.items():
        if abs(weight) < 0.01:
            yield (
                f"[training.score_weights] {metric}: expected a weight of at least 0.01, got "
                f"{weight}: spaCy rounds to two digits"
            )
    for pipe in nlp.component_names:
        if f"{pipe}_loss" in {*weighted, *(monitor or {}), *_reported(nlp, pipe)}:
            yield (
                f"[components.{pipe}]: expected another name: spaCy writes this pipe's training "
                f"loss over the metric {pipe}_loss"
            )


def _weighted(score_weights: dict[str, float | None]) -> dict[str, float]:
    return {m: w for m, w in monitor_weights(None, score_weights).items() if w}


def _shared_loss_faults(nlp: "Language", declared: set[str], used: set[str]) -> Iterator[str]:
    """Several `transformer_ner` write the one `ents_loss`; each has its own beside it, which is
    added to what is declared."""
    pipes = [p for p in nlp.component_names if nlp.get_pipe_meta(p).factory == "transformer_ner"]
    if len(pipes) < 2:
        return
    own = [f"ents_loss_{pipe}" for pipe in pipes]
    declared.update(own)
    if "ents_loss" in used:
        yield (
            f"[training] ents_loss: expected one of {', '.join(own)} in monitor and "
            f"score_weights, as {len(pipes)} pipes report an ents_loss, and the last one stays"
        )


def _reported(nlp: "Language", pipe: str) -> set[str]:
    """Metrics of the other pipes."""
    return set().union(*(nlp.get_pipe_meta(p).scores for p in nlp.component_names if p != pipe))


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


def find_data_faults(nlp: "Language") -> Iterator[str]:
    """Faults that the data shows; warns of what is only suspicious.

    nlp (Language): The pipeline, not initialized yet.
    YIELDS (str): One line each.
    """
    config = nlp.config.interpolate()
    training = config["training"]
    # streamed: there is no end to look for
    if training["max_epochs"] < 0:
        return
    types: dict[str, Counter[str]] = {}
    documents: Counter[str] = Counter()
    for split in ("train", "dev"):
        name = training[f"{split}_corpus"]
        (corpus,) = resolve_dot_names(config, [name])
        types[split] = Counter()
        with same_randomness():
            for example in corpus(spacy.blank(str(nlp.lang))):
                documents[split] += 1
                types[split].update(ent.label_ for ent in example.reference.ents)
        if not documents[split]:
            yield (
                f"[{name}] path: expected at least one example, got none from "
                f"{getattr(corpus, 'path', name)}"
            )
    factories = {nlp.get_pipe_meta(pipe).factory for pipe in nlp.component_names}
    if not all(documents[split] for split in types):
        return
    if not factories & ENTITY_FACTORIES:
        if noise := describe_noise(f"[{training['dev_corpus']}]", documents=documents["dev"]):
            warnings.warn(noise, stacklevel=2)
        return
    if not types["train"]:
        yield (
            f"[{training['train_corpus']}]: expected at least one entity, got none: there is "
            "nothing to learn"
        )
        return
    noise = describe_noise(
        f"[{training['dev_corpus']}]", documents=documents["dev"], entities=types["dev"].total()
    )
    if noise:
        warnings.warn(noise, stacklevel=2)
    for label in sorted(types["dev"].keys() - types["train"].keys()):
        warnings.warn(
            f"[{training['dev_corpus']}] has {types['dev'][label]} entities of type {label}, "
            "the training corpus has none: they can only be missed",
            stacklevel=2,
        )
    if not types["dev"]:
        warnings.warn(
            f"[{training['dev_corpus']}] has 0 entities (the training corpus "
            f"{sum(types['train'].values())}): F1 says nothing, the loss little",
            stacklevel=2,
        )
