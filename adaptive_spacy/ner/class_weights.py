"""Class weights: how much an entity type, or "O", counts in the training loss."""

import math
from collections.abc import Mapping, Sequence
from numbers import Real

from thinc.api import ConfigValidationError

from adaptive_spacy.ner.tags import SCHEMES
from adaptive_spacy.printable import listed

#: As the config says them: a weight per class, "balanced", or None: all alike
ClassWeights = Mapping[str, float] | str | None


def require_class_weights(value: ClassWeights, pipe: str) -> ClassWeights:
    """RETURNS (Mapping | str | None): The weights. RAISES (ConfigValidationError): If they are none
    that a loss can be weighed by."""
    if value is None or value == "balanced":
        return value
    if isinstance(value, Mapping) and value and all(map(_is_weight, value.values())):
        return value
    raise ConfigValidationError(
        title="Bad class weights",
        desc=f'[components.{pipe}] class_weights: expected null, "balanced" or a table of weights '
        f"> 0 per type, got {value!r}",
    )


def weigh_types(
    setting: ClassWeights, counts: Mapping[str, int], labels: Sequence[str], pipe: str
) -> dict[str, float] | None:
    """Turn the setting into a weight per class.

    setting (Mapping | str | None): What the config says.
    counts (Mapping[str, int]): Tokens of each class in the training data.
    labels (Sequence[str]): The entity types.
    pipe (str): The component's name.
    RETURNS (dict[str, float] | None): A weight for "O" and each type; None: all alike.
    RAISES (ConfigValidationError): If a weight is for none of them.
    """
    if setting is None:
        return None
    classes = ("O", *labels)
    if setting == "balanced":
        total = sum(counts[one] for one in classes)
        return {
            one: total / (len(classes) * counts[one]) if counts[one] else 1.0 for one in classes
        }
    assert isinstance(setting, Mapping)
    unknown = sorted(set(setting) - set(classes))
    if unknown:
        raise ConfigValidationError(
            title="Unknown type",
            desc=f"[components.{pipe}] class_weights: expected only {listed(classes)}, got "
            f"{listed(unknown)}",
        )
    return {one: float(setting.get(one, 1.0)) for one in classes}


def weigh_tags(weights: Mapping[str, float], labels: Sequence[str], scheme: str) -> list[float]:
    """RETURNS (list[float]): The weight of each tag, in the order of `TagSet.tags`; that of a type
    added after the training is 1."""
    per_type = [weights.get(label, 1.0) for label in labels]
    return [weights.get("O", 1.0), *(weight for weight in per_type for _ in SCHEMES[scheme])]


def _is_weight(value: object) -> bool:
    number = isinstance(value, Real) and not isinstance(value, bool)
    return number and 0 < float(value) < math.inf  # type: ignore[arg-type]
