"""What is told of an evaluation: numbers by name."""

import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from numbers import Real
from typing import Any

from adaptive_spacy.training.history import PHASES

#: What a metric may be named in all of the tools
UNFIT = re.compile(r"[^\w\- ]")
PER_TYPE = "_per_type"


def list_values(info: Mapping[str, Any]) -> dict[str, float]:
    """Name what was measured, scores as spaCy's own trackers do.

    info (dict): Of an evaluation, as spaCy hands it to loggers, with the row of `history.jsonl`
        as "evaluation".
    RETURNS (dict[str, float]): "learning_rate"; "phase", its place in `PHASES`; "epoch",
        "train_loss"; "score", which ranks; metrics, as "ents_f", "ents_loss", "ents_loss_refined",
        "temperature"; by type as "ents_per_type.PER.f". Finite numbers alone.
    """
    row = info["evaluation"]
    found = {
        "learning_rate": row["rate"],
        "phase": PHASES.index(row["phase"]) if row["phase"] in PHASES else None,
        **{name: row[name] for name in ("epoch", "train_loss", "score")},
        **row["scores"],
        **dict(_by_type(info["other_scores"])),
    }
    return {name: float(value) for name, value in found.items() if _is_number(value)}


def _by_type(scores: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for metric, types in scores.items():
        if metric.endswith(PER_TYPE) and isinstance(types, Mapping):
            for label, values in types.items():
                if isinstance(values, Mapping):
                    for name, value in values.items():
                        yield f"{metric}.{fit(label)}.{name}", value
                else:
                    # one number each, as textcat's area under the curve
                    yield f"{metric}.{fit(label)}", values


def fit(label: str) -> str:
    """RETURNS (str): A label that every tool takes; another one for each label."""
    shown = UNFIT.sub("_", label)[:40]
    if shown == label:
        return label
    return f"{shown}-{hashlib.sha256(label.encode('utf8', 'replace')).hexdigest()[:6]}"


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and math.isfinite(value)
