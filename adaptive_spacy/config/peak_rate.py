"""The highest rate of the schedule that a config has."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from spacy.util import registry

from adaptive_spacy.config.edits import Block
from adaptive_spacy.config.names import HYBRID

#: Which argument of thinc's schedules is the highest rate
PEAKS = {
    "constant.v1": "rate",
    "warmup_linear.v1": "initial_rate",
    "decaying.v1": "base_rate",
    "slanted_triangular.v1": "max_rate",
    "cyclic_triangular.v1": "max_lr",
    HYBRID: "rate",
}
#: Rates of a schedule that is not known are drawn up to here
MOST_DRAWN = 100_000
#: What thinc's Adam takes where a config names no rate
DEFAULT_RATE = 0.001


def find_peak(former: Any, optimizer: Block) -> tuple[Any, str]:
    """The highest rate of a schedule, as the config writes it, and where it was found."""
    if not isinstance(former, Mapping):
        # a number, or a reference to one
        value = optimizer.get("learn_rate", former)
        if isinstance(value, int | float):
            return former, "kept"
        former = value
    name = str(former.get("@schedules"))
    if name in PEAKS and PEAKS[name] in former:
        return former[PEAKS[name]], f"{PEAKS[name]} of {name}"
    if name == "compounding.v1" and {"start", "stop"} <= former.keys():
        plain = optimizer["learn_rate"]
        key = max("start", "stop", key=lambda key: float(plain[key]))
        return former[key], f"{key} of {name}"
    return _drawn_peak(optimizer["learn_rate"], name)


def _drawn_peak(schedule: Block, name: str) -> tuple[float, str]:
    try:
        rates = iter(registry.resolve({"schedule": schedule})["schedule"])
        peak = max(float(one) for one in islice(rates, MOST_DRAWN))
    except Exception as error:
        # any code may stand behind the name
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise ValueError(
            f"[training.optimizer.learn_rate]: the highest rate of {name} could not be found out "
            f"({reason}); give it with --rate"
        ) from None
    return peak, f"the highest that {name} gives in {MOST_DRAWN:,} steps"
