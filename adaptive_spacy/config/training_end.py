"""How a training ends in which the adaptive schedule decides: rounds, and no other limit."""

from collections.abc import Mapping
from copy import deepcopy
from math import ceil

from adaptive_spacy.config.blocks import find_blocks, is_made_at_once
from adaptive_spacy.config.edits import Block, name_of, set_value
from adaptive_spacy.config.names import ADAPT, ADAPTIVE, STEPS, UNTIL_FINISHED

#: Rounds of cool-down, those of the schedule by default
COOLDOWN = 7
#: A round on a dozen sentences is `LEAST` epochs, and a training takes some twenty rounds
MAX_EPOCHS = 1000
#: The fewest and the most updates in a round; docs/method.md has what was tried
LEAST, MOST = 8, 500


def add_end(training: Block, filled: Block, max_epochs: int | None, done: list[str]) -> None:
    """One evaluation per epoch, and an end when the schedule is finished.

    training (dict): `[training]` with the adaptive blocks; changed in place.
    filled (dict): The former config, interpolated, with spaCy's defaults for what it lacks.
    max_epochs (int | None): Epochs after which the training ends in any case; None: `MAX_EPOCHS`
        at least, or as many as a config says that has its rounds already.
    done (list[str]): Gets what was changed, a line each.
    RAISES (ValueError): If a streamed corpus is not trained by its main score, or is to have
        epochs.
    """
    plain = filled["training"]
    if plain["max_epochs"] < 0:
        if max_epochs is not None:
            raise ValueError(
                "--max-epochs: expected none for a streamed corpus ([training] max_epochs = -1), "
                "which has no epochs to count"
            )
        if isinstance(plain["eval_frequency"], Mapping):
            raise ValueError(
                "[training] eval_frequency: expected a number of steps for a streamed corpus "
                "([training] max_epochs = -1), which has no epochs to count, got "
                f"{name_of(plain['eval_frequency'])}"
            )
        _let_spacy_end(training, done)
        _end_streamed(training, plain, done)
        return
    if max_epochs is not None:
        set_value(training, "max_epochs", max_epochs, "[training]", done, plain)
    # what a block describes can be made once more
    names = plain["train_corpus"], plain["dev_corpus"]
    counted = not any(is_made_at_once(filled, name) for name in names)
    batcher = training.get("batcher", deepcopy(plain["batcher"]))
    if not find_blocks(batcher, "batchers", UNTIL_FINISHED):
        if plain["patience"] and find_blocks(plain["optimizer"], "schedules", ADAPTIVE):
            # it ends by spaCy's patience, as configs/paper.cfg does
            return
        training["batcher"] = {"@batchers": UNTIL_FINISHED, "batcher": batcher}
        done.append(f"[training.batcher] {UNTIL_FINISHED} around {name_of(batcher)}")
        size = plain["batcher"].get("size")
        grows = isinstance(size, Mapping) and size.get("@schedules") == "compounding.v1"
        if counted and grows:
            done.append(
                f"[training.batcher.batcher] size grows from {size['start']} to {size['stop']} as "
                "before: a round is as many steps as the first epoch, and later spans more than "
                f"one epoch; size = {size['stop']} would keep one evaluation per epoch"
            )
    set_value(training, "max_steps", 0, "[training]", done, plain)
    set_value(training, "patience", 0, "[training]", done, plain)
    has_rounds = plain["max_epochs"] > 0 and find_blocks(batcher, "batchers", UNTIL_FINISHED)
    if max_epochs is None and plain["max_epochs"] < MAX_EPOCHS and not has_rounds:
        set_value(training, "max_epochs", MAX_EPOCHS, "[training]", done, plain)
    if not isinstance(plain["eval_frequency"], Mapping):
        _count_rounds(training, plain, counted, done)


def _count_rounds(training: Block, plain: Block, counted: bool, done: list[str]) -> None:
    """Make a round of the batches of an epoch, where they can be counted."""
    if not counted:
        if done:
            done.append(
                f"[training] eval_frequency = {plain['eval_frequency']} kept, as updates of a "
                "round: those of an epoch cannot be counted where one function makes both corpora"
            )
        return
    inner = training["batcher"].get("@batchers") == UNTIL_FINISHED
    training["eval_frequency"] = {
        "@misc": STEPS,
        "corpus": f"${{{plain['train_corpus']}}}",
        "batcher": "${training.batcher.batcher}" if inner else "${training.batcher}",
        "epochs": 1.0,
        "times": 1,
        "lang": "${nlp.lang}",
        "least": LEAST,
        "most": MOST,
        "dev": f"${{{plain['dev_corpus']}}}",
    }
    done.append(
        f"[training.eval_frequency] {STEPS}: one evaluation per epoch, after {LEAST} updates "
        f"at least and {MOST} at most"
    )


def _let_spacy_end(training: Block, done: list[str]) -> None:
    batcher = training.get("batcher")
    if isinstance(batcher, Mapping) and batcher.get("@batchers") == UNTIL_FINISHED:
        training["batcher"] = batcher["batcher"]
        done.append(f"[training.batcher] {UNTIL_FINISHED} removed: a stream ends by patience")


def _end_streamed(training: Block, plain: Block, done: list[str]) -> None:
    """A stream has no epochs to count: rounds are `eval_frequency` steps, and spaCy's patience
    ends the training, which follows the main score."""
    schedule = find_blocks(training["optimizer"], "schedules", ADAPTIVE)[0]
    (callback, *_) = find_blocks(training["before_update"], "callbacks", ADAPT)
    if callback.get("monitor"):
        raise ValueError(
            "--monitor: expected none for a streamed corpus ([training] max_epochs = -1), which "
            "ends by spaCy's patience and so by the main score ([training.score_weights])"
        )
    steps = plain["eval_frequency"]
    # as many rounds as the phases last after the first one, the best so far (adaptive/phases.py)
    after = max(schedule.get("cooldown", COOLDOWN) + 1, ceil(schedule.get("least", 0) / steps) - 1)
    rounds = schedule.get("patience", 0) + after
    patience = rounds * steps
    set_value(training, "patience", patience, "[training]", done, plain)
    # fewer would end the training within its phases
    if isinstance(plain["max_steps"], int) and plain["max_steps"] < patience + steps:
        set_value(training, "max_steps", 0, "[training]", done, plain)
