"""Whether a training is as long as its schedule."""

import math
from inspect import signature
from typing import Any

from spacy.util import registry

from adaptive_spacy.config.blocks import find_blocks, find_schedules, resolve_value
from adaptive_spacy.config.names import ADAPTIVE, HYBRID, LINEAR
from adaptive_spacy.training.checks.findings import Findings
from adaptive_spacy.training.rounds import Rounds

WARMUP_LINEAR = "warmup_linear.v1"
#: Arguments of fixed curves that have to fit into the training
PHASES = {HYBRID: ("warmup", "cooldown"), LINEAR: ("warmup",)}
#: Arguments of `adaptive_spacy.steps.v1` that bound a round in updates
BOUNDS = ("least", "most", "dev")


def check_rounds(training: dict[str, Any], findings: Findings) -> None:
    """Look at the length of a training. Of a stream, whose batches per epoch are not known, at what
    needs none: `max_steps` ends it as well."""
    if findings.steps_per_epoch == 0:
        return
    rounds = Rounds.of(training, findings.steps_per_epoch)
    if (fault := rounds.fault()) is not None:
        findings.errors.append(fault)
    for block in find_schedules(training):
        if block["@schedules"] != ADAPTIVE and (fault := _curve_fault(block, rounds)):
            findings.errors.append(fault)
    for block in find_blocks(training["optimizer"], "schedules", WARMUP_LINEAR):
        total = resolve_value(block["total_steps"])
        if rounds.most is None or abs(total - rounds.most) > rounds.interval:
            findings.warnings.append(
                f"[training.optimizer.learn_rate] total_steps: the rate falls to 0 in {total:,} "
                f"steps, the training ends "
                f"{f'after {rounds.most:,}' if rounds.most else 'by patience alone'}"
            )
    if find_blocks(training["optimizer"], "schedules", ADAPTIVE) and rounds.steps_per_epoch:
        share = _epochs_of_round(
            training["eval_frequency"], rounds.interval / rounds.steps_per_epoch
        )
        if share > 2 or share < 0.1:
            findings.warnings.append(
                f"[training] eval_frequency: a round is {share:.2g} epochs; phases count rounds, "
                "and were tried with one round per epoch (adaptive_spacy.steps.v1)"
            )


def _curve_fault(block: dict[str, Any], rounds: Rounds) -> str | None:
    """RETURNS (str | None): Why a training does not end where the block's fixed curve does."""
    name, told = block["@schedules"], rounds.max_steps
    interval = resolve_value(block.get("interval")) or rounds.interval
    if block.get("total") is not None:
        total = resolve_value(block["total"]) * interval
        if total != told:
            return (
                f"[training] max_steps: expected {total}, which is total * interval of {name}, got "
                f"{told or 'no limit'}: the training would not end with the cool-down"
            )
    if not told:
        return (
            f"[training] max_steps: expected a number > 0, which is where the curve of {name} "
            "ends, got 0, no limit"
        )
    # its end, and the last evaluation before that
    ends = told - 1, told // rounds.interval * rounds.interval
    if not all(map(rounds.has_epochs_for, ends)):
        return (
            f"[training] max_epochs: expected 0 or at least {max(map(rounds.epochs_for, ends))}, "
            f"in which the {told:,} steps of max_steps are made and evaluated, where the curve of "
            f"{name} ends, got {rounds.max_epochs}: the training would stop in the middle of it"
        )
    parts = [_argument(block, part) for part in PHASES[name]]
    needed = math.ceil(sum(parts) * interval)
    if told < needed:
        return (
            f"[training] max_steps: expected at least {needed:,} steps, "
            f"{' + '.join(PHASES[name])} of {name}{rounds.in_epochs(needed)}, got {told:,}"
            f"{rounds.in_epochs(told)}: the training would end in the middle of a phase"
        )
    return None


def _argument(block: dict[str, Any], argument: str) -> Any:
    """RETURNS (Any): An argument of a schedule's block, or its default."""
    made_by = registry.get("schedules", block["@schedules"])
    return resolve_value(block.get(argument, signature(made_by).parameters[argument].default))


def _epochs_of_round(interval: Any, counted: float) -> float:
    """RETURNS (float): Epochs in a round, where nothing bounds it in updates: bounds are meant to
    make it another length.

    counted (float): Epochs that it has with them.
    """
    if isinstance(interval, dict) and any(interval.get(bound) is not None for bound in BOUNDS):
        return float(interval.get("epochs", 1.0)) * resolve_value(interval.get("times", 1))
    return counted
