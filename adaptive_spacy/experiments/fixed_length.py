"""The curve of an adaptive training without its feedback: its length is known by now.

Used by what trains on all labels, dev among them, when adaptive trainings on a part of them have
found how long to train (arXiv 2202.02617, appendix L).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from spacy.util import dot_to_object, registry
from thinc.api import Config

from adaptive_spacy.adaptive.phases import PhaseMachine
from adaptive_spacy.adaptive.steps import batches_per_epoch, bound_round, require_rounds
from adaptive_spacy.config.blocks import find_adapt, find_blocks, resolve_value
from adaptive_spacy.config.names import (
    ADAPT,
    ADAPTIVE,
    CHECKPOINT,
    CORPUS,
    HYBRID,
    LOGGER,
    STEPS,
    UNTIL_FINISHED,
)

#: Times that the training on all labels takes longer than its folds did: the loss that ends them
#: rises while their tags still get better (docs/method.md has what that brought)
LONGER = 2
#: What `steps.v1` makes a round of, beside the corpora
ROUND = ("epochs", "times", "least", "most")
#: What `steps.v1` counts: the corpus that is trained on, all of it
ON_ALL = {"corpus": "${corpora.train}", "batcher": "${training.batcher}"}


class Curve(NamedTuple):
    """What the learning rates of an adaptive training are drawn from, without its scores.

    rate (float): The highest rate.
    warmup, cooldown (int): Their rounds.
    shape (str): Of the cool-down.
    halved (tuple[int, ...]): Rounds after which the rate is halved.
    """

    rate: float
    warmup: int
    cooldown: int
    shape: str
    halved: tuple[int, ...] = ()


def schedule_of(config: Config) -> dict[str, Any]:
    """RETURNS (dict): The arguments of an interpolated config's adaptive schedule; the rate is the
    one that the callback passes on, if it does.
    RAISES (ValueError): If the schedule is another one.
    """
    training = config["training"]
    blocks = find_blocks(training["optimizer"], "schedules", ADAPTIVE)
    if not blocks:
        raise ValueError(
            f'[training.optimizer.learn_rate]: expected @schedules = "{ADAPTIVE}", the run has '
            "another schedule, whose length was fixed beforehand"
        )
    arguments = {key: value for key, value in blocks[0].items() if not key.startswith("@")}
    # a sweep keeps the config as it was given, where the callback's rate wins
    rate = resolve_value((find_adapt(training) or {}).get("rate"))
    return arguments if rate is None else {**arguments, "rate": rate}


def curve_of(config: Config) -> Curve:
    """RETURNS (Curve): That of an interpolated config's adaptive schedule.
    RAISES (ValueError): If the schedule is another one, or its arguments do not do.
    """
    arguments = {**schedule_of(config), "interval": 1}
    machine = PhaseMachine(peak=arguments.pop("rate"), **arguments)
    return Curve(machine.peak, machine.warmup, machine.cooldown, machine.shape)


def fix_rounds(config: Config, curve: Curve, rounds: int, corpus: Path) -> Config:
    """Fix the length of a training in rounds, as an earlier one counted them.

    config (Config): That of the adaptive training, interpolated.
    curve (Curve): The learning rates.
    rounds (int): Rounds of the training.
    corpus (Path): What is trained on: a .spacy file.
    RETURNS (Config): The config of a training on all of the corpus.
    """
    interval = config["training"]["eval_frequency"]
    if _is_steps(interval):
        # the corpus is larger, and a round is an epoch still
        steps = {**interval, **ON_ALL, "times": rounds * interval.get("times", 1)}
        return _fix(config, curve, steps, rounds, corpus)
    return _fix(config, curve, rounds * resolve_value(interval), rounds, corpus)


def count_batches(config: Config) -> int:
    """RETURNS (int): Batches of a pass over an interpolated config's training corpus."""
    training = config["training"]
    parts = {"corpus": config["corpora"]["train"], "batcher": training["batcher"]}
    resolved = registry.resolve(parts)
    return batches_per_epoch(resolved["corpus"], resolved["batcher"], config["nlp"]["lang"])


