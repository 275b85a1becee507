"""Whether a training is as long as its schedule."""

from typing import Any

from adaptive_spacy.config.blocks import find_blocks, find_schedules, resolve_value
from adaptive_spacy.config.names import ADAPTIVE
from adaptive_spacy.training.checks.findings import Findings
from adaptive_spacy.training.rounds import Rounds

WARMUP_LINEAR = "warmup_linear.v1"
#: Arguments of `adaptive_spacy.steps.v1` that bound a round in updates
BOUNDS = ("least", "most", "dev")


def check_rounds(training: dict[str, Any], findings: Findings) -> None:
    if not findings.steps_per_epoch:
        return
    rounds = Rounds.of(training, findings.steps_per_epoch)
    if (fault := rounds.fault()) is not None:
        findings.errors.append(fault)
    for block in find_schedules(training):
        if block["@schedules"] == ADAPTIVE or block.get("total") is None:
            continue
        interval = resolve_value(block.get("interval")) or rounds.interval
        total = resolve_value(block["total"]) * interval
        if total != rounds.most:
            findings.errors.append(
                f"[training] max_steps: expected {total}, which is total * interval of "
                f"{block['@schedules']}, got {rounds.most or 'no limit'}: the training would not "
                "end with the cool-down"
            )
    for block in find_blocks(training["optimizer"], "schedules", WARMUP_LINEAR):
        total = resolve_value(block["total_steps"])
        if rounds.most is None or abs(total - rounds.most) > rounds.interval:
            findings.warnings.append(
                f"[training.optimizer.learn_rate] total_steps: the rate falls to 0 in {total:,} "
                f"steps, the training ends "
                f"{f'after {rounds.most:,}' if rounds.most else 'by patience alone'}"
            )
    if find_blocks(training["optimizer"], "schedules", ADAPTIVE):
        share = _epochs_of_round(training["eval_frequency"], rounds)
        if share > 2 or share < 0.1:
            findings.warnings.append(
                f"[training] eval_frequency: a round is {share:.2g} epochs; phases count rounds, "
                "and were tried with one round per epoch (adaptive_spacy.steps.v1)"
            )


def _epochs_of_round(interval: Any, rounds: Rounds) -> float:
    """RETURNS (float): Epochs in a round, where nothing bounds it in updates: bounds are meant to
    make it another length."""
    if isinstance(interval, dict) and any(interval.get(bound) is not None for bound in BOUNDS):
        return float(interval.get("epochs", 1.0))
    return rounds.interval / rounds.steps_per_epoch