def fix_epochs(
    config: Config, curve: Curve, epochs: float, corpus: Path, halved: Sequence[float] = ()
) -> Config:
    """Fix the length of a training in passes over all of the corpus, see `fix_rounds`.

    epochs (float): Passes; as many whole rounds as they make, as phases change at their ends.
    halved (Sequence[float]): Passes after which the rate is halved, at the end of the round that is
        nearest.
    RAISES (ValueError): If the config does not count its rounds by the corpus, or reads it in
        another way than by ours.
    """
    _require_counted(config)
    shortest = curve.warmup + curve.cooldown
    made = fix_rounds(config, curve, shortest, corpus)
    # what the folds' readers do to each doc, as an augmenter or `max_length`, is done here too
    made["corpora"]["train"] = {**config["corpora"]["train"], **made["corpora"]["train"]}
    whole = made.interpolate()
    batches, interval = count_batches(whole), resolve_value(whole["training"]["eval_frequency"])
    rounds = max(bound_round(epochs * batches, None, None) // interval, shortest)
    per_round = made["training"]["eval_frequency"].get("times", 1)
    made["training"]["max_steps"]["times"] = rounds * per_round
    made["training"]["optimizer"]["learn_rate"]["total"] = rounds
    if halved:
        places = [round(one * batches / interval) for one in halved]
        made["training"]["optimizer"]["learn_rate"]["halved"] = places
    return made


def require_length(config: Config) -> None:
    """RAISES (ValueError): If folds that train by an interpolated config could find no length, or
    one that `fix_epochs` cannot keep."""
    schedule_of(config)
    steps = _require_counted(config)
    curve_of(config)
    require_rounds(**{key: steps[key] for key in ROUND if key in steps})


def _require_counted(config: Config) -> dict[str, Any]:
    """RETURNS (dict): `eval_frequency`, which counts batches of our corpus reader.
    RAISES (ValueError): If it does not.
    """
    reader = config["corpora"]["train"]
    if reader.get("@readers") != CORPUS or config["training"]["train_corpus"] != "corpora.train":
        raise ValueError(
            f'[corpora.train]: expected @readers = "{CORPUS}" as the training corpus, got {reader}'
        )
    interval = config["training"]["eval_frequency"]
    if not _is_steps(interval):
        raise ValueError(
            f'[training] eval_frequency: expected @misc = "{STEPS}", which counts the batches of '
            f"a corpus, got {interval}"
        )
    return interval


def _is_steps(interval: Any) -> bool:
    return isinstance(interval, dict) and interval.get("@misc") == STEPS


def _augmenter_of(config: Config) -> dict[str, Any]:
    """RETURNS (dict): The argument by which a training varies what it reads, drawn anew in each
    epoch; empty without one."""
    reader = dot_to_object(config, config["training"]["train_corpus"])
    augmenter = reader.get("augmenter")
    return {} if augmenter is None else {"augmenter": augmenter}


def _fix(config: Config, curve: Curve, max_steps: Any, rounds: int, corpus: Path) -> Config:
    made = config.copy()
    training = made["training"]
    made["corpora"]["train"] = {
        "@readers": CORPUS,
        "path": str(corpus.resolve()),
        **_augmenter_of(config),
    }
    training["train_corpus"] = "corpora.train"
    batcher = training["batcher"]
    training["batcher"] = batcher["batcher"] if batcher["@batchers"] == UNTIL_FINISHED else batcher
    callback = find_adapt(training)
    # of an adaptive training, without which there is no curve
    assert callback is not None
    then = callback.get("then")
    callback.clear()
    callback |= {"@callbacks": ADAPT, "then": then}
    training["patience"] = training["max_epochs"] = 0
    if _is_steps(training["eval_frequency"]):
        training["eval_frequency"] = {**training["eval_frequency"], **ON_ALL}
    training["max_steps"] = max_steps
    training["optimizer"]["learn_rate"] = {
        "@schedules": HYBRID,
        "rate": curve.rate,
        "total": rounds,
        "warmup": curve.warmup,
        "cooldown": curve.cooldown,
        "shape": curve.shape,
        **({"halved": list(curve.halved)} if curve.halved else {}),
    }
    if not find_blocks(training["before_to_disk"], "callbacks", CHECKPOINT):
        training["before_to_disk"] = {
            "@callbacks": CHECKPOINT,
            "then": training["before_to_disk"],
        }
    # the command says itself what came out
    training["logger"] = {"@loggers": LOGGER, "summary": False}
    return Config().from_str(made.to_str(interpolate=False), interpolate=False)
